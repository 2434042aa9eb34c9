// The pipe of pipe.cpp, with io_uring(7) to write and read: a submission for each message.
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/bare_ends.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/pipe_buffer.hpp"
#include "mechanisms/parts/uring_available.hpp"
#include "mechanisms/parts/uring_stream_ends.hpp"

namespace ipcbench {
namespace {

class IoUringPipe {
 public:
  static constexpr Traits kTraits{.name = "io_uring_pipe",
                                  .summary = "anonymous pipe, written and read by io_uring",
                                  .kind = MechanismKind::pipe,
                                  .made_of = "pipe, io_uring",
                                  .framing = Framing::stream,
                                  .sharing = kPipeSharing};
  static constexpr std::array kParameters{kPipeBytes, kUringRegistered};
  static Unavailable available() { return uring_available({IORING_OP_READ, IORING_OP_WRITE}, "5.6"); }

  static std::unique_ptr<IoUringPipe> create(const LinkSpec& spec) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    DescriptorPair by_side({Fd(fds[1]), Fd(fds[0])}, spec.one_process);
    set_pipe_bytes(by_side.any(), spec);
    return std::make_unique<IoUringPipe>(spec, std::move(by_side));
  }
  static std::unique_ptr<IoUringPipe> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    return std::make_unique<IoUringPipe>(spec, DescriptorPair::inherited(spec, side, numbers));
  }

  IoUringPipe(LinkSpec spec, DescriptorPair fds)
      : spec_(std::move(spec)), fds_(std::move(fds)), pipe_bytes_(pipe_bytes(fds_.any())) {}

  UringSender sender() { return {fds_.take(Side::producer), spec_, UringStream::pipe}; }
  UringReceiver receiver() { return {fds_.take(Side::consumer), spec_, UringStream::pipe}; }

  BareEnd bare(Side side) {
    return bare_descriptor(fds_.take(side), side == Side::producer ? "the writing end" : "the reading end");
  }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const { return {{.fd = fds_.get(side)}}; }

  // Called on the sending side.
  [[nodiscard]] Settings settings() const {
    return {{std::string(kPipeBytes.name), pipe_bytes_},
            {std::string(kUringRegistered.name), UringUse(spec_.parameters).registered}};
  }

 private:
  LinkSpec spec_;
  DescriptorPair fds_;
  std::uint64_t pipe_bytes_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(IoUringPipe);
}  // namespace ipcbench
