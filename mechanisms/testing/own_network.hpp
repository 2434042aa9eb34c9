// A network namespace for a process of a test.
#pragma once

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

#include <string>

#include "harness/base/error.hpp"
#include "mechanisms/parts/socket_options.hpp"

namespace ipcbench {

// Takes the calling thread into a network of its own, whose loopback is up. Throws KernelError.
inline void enter_own_network() {
  checked(unshare(CLONE_NEWNET), "unshare");
  const Fd fd = open_socket(AF_INET, SOCK_DGRAM);
  ifreq request{};
  std::string("lo").copy(request.ifr_name, IFNAMSIZ - 1);
  checked(ioctl(fd.get(), SIOCGIFFLAGS, &request), "SIOCGIFFLAGS");
  request.ifr_flags = static_cast<short>(request.ifr_flags | IFF_UP);
  checked(ioctl(fd.get(), SIOCSIFFLAGS, &request), "SIOCSIFFLAGS");
}

}  // namespace ipcbench
