// pipe(7): a byte stream through a kernel buffer, between processes that inherit its two descriptors.
#include <sys/stat.h>

#include <array>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/pipe_buffer.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kStandardStreams{
    .name = "standard_streams",
    .default_text = "0",
    .what =
        "1: as a shell joins two programs, the sender's end is its standard output and the receiver's its "
        "standard input; 0: descriptors of any number",
    .min = 0,
    .max = 1};

class Pipe {
 public:
  static constexpr Traits kTraits{.name = "pipe",
                                  .summary = "anonymous pipe: write and read through a kernel buffer",
                                  .kind = MechanismKind::pipe,
                                  .made_of = "pipe",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::stream,
                                  .flow = Flow::one_way,
                                  .lifetime = Lifetime::process,
                                  .sharing = kPipeSharing};
  static constexpr std::array kParameters{kPipeBytes, kStandardStreams};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static Unavailable refuses(const Cell& cell) {
    const auto asked = cell.parameters.find(kStandardStreams.name);
    const bool standard = asked != cell.parameters.end() && asked->second == 1;
    if (!standard || cell.peers != Peers::thread) return std::nullopt;
    return "two threads have one standard input and output between them; leave standard_streams at 0";
  }

  static std::unique_ptr<Pipe> create(const LinkSpec& spec) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    Fd read_end(fds[0]);
    Fd write_end(fds[1]);
    set_pipe_bytes(write_end.get(), spec);
    return std::make_unique<Pipe>(spec, std::move(read_end), std::move(write_end));
  }
  static std::unique_ptr<Pipe> inherit(const LinkSpec& spec, Side side, std::span<const int> numbers) {
    Fd end(numbers[0]);
    return side == Side::producer ? std::make_unique<Pipe>(spec, Fd(), std::move(end))
                                  : std::make_unique<Pipe>(spec, std::move(end), Fd());
  }

  // Either end may be missing, but not both.
  Pipe(const LinkSpec& spec, Fd read_end, Fd write_end)
      : spec_(spec),
        standard_streams_(spec.parameter(kStandardStreams.name).value_or(0) == 1),
        read_end_(std::move(read_end)),
        write_end_(std::move(write_end)),
        inode_(inode_of(any_end())),
        pipe_bytes_(pipe_bytes(any_end())) {}

  // Each end closes the other one, so that it learns of its peer's death; threads of one process cannot.
  StreamSender sender() {
    if (!spec_.one_process) read_end_.reset();
    return {own_end(write_end_, STDOUT_FILENO), spec_.message_bytes, spec_.wait};
  }
  StreamReceiver receiver() {
    if (!spec_.one_process) write_end_.reset();
    return {own_end(read_end_, STDIN_FILENO), spec_.message_bytes, spec_.wait};
  }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const {
    const bool sends = side == Side::producer;
    const int standard = sends ? STDOUT_FILENO : STDIN_FILENO;
    return {{.fd = (sends ? write_end_ : read_end_).get(), .as = standard_streams_ ? standard : -1}};
  }

  // Of the sending side.
  [[nodiscard]] Settings settings() const {
    return {{std::string(kPipeBytes.name), pipe_bytes_},
            {std::string(kStandardStreams.name), inode_of(STDOUT_FILENO) == inode_ ? 1 : 0}};
  }

 private:
  [[nodiscard]] int any_end() const { return write_end_ ? write_end_.get() : read_end_.get(); }

  // No two pipes have the same one at a time.
  static ino_t inode_of(int fd) {
    struct stat found {};
    return fstat(fd, &found) == 0 && S_ISFIFO(found.st_mode) ? found.st_ino : 0;
  }

  // A child that was forked moves its end there by itself, as a shell does before it starts the program.
  Fd own_end(Fd& end, int standard_number) const {
    if (!standard_streams_) return take_or_share(end, spec_.one_process);
    if (end.get() == standard_number) return std::move(end);
    checked(dup2(end.get(), standard_number), "dup2");
    end.reset();
    return Fd(standard_number);
  }

  LinkSpec spec_;
  bool standard_streams_;
  Fd read_end_;
  Fd write_end_;
  ino_t inode_;
  std::uint64_t pipe_bytes_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Pipe);
}  // namespace ipcbench
