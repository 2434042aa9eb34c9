#include "harness/loops/descriptor_set.hpp"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>
#include <span>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

rlim_t raise_limit_of_files() {
  rlimit files{};
  checked(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
  files.rlim_cur = files.rlim_max;
  checked(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
  return files.rlim_max;
}

std::vector<Fd> idle_descriptors(std::uint32_t count) {
  std::vector<Fd> idle;
  if (count == 0) return idle;
  const rlim_t most = raise_limit_of_files();
  idle.reserve(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    idle.emplace_back(eventfd(0, EFD_CLOEXEC));
    if (idle.back()) continue;
    const int error = errno;
    throw_error(error,
                fmt::format("cannot open {} idle descriptors (eventfd), only {} of at most {} open files",
                            count, i, most),
                {{EMFILE, "raise ulimit -Hn (and fs.nr_open), or watch fewer"},
                 {ENFILE, "raise fs.file-max (sysctl)"}});
  }
  return idle;
}

}  // namespace

DescriptorSet::DescriptorSet(Wait by, int fd, std::uint32_t idle, const std::atomic<Phase>* phase)
    : idle_(idle_descriptors(idle)), phase_(phase) {
  watched_.reserve(idle_.size() + 1);
  for (const Fd& each : idle_) watched_.push_back({.fd = each.get(), .events = POLLIN, .revents = 0});
  if (fd >= 0) watched_.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  if (by == Wait::epoll) register_all();
}

void DescriptorSet::register_all() {
  epoll_ = Fd(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
  for (const pollfd& each : watched_) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = each.fd}};
    if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, each.fd, &event) != 0)
      throw_errno("epoll_ctl", {{ENOSPC, "raise fs.epoll.max_user_watches (sysctl), or watch fewer"}});
  }
}

void DescriptorSet::wait() {
  if (!epoll_) return wait_by_poll();
  epoll_event ready{};
  if (epoll_wait(epoll_.get(), &ready, 1, -1) < 0 && errno != EINTR) throw_errno("epoll_wait");
}

bool DescriptorSet::is_verifying() const {
  return phase_ != nullptr && phase_->load(std::memory_order_relaxed) == Phase::verifying;
}

// Then looks for the one that is ready, as a program has to.
void DescriptorSet::wait_by_poll() {
  std::span<pollfd> asked(watched_);
  if (is_verifying()) asked = asked.last(1);
  if (poll(asked.data(), asked.size(), -1) < 0) {
    if (errno != EINTR) throw_errno("poll");
    return;
  }
  const auto ready = std::ranges::find_if(asked, [](const pollfd& each) { return each.revents != 0; });
  asm volatile("" : : "r"(std::to_address(ready)));  // as if it were used
}

}  // namespace ipcbench
