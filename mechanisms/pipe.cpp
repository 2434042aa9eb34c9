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

  explicit Pipe(const LinkSpec& spec) : message_bytes_(spec.message_bytes), wait_(spec.wait) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    read_end_ = Fd(fds[0]);
    write_end_ = Fd(fds[1]);
    set_pipe_bytes(write_end_.get(), spec);
    pipe_bytes_ = pipe_bytes(write_end_.get());
  }

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
  std::size_t message_bytes_;
  Wait wait_;
  Fd read_end_;
  Fd write_end_;
  std::uint64_t pipe_bytes_ = 0;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Pipe);
}  // namespace ipcbench
