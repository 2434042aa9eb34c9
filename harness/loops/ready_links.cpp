#include "harness/loops/ready_links.hpp"

#include "harness/base/error.hpp"

namespace ipcbench {

ReadyLinks::ReadyLinks(Wait by, std::span<const int> descriptors) {
  ready_.reserve(descriptors.size());
  for (const int fd : descriptors) watched_.push_back({.fd = fd, .events = POLLIN, .revents = 0});
  if (by != Wait::epoll) return;
  epoll_ = Fd(checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1"));
  events_.resize(watched_.size());
  for (std::size_t i = 0; i < watched_.size(); ++i) {
    epoll_event event{.events = EPOLLIN, .data = {.u64 = i}};
    checked(epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, watched_[i].fd, &event), "epoll_ctl");
  }
}

std::size_t ReadyLinks::next() {
  while (taken_ == ready_.size()) {
    ready_.clear();
    taken_ = 0;
    epoll_ ? ask_by_epoll() : ask_by_poll();
  }
  return ready_[taken_++];
}

void ReadyLinks::ask_by_poll() {
  if (poll(watched_.data(), watched_.size(), -1) < 0) {
    if (errno != EINTR) throw_errno("poll");
    return;
  }
  for (std::size_t i = 0; i < watched_.size(); ++i)
    if (watched_[i].revents != 0) ready_.push_back(i);
}

void ReadyLinks::ask_by_epoll() {
  const int count = epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), -1);
  if (count < 0 && errno != EINTR) throw_errno("epoll_wait");
  for (int i = 0; i < count; ++i) {
    // A copy, because the kernel's record is packed: nothing may refer to a place within it.
    const std::size_t link = events_[static_cast<std::size_t>(i)].data.u64;
    ready_.push_back(link);
  }
}

}  // namespace ipcbench
