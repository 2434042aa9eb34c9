#include "harness/cleanup/guardian.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

// At most 15 characters, as the kernel keeps them.
constexpr const char* kNameIfMeasuring = "ipcbench-guard";
constexpr const char* kNameIfNot = "ipcb-idle-guard";

// Without close_range(2), which needs Linux 5.9.
void close_all_but(int kept) {
  std::vector<int> open_files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    open_files.push_back(std::stoi(entry->path().filename().string()));
  }
  constexpr int kUsualLimit = 1024;
  for (int fd = 0; error && fd < kUsualLimit; ++fd) open_files.push_back(fd);
  for (const int fd : open_files) {
    if (fd != kept) close(fd);
  }
}

void leave_everything(int alive, const char* name) {
  setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_IGN);
  prctl(PR_SET_NAME, name);
  close_all_but(alive);
  if (chdir("/") != 0) return;  // nothing depends on it
}

void wait_for_end_of_file(int fd) {
  char nothing = 0;
  while (read(fd, &nothing, 1) > 0 || errno == EINTR) {
    errno = 0;
  }
}

bool reaped_within_a_second(pid_t process) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < deadline) {
    if (waitpid(process, nullptr, WNOHANG) != 0) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return false;
}

}  // namespace

Guardian start_guardian(bool measures, const std::function<void()>& clean_up) {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw_errno("cannot start a guardian (pipe2)");
  const Fd read_end(ends[0]);
  Fd alive(ends[1]);
  std::fflush(nullptr);  // or the guardian's copy of a buffer would be written twice
  const pid_t process = fork();
  if (process < 0) throw_errno("cannot start a guardian (fork)", {{EAGAIN, kAllowMoreProcesses}});
  if (process == 0) {
    leave_everything(read_end.get(), measures ? kNameIfMeasuring : kNameIfNot);
    wait_for_end_of_file(read_end.get());
    clean_up();
    _exit(0);
  }
  return {.process = process, .alive = std::move(alive)};
}

unsigned count_guardians() {
  return static_cast<unsigned>(std::ranges::count_if(numbered_entries("/proc", ""), [](const auto& process) {
    return read_text(process / "comm") == kNameIfMeasuring;
  }));
}

void dismiss_guardian(Guardian& guardian) noexcept {
  if (guardian.process <= 0) return;  // to kill(2), -1 is everybody
  guardian.alive.reset();
  if (reaped_within_a_second(guardian.process)) return;
  kill(guardian.process, SIGKILL);
  reaped_within_a_second(guardian.process);
}

}  // namespace ipcbench
