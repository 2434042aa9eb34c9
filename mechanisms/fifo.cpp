// fifo(7): a named pipe, which each side opens by its path.
#include <sys/stat.h>

#include <array>

#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/pipe_buffer.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

constexpr Traits kFifoTraits{.name = "fifo",
                             .summary = "named pipe: write and read through a kernel buffer, opened by path",
                             .kind = MechanismKind::pipe,
                             .made_of = "FIFO",
                             .kinship = Kinship::named,
                             .framing = Framing::stream,
                             .direct = true,
                             .batches = true,
                             .lifetime = Lifetime::file_system,
                             .sharing = kPipeSharing};

template <class Sender, class Receiver>
class FifoOf {
 public:
  static constexpr Traits kTraits = Flushes<Sender> ? batched(kFifoTraits) : kFifoTraits;
  using Batched = FifoOf<BatchedStreamSender, BatchedStreamReceiver>;
  static constexpr std::array kParameters{kPipeBytes};

  static std::unique_ptr<FifoOf> create(const LinkSpec& spec) {
    const std::string path = spec.path();
    checked(mkfifo(path.c_str(), S_IRUSR | S_IWUSR), "cannot make a FIFO",
            "set TMPDIR to a file system that has them");
    auto fifo = std::make_unique<FifoOf>(spec, path, true);
    // A capacity that is refused is said here, before any end exists. It is forgotten with the descriptor.
    set_pipe_bytes(fifo->open_end(O_RDWR | O_NONBLOCK).get(), spec);
    return fifo;
  }
  static std::unique_ptr<FifoOf> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<FifoOf>(spec, address, false);
  }

  FifoOf(LinkSpec spec, std::string path, bool owner)
      : spec_(std::move(spec)), path_(std::move(path), owner) {}

  Sender sender() {
    Fd fd = open_end(O_WRONLY);
    set_pipe_bytes(fd.get(), spec_);
    pipe_bytes_ = pipe_bytes(fd.get());
    return {std::move(fd), spec_};
  }
  Receiver receiver() { return {open_end(O_RDONLY), spec_}; }

  BareEnd bare(Side side) {
    return side == Side::producer ? bare_descriptor(open_end(O_WRONLY), "what O_WRONLY opened")
                                  : bare_descriptor(open_end(O_RDONLY), "what O_RDONLY opened");
  }

  [[nodiscard]] std::string address() const { return path_.str(); }
  void unlink() const noexcept { path_.unlink(); }
  [[nodiscard]] Settings settings() const { return {{"pipe_bytes", pipe_bytes_}}; }

 private:
  // Blocks until the other side opens its end, whatever the waiting strategy: with O_NONBLOCK a writer that
  // came first would fail with ENXIO. The ends switch to their strategy afterwards.
  [[nodiscard]] Fd open_end(int access_mode) const {
    return Fd(checked(open(path_.c_str(), access_mode | O_CLOEXEC | O_NOFOLLOW), "cannot open the FIFO"));
  }

  LinkSpec spec_;
  OwnedPath path_;
  std::uint64_t pipe_bytes_ = 0;  // known on the sending side
};
using Fifo = FifoOf<StreamSender, StreamReceiver>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Fifo);
}  // namespace ipcbench
