// A message of a UNIX socket that carries a descriptor, unix(7) with SCM_RIGHTS.
#pragma once

#include <sys/socket.h>

#include <cstring>

#include "harness/base/fd.hpp"

namespace ipcbench {

// Room for one descriptor, and for the one byte of data that has to accompany it.
class DescriptorEnvelope {
 public:
  DescriptorEnvelope() {
    header_.msg_iov = &vector_;
    header_.msg_iovlen = 1;
    header_.msg_control = control_;
    header_.msg_controllen = sizeof control_;
  }
  DescriptorEnvelope(const DescriptorEnvelope&) = delete;
  DescriptorEnvelope& operator=(const DescriptorEnvelope&) = delete;

  void enclose(const Fd& fd) {
    cmsghdr* const rights = CMSG_FIRSTHDR(&header_);
    rights->cmsg_level = SOL_SOCKET;
    rights->cmsg_type = SCM_RIGHTS;
    rights->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = fd.get();
    std::memcpy(CMSG_DATA(rights), &number, sizeof number);
  }
  // Call it on a received envelope only.
  [[nodiscard]] Fd open() {
    const cmsghdr* const rights = CMSG_FIRSTHDR(&header_);
    if (rights == nullptr || rights->cmsg_level != SOL_SOCKET || rights->cmsg_type != SCM_RIGHTS) {
      if ((header_.msg_flags & MSG_CTRUNC) == 0) throw Error("a message came without a descriptor");
      throw Error("a message came without its descriptor: this process has no number left for it",
                  "raise ulimit -n");
    }
    int number = -1;
    std::memcpy(&number, CMSG_DATA(rights), sizeof number);
    return Fd(number);
  }
  msghdr* header() { return &header_; }

 private:
  std::byte content_{};
  iovec vector_{.iov_base = &content_, .iov_len = 1};
  alignas(cmsghdr) std::byte control_[CMSG_SPACE(sizeof(int))]{};
  msghdr header_{};
};

}  // namespace ipcbench
