// pipe(7): a byte stream through a kernel buffer, between processes that inherit its two descriptors.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/pipe_buffer.hpp"
#include "mechanisms/parts/standard_streams.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

constexpr Traits kPipeTraits{.name = "pipe",
                             .summary = "anonymous pipe: write and read through a kernel buffer",
                             .kind = MechanismKind::pipe,
                             .made_of = "pipe",
                             .framing = Framing::stream,
                             .direct = true,
                             .batches = true,
                             .sharing = kPipeSharing};

template <class Sender, class Receiver>
class PipeOf {
 public:
  static constexpr Traits kTraits = Flushes<Sender> ? batched(kPipeTraits) : kPipeTraits;
  using Batched = PipeOf<BatchedStreamSender, BatchedStreamReceiver>;
  static constexpr std::array kParameters{kPipeBytes, kStandardStreams};
  static Unavailable refuses(const Cell& cell) { return refuse_shared_standard_streams(cell); }

  static std::unique_ptr<PipeOf> create(const LinkSpec& spec) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    DescriptorPair by_side({Fd(fds[1]), Fd(fds[0])}, spec.one_process);
    set_pipe_bytes(by_side.any(), spec);
    return std::make_unique<PipeOf>(spec, std::move(by_side));
  }
  static std::unique_ptr<PipeOf> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    return std::make_unique<PipeOf>(spec, DescriptorPair::inherited(spec, side, numbers));
  }

  PipeOf(LinkSpec spec, DescriptorPair fds)
      : spec_(std::move(spec)),
        fds_(std::move(fds)),
        inode_(pipe_inode(fds_.any())),
        pipe_bytes_(pipe_bytes(fds_.any())) {}

  Sender sender() { return {take(Side::producer), spec_}; }
  Receiver receiver() { return {take(Side::consumer), spec_}; }

  BareEnd bare(Side side) {
    return bare_descriptor(fds_.take(side), side == Side::producer ? "the writing end" : "the reading end");
  }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const {
    return {{.fd = fds_.get(side), .as = standard_streams() ? standard_number(side) : -1}};
  }

  // Called on the sending side.
  [[nodiscard]] Settings settings() const {
    return {{std::string(kPipeBytes.name), pipe_bytes_},
            {std::string(kStandardStreams.name), pipe_inode(STDOUT_FILENO) == inode_ ? 1 : 0}};
  }

 private:
  [[nodiscard]] bool standard_streams() const { return uses_standard_streams(spec_.parameters); }
  Fd take(Side side) {
    return standard_streams() ? moved_to(standard_number(side), fds_.take(side)) : fds_.take(side);
  }

  LinkSpec spec_;
  DescriptorPair fds_;
  ino_t inode_;
  std::uint64_t pipe_bytes_;
};
using Pipe = PipeOf<StreamSender, StreamReceiver>;

}  // namespace

// For the FIFO too.
template class EndLoops<kPipeLoops, StreamSender, StreamReceiver>;

IPCBENCH_REGISTER_MECHANISM(Pipe);
}  // namespace ipcbench
