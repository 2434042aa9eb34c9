#include "mechanisms/parts/loopback.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "harness/base/in_child.hpp"
#include "mechanisms/testing/own_network.hpp"

namespace ipcbench {
namespace {

// In a network that has two ports to choose from. Catches a link whose sides share a port: each then gets
// what it has sent itself.
TEST(LoopbackPorts, OfTheTwoSidesDiffer) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can have a network with few ports";
  for (const int socket_type : {SOCK_DGRAM, SOCK_STREAM}) {
    const std::string equal = bytes_from_child(
        [socket_type] {
          enter_own_network();
          std::ofstream("/proc/sys/net/ipv4/ip_local_port_range") << "40000 40001";
          for (int i = 0; i < 20; ++i) {
            const LoopbackPorts ports = LoopbackPorts::reserve(socket_type);
            if (ports.of(Side::producer) == ports.of(Side::consumer)) return ports.str();
            // An end shares the port that is held for it.
            static_cast<void>(bind_loopback(socket_type, ports.of(Side::consumer)));
          }
          return std::string();
        },
        std::chrono::seconds(10));
    EXPECT_EQ(equal, "");
  }
}

}  // namespace
}  // namespace ipcbench
