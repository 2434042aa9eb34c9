// How children start. The one file that uses Boost.Process.
//
// Its known defects (1.74): descriptors that are not close-on-exec leak into the child; limit_handles closes
// 0 to 2 as well; wait_for can miss an exit; without a free descriptor for its own pipe, it returns a child
// with pid -1 and no error. So we sort out descriptors with close_range before the exec, wait through Child's
// pidfd, and check the pid.
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/version.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#if BOOST_VERSION >= 108800
#include <boost/process/v1/args.hpp>
#include <boost/process/v1/child.hpp>
#include <boost/process/v1/exe.hpp>
#include <boost/process/v1/extend.hpp>
#include <boost/process/v1/search_path.hpp>
namespace bp = boost::process::v1;
#else
#include <boost/process/args.hpp>
#include <boost/process/child.hpp>
#include <boost/process/exe.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/search_path.hpp>
namespace bp = boost::process;
#endif

#include "harness/base/child.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// Called in the child before anything else. Safe between fork and exec.
void set_up_child(pid_t launcher, pid_t group) noexcept {
  setpgid(0, group);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != launcher) _exit(1);  // it died before prctl()
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU}) std::signal(signal, SIG_DFL);
  std::signal(SIGPIPE, SIG_IGN);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

// In the child: makes all descriptors close-on-exec except the standard streams and the inherited ones.
void keep_only(const std::vector<InheritedFd>& inherited) {
  constexpr unsigned kFirst = STDERR_FILENO + 1;
  if (syscall(SYS_close_range, kFirst, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
    const long open_max = sysconf(_SC_OPEN_MAX);  // before Linux 5.11
    for (int fd = kFirst; fd < open_max; ++fd) fcntl(fd, F_SETFD, FD_CLOEXEC);
  }
  for (const auto& [fd, as] : inherited) {
    if (as < 0) {
      fcntl(fd, F_SETFD, 0);
    } else {
      dup2(fd, as);
    }
  }
}

}  // namespace

Child fork_child(pid_t group, const std::function<void()>& body) {
  std::fflush(nullptr);  // or the child's copy of a buffer would be written twice
  const pid_t launcher = getpid();
  const pid_t pid = fork();
  if (pid < 0) throw_errno("cannot fork", {{EAGAIN, kAllowMoreProcesses}});
  if (pid == 0) {
    set_up_child(launcher, group);
    try {
      body();
    } catch (const std::exception&) {
      _exit(1);  // it must not unwind into what the parent does next
    }
    _exit(0);
  }
  setpgid(pid, group == 0 ? pid : group);  // in the parent too: either may come first
  return Child(pid);
}

Child exec_child(pid_t group, const std::string& program, const std::vector<std::string>& arguments,
                 const std::vector<InheritedFd>& inherited) {
  std::fflush(nullptr);
  const pid_t launcher = getpid();
  std::error_code error;
  errno = 0;
  bp::child process(
      bp::exe = program, bp::args = arguments,
      bp::extend::on_exec_setup =
          [&](auto&) {
            set_up_child(launcher, group);
            keep_only(inherited);
          },
      // A child that failed to exec has ended or is about to. The library only polls for it.
      bp::extend::on_error =
          [](auto& executor, const std::error_code&) {
            if (executor.pid > 0) waitpid(executor.pid, nullptr, 0);
          },
      error);
  if (!error && process.id() <= 0) error.assign(errno != 0 ? errno : EMFILE, std::system_category());
  if (error) {
    const bool in_proc = program.starts_with("/proc/");
    throw_error(
        error.value(), fmt::format("cannot start {}", program),
        {{EAGAIN, kAllowMoreProcesses}, {ENOENT, in_proc ? "mount /proc" : "name a program that exists"}});
  }
  const pid_t pid = process.id();
  process.detach();
  return Child(pid);
}

std::optional<std::string> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos) return name;
  // Without the variable execvp(3) looks in these.
  const bool has_path = std::getenv("PATH") != nullptr;
  const std::string file =
      (has_path ? bp::search_path(name) : bp::search_path(name, {"/bin", "/usr/bin"})).string();
  return file.empty() ? std::nullopt : std::optional(file);
}

}  // namespace ipcbench
