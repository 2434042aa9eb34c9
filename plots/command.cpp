#include "plots/command.hpp"

#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

[[noreturn]] void fail(int error, const std::string& what) { throw KernelError(error, what); }

class Descriptor {
 public:
  Descriptor(int number, const char* what) : number_(number) {
    if (number < 0) fail(errno, what);
  }
  ~Descriptor() { ::close(number_); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return number_; }

 private:
  int number_;
};

// A file in memory for each standard stream: with pipes, a full one on our side and a full one on the
// child's could wait for each other for ever.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : file_(::memfd_create(name, MFD_CLOEXEC), name) {}
  [[nodiscard]] int get() const { return file_.get(); }

  void write(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t written = ::write(get(), text.data(), text.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) fail(errno, "cannot hand data to another program");
      text.remove_prefix(static_cast<std::size_t>(written));
    }
    ::lseek(get(), 0, SEEK_SET);
  }

  [[nodiscard]] std::string read() const {
    std::string text;
    std::array<char, 65536> block{};
    for (off_t at = 0;;) {
      const ssize_t got = ::pread(get(), block.data(), block.size(), at);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) fail(errno, "cannot read what another program wrote");
      if (got == 0) return text;
      text.append(block.data(), static_cast<std::size_t>(got));
      at += got;
    }
  }

 private:
  Descriptor file_;
};

struct Streams {
  MemoryFile in{"standard input"};
  MemoryFile out{"standard output"};
  MemoryFile err{"standard error"};
};

// The child's process id, or empty if there is no such program.
std::optional<pid_t> start(const std::vector<std::string>& argv, const Streams& streams) {
  std::vector<char*> arguments;
  arguments.reserve(argv.size() + 1);
  for (const std::string& each : argv) arguments.push_back(const_cast<char*>(each.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, streams.in.get(), STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, streams.out.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, streams.err.get(), STDERR_FILENO);
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, argv.front().c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (error == ENOENT) return std::nullopt;
  if (error != 0) fail(error, "cannot start " + argv.front());
  return child;
}

// True once the child has ended, false if the limit came first.
bool ended_within(pid_t child, std::chrono::milliseconds limit) {
  const Descriptor handle(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)),
                          "cannot watch a child process");
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd watched{handle.get(), POLLIN, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(left.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) fail(errno, "cannot wait for a child process");
  }
}

int exit_code_of(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) fail(errno, "cannot wait for a child process");
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::optional<CommandResult> run_command(const std::vector<std::string>& argv, std::string_view input,
                                         std::chrono::milliseconds limit) {
  const Streams streams;
  streams.in.write(input);
  const std::optional<pid_t> child = start(argv, streams);
  if (!child) return std::nullopt;
  const bool ended = ended_within(*child, limit);
  if (!ended) ::kill(*child, SIGKILL);
  const int exit_code = exit_code_of(*child);
  if (!ended) {
    throw std::runtime_error(argv.front() + " did not end within " + std::to_string(limit.count() / 1000) +
                             " s and was killed");
  }
  return CommandResult{exit_code, streams.out.read(), streams.err.read()};
}

}  // namespace ipcbench
