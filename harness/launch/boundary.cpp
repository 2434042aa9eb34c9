#include "harness/launch/boundary.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>
#include <map>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/host/cgroup.hpp"

namespace ipcbench {
namespace {

int namespace_flag(Boundary boundary) {
  if (boundary == Boundary::user) return CLONE_NEWUSER;
  return boundary == Boundary::net ? CLONE_NEWNET : CLONE_NEWIPC;
}

[[noreturn]] void refuse_namespace(Boundary boundary) {
  throw_errno(fmt::format("cannot enter a {} namespace (unshare)", name_of(boundary)).c_str(),
              {{EPERM,
                "run as root, or allow user namespaces (kernel.unprivileged_userns_clone=1, "
                "kernel.apparmor_restrict_unprivileged_userns=0)"},
               {ENOSPC, "raise user.max_user_namespaces, and those of the other kinds (sysctl)"},
               {EINVAL, "boot a kernel with this kind of namespace"}});
}

void write_whole(const std::string& path, std::string_view text, const char* remedy) {
  const Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file && write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size())) return;
  throw KernelError(errno, fmt::format("cannot write {}", path), remedy);
}

// Without a map, the kernel shows every user as the overflow user, and refuses to create files.
void keep_numbers(uid_t user, gid_t group) {
  constexpr const char* kRemedy = "run as root, or where user namespaces are allowed";
  write_whole("/proc/self/setgroups", "deny", kRemedy);
  write_whole("/proc/self/uid_map", fmt::format("{0} {0} 1", user), kRemedy);
  write_whole("/proc/self/gid_map", fmt::format("{0} {0} 1", group), kRemedy);
}

void enter_namespace(Boundary boundary) {
  const uid_t user = geteuid();
  const gid_t group = getegid();
  const int flag = namespace_flag(boundary);
  if (boundary != Boundary::user && unshare(flag) == 0) return;
  if (boundary != Boundary::user && errno != EPERM) refuse_namespace(boundary);
  if (unshare(flag | CLONE_NEWUSER) != 0) refuse_namespace(boundary);
  keep_numbers(user, group);
}

constexpr const char* kOwnGroup =
    "run as root with a writable /sys/fs/cgroup, or in a group of your own (systemd-run --user --scope -p "
    "Delegate=yes)";

// 0 is whoever writes it.
void enter_group(const std::string& path) { write_whole(path + "/cgroup.procs", "0", kOwnGroup); }

// In a process of its own, which does not come back.
void try_boundary(Boundary boundary) {
  Job job;
  job.boundary = boundary;
  std::optional<ConsumerGroup> group;
  if (boundary == Boundary::cgroup) job.cgroup.assign(group.emplace().path());
  bytes_from_child(
      [&job] {
        cross_boundary(job);
        return std::string();
      },
      kAttemptLimit);
}

std::optional<std::string> why_none_here(Boundary boundary) {
  try {
    try_boundary(boundary);
    return std::nullopt;
  } catch (const std::exception& error) {
    return explained(error);
  }
}

std::string path_of_new_group() {
  const auto own = own_cgroup("cpu");
  if (!own) throw Error("this process has no control group", "mount /sys/fs/cgroup and /proc");
  return *own / unpredictable_name();
}

}  // namespace

ConsumerGroup::ConsumerGroup() : path_(path_of_new_group()), noted_(ObjectKind::control_group, path_) {
  if (mkdir(path_.c_str(), S_IRWXU) != 0)
    throw KernelError(errno, fmt::format("cannot make the control group {}", path_), kOwnGroup);
}

ConsumerGroup::~ConsumerGroup() { remove_object(ObjectKind::control_group, path_, 0); }

void cross_boundary(const Job& job) {
  if (job.boundary == Boundary::none) return;
  if (job.boundary == Boundary::cgroup) return enter_group(job.cgroup.str());
  enter_namespace(job.boundary);
}

std::optional<std::string> why_no_boundary(const Cell& cell) {
  if (cell.boundary == Boundary::none) return std::nullopt;
  if (cell.peers == Peers::thread) return "threads of one process stand on one side of any boundary";
  static std::map<Boundary, std::optional<std::string>> known;
  const auto found = known.find(cell.boundary);
  if (found != known.end()) return found->second;
  return known.emplace(cell.boundary, why_none_here(cell.boundary)).first->second;
}

}  // namespace ipcbench
