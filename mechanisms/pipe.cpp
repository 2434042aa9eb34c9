// pipe(7): a byte stream through a kernel buffer, between processes that inherit its two descriptors.
#include <array>

#include "harness/registry.hpp"
#include "mechanisms/pipe_buffer.hpp"
#include "mechanisms/stream_ends.hpp"

namespace ipcbench {
namespace {

class Pipe {
 public:
  static constexpr Traits kTraits{.name = "pipe",
                                  .summary = "anonymous pipe: write and read through a kernel buffer",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::stream,
                                  .flow = Flow::one_way,
                                  .lifetime = Lifetime::process};
  static constexpr std::array kParameters{kPipeBytes};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<Pipe> create(const LinkSpec& spec) { return std::make_unique<Pipe>(spec); }

  explicit Pipe(const LinkSpec& spec) : Pipe(spec, open_pipe(spec)) {}

  // Each end closes the other one, so that it learns of its peer's death.
  StreamSender sender() {
    read_end_.reset();
    return {std::move(write_end_), message_bytes_, wait_};
  }
  StreamReceiver receiver() {
    write_end_.reset();
    return {std::move(read_end_), message_bytes_, wait_};
  }

  [[nodiscard]] Settings settings() const { return {{"pipe_bytes", pipe_bytes_}}; }

 private:
  Pipe(const LinkSpec& spec, std::array<Fd, 2> ends)
      : message_bytes_(spec.message_bytes),
        wait_(spec.wait),
        read_end_(std::move(ends[0])),
        write_end_(std::move(ends[1])),
        pipe_bytes_(pipe_bytes(write_end_.get())) {}

  static std::array<Fd, 2> open_pipe(const LinkSpec& spec) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    std::array<Fd, 2> ends{Fd(fds[0]), Fd(fds[1])};
    set_pipe_bytes(fds[1], spec);
    return ends;
  }

  std::size_t message_bytes_;
  Wait wait_;
  Fd read_end_;
  Fd write_end_;
  std::uint64_t pipe_bytes_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Pipe);
}  // namespace ipcbench
