// pipe(7): a byte stream through a kernel buffer, between processes that inherit its two descriptors.
#include <sys/stat.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/descriptors.hpp"
#include "mechanisms/parts/pipe_buffer.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
// A pipe as a shell joins two programs by it: the sender's end is its standard output, the receiver's its
// standard input. (Inline and not anonymous, because that decides how the loops below are inlined.)
inline constexpr Parameter kStandardStreams{
    .name = "standard_streams",
    .default_text = "0",
    .what =
        "1: as a shell joins two programs, the sender's end is its standard output and the receiver's its "
        "standard input; 0: descriptors of any number",
    .min = 0,
    .max = 1};

inline bool uses_standard_streams(const Settings& parameters) {
  const auto asked = parameters.find(kStandardStreams.name);
  return asked != parameters.end() && asked->second == 1;
}

inline Unavailable refuse_shared_standard_streams(const Cell& cell) {
  if (!uses_standard_streams(cell.parameters) || cell.peers != Peers::thread) return std::nullopt;
  return "two threads have one standard input and output between them; leave standard_streams at 0";
}

inline int standard_number(Side side) { return side == Side::producer ? STDOUT_FILENO : STDIN_FILENO; }

// As a shell does in a forked child before it starts the program.
inline Fd moved_to(int number, Fd fd) {
  if (fd.get() == number) return fd;
  checked(dup2(fd.get(), number), "dup2");
  return Fd(number);
}

// Tells a pipe from all others that exist at the same time; 0: the descriptor is no pipe.
inline ino_t pipe_inode(int fd) {
  struct stat found {};
  return fstat(fd, &found) == 0 && S_ISFIFO(found.st_mode) ? found.st_ino : 0;
}

namespace {

class Pipe {
 public:
  static constexpr Traits kTraits{.name = "pipe",
                                  .summary = "anonymous pipe: write and read through a kernel buffer",
                                  .kind = MechanismKind::pipe,
                                  .made_of = "pipe",
                                  .framing = Framing::stream,
                                  .sharing = kPipeSharing};
  static constexpr std::array kParameters{kPipeBytes, kStandardStreams};
  static Unavailable refuses(const Cell& cell) { return refuse_shared_standard_streams(cell); }

  static std::unique_ptr<Pipe> create(const LinkSpec& spec) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    DescriptorPair by_side({Fd(fds[1]), Fd(fds[0])}, spec.one_process);
    set_pipe_bytes(by_side.any(), spec);
    return std::make_unique<Pipe>(spec, std::move(by_side));
  }
  static std::unique_ptr<Pipe> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    return std::make_unique<Pipe>(spec, DescriptorPair::inherited(spec, side, numbers));
  }

  Pipe(LinkSpec spec, DescriptorPair fds)
      : spec_(std::move(spec)),
        fds_(std::move(fds)),
        inode_(pipe_inode(fds_.any())),
        pipe_bytes_(pipe_bytes(fds_.any())) {}

  StreamSender sender() { return {take(Side::producer), spec_.message_bytes, spec_.wait}; }
  StreamReceiver receiver() { return {take(Side::consumer), spec_.message_bytes, spec_.wait}; }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const {
    return {{.fd = fds_.get(side), .as = standard_streams() ? standard_number(side) : -1}};
  }

  // Asked on the sending side.
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

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Pipe);
}  // namespace ipcbench
