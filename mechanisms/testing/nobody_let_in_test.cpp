// Everything that a launch creates is, under any umask, accessible to this user only, has a name that nobody
// can predict, and listens on the loopback network only.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "mechanisms/parts/loopback.hpp"
#include "mechanisms/testing/attached_link.hpp"
#include "mechanisms/testing/doors.hpp"
#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

struct Visit {
  const MechanismEntry* mechanism;
  Peers peers;
  mode_t umask;
};
void PrintTo(const Visit& c, std::ostream* out) { *out << c.mechanism->traits.name; }

std::vector<Visit> all_visits() {
  std::vector<Visit> cases;
  for (const MechanismEntry* mechanism : real_mechanisms()) {
    for (const mode_t umask : {0U, 0777U}) {
      cases.push_back({mechanism, Peers::fork, umask});
      if (mechanism->join != nullptr) cases.push_back({mechanism, Peers::exec, umask});
    }
  }
  return cases;
}

std::string visit_name(const ::testing::TestParamInfo<Visit>& info) {
  const Visit& c = info.param;
  return fmt::format("{}_{}_umask_{:o}", c.mechanism->traits.name, name_of(c.peers), c.umask);
}

class Umask {
 public:
  explicit Umask(mode_t mask) : before_(::umask(mask)) {}
  ~Umask() { ::umask(before_); }
  Umask(const Umask&) = delete;
  Umask& operator=(const Umask&) = delete;

 private:
  mode_t before_;
};

std::set<std::string> paths_of(const std::vector<NamedObject>& objects) {
  std::set<std::string> paths;
  for (const NamedObject& object : objects) paths.insert(object.path);
  return paths;
}
std::set<int> ids_of(const std::vector<SystemVObject>& objects, const std::string& kind) {
  std::set<int> ids;
  for (const SystemVObject& object : objects) {
    if (object.kind == kind) ids.insert(object.id);
  }
  return ids;
}

class NobodyLetIn : public ::testing::TestWithParam<Visit> {
 protected:
  void SetUp() override {
    if (const auto reason = GetParam().mechanism->available()) GTEST_SKIP() << *reason;
    files_before_ = paths_of(named_objects());
    system_v_before_ = system_v_objects_here();
  }

  // The paths and keys of one link's objects. Fails the test if another user could open one.
  std::set<std::string> names_of_a_link() {
    const Umask umask(GetParam().umask);
    AttachedLink link(*GetParam().mechanism);
    for (const Side side : {Side::consumer, Side::producer}) link.start(side, GetParam().peers);
    EXPECT_TRUE(link.wait_until_attached());
    std::set<std::string> names;
    check_files(names);
    check_system_v(names);
    check_sockets(link);
    return names;
  }

 private:
  void check_files(std::set<std::string>& names) {
    for (const NamedObject& object : named_objects()) {
      if (files_before_.contains(object.path)) continue;
      EXPECT_EQ(object.owner, geteuid()) << object.path;
      const mode_t allowed = object.mode & 0777U;
      EXPECT_TRUE(allowed == 0600 || allowed == 0700)
          << object.path << " has mode " << fmt::format("{:o}", allowed);
      EXPECT_TRUE(!S_ISDIR(object.mode) || allowed == 0700) << object.path;
      names.insert(object.path);
    }
  }

  void check_system_v(std::set<std::string>& names) {
    for (const SystemVObject& object : system_v_objects_here()) {
      if (ids_of(system_v_before_, object.kind).contains(object.id)) continue;
      EXPECT_EQ(object.owner, geteuid());
      EXPECT_EQ(object.permissions, 0600U) << object.kind;
      // Without a key there is nothing to predict.
      if (object.key != 0) names.insert(fmt::format("key {}", object.key));
    }
  }

  static void check_sockets(const AttachedLink& link) {
    const std::vector<std::string> ours = socket_inodes_of(link.processes());
    for (const SocketAddress& socket : sockets_here()) {
      if (std::ranges::find(ours, socket.inode) == ours.end()) continue;
      if (socket.family == "unix") {
        if (wakes_by_datagram() && is_chosen_by_kernel(socket)) continue;
        EXPECT_TRUE(socket.address.starts_with(link.directory())) << socket.address;
      } else {
        EXPECT_EQ(socket.address, "0100007F") << socket.family << " port " << socket.port;
      }
    }
  }

  static bool wakes_by_datagram() { return GetParam().mechanism->traits.name.starts_with("ucx_"); }

  std::set<std::string> files_before_;
  std::vector<SystemVObject> system_v_before_;
};

// Catches an object that other users may open, an object that its own user may not open, a socket that other
// machines reach, a UNIX socket outside the launch's directory (or in the abstract namespace), and a name or
// key that is used twice.
TEST_P(NobodyLetIn, IsForThisUserAlone) {
  const std::set<std::string> first = names_of_a_link();
  const std::set<std::string> second = names_of_a_link();
  std::set<std::string> both;
  std::ranges::set_intersection(first, second, std::inserter(both, both.end()));
  EXPECT_THAT(both, ::testing::IsEmpty());
  EXPECT_FALSE(first.empty()) << "at least the directory should have been seen";
}

INSTANTIATE_TEST_SUITE_P(Every, NobodyLetIn, ::testing::ValuesIn(all_visits()), visit_name);

// Catches a directory in which anybody could replace the files of a launch.
TEST(LaunchDirectoryTest, RefusesAPlaceWhereAnybodyCanReplaceIt) {
  const std::string before = fs::temp_directory_path();
  const std::string open_place = before + "/open_to_all";
  fs::create_directory(open_place);
  setenv("TMPDIR", open_place.c_str(), 1);
  ASSERT_EQ(chmod(open_place.c_str(), 0777), 0);
  EXPECT_THROW(LaunchDirectory(), std::runtime_error);
  ASSERT_EQ(chmod(open_place.c_str(), 01777), 0);
  EXPECT_NO_THROW(LaunchDirectory());
  setenv("TMPDIR", before.c_str(), 1);
  fs::remove(open_place);
}

// A socket of a stranger, at a given port of 127.0.0.2, where every user can bind any port.
Fd stranger(int socket_type, std::uint16_t port) {
  Fd fd = open_socket(AF_INET, socket_type);
  sockaddr_in address = loopback_address(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1);
  checked(bind(fd.get(), generic(address), sizeof address), "bind");
  return fd;
}

// Catches strangers who are taken for the producer because they come from its port (of another address) or
// come first, and strangers who leave it no room in the queue.
TEST(Strangers, AreNotTakenForTheProducerOfTcp) {
  const MechanismEntry& tcp = *find_mechanism("tcp");
  if (const auto reason = tcp.available()) GTEST_SKIP() << *reason;
  AttachedLink link(tcp);
  const LoopbackPorts ports = LoopbackPorts::parse(link.handout({Side::producer, 0}).addresses[0].text);
  const sockaddr_in consumer = loopback_address(ports.of(Side::consumer));
  link.start(Side::consumer, Peers::fork);
  std::vector<Fd> crowd;
  crowd.push_back(open_socket(AF_INET, SOCK_STREAM));
  connect_when_ready(crowd.back().get(), generic(consumer), sizeof consumer);
  for (int i = 0; i < 50; ++i) {
    crowd.push_back(open_socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK));
    static_cast<void>(connect(crowd.back().get(), generic(consumer), sizeof consumer));
  }
  const Fd impostor = stranger(SOCK_STREAM, ports.of(Side::producer));
  connect_when_ready(impostor.get(), generic(consumer), sizeof consumer);
  link.start(Side::producer, Peers::fork);
  ASSERT_TRUE(link.wait_until_attached()) << "a stranger was taken for the producer";
  crowd.push_back(Fd(dup(impostor.get())));
  for (const Fd& each : crowd) {
    pollfd turned_away{.fd = each.get(), .events = POLLIN, .revents = 0};
    ASSERT_EQ(poll(&turned_away, 1, 10'000), 1) << "a stranger was not turned away";
    char byte = 0;
    EXPECT_LE(recv(each.get(), &byte, 1, 0), 0) << "a stranger was served";
  }
}

// Catches datagrams that arrived before the socket was connected being received as the peer's.
TEST(Strangers, DatagramsSentBeforeConnectingAreNotReceived) {
  const auto port_of = [](const Fd& fd) {
    sockaddr_in address{};
    socklen_t bytes = sizeof address;
    getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &bytes);
    return ntohs(address.sin_port);
  };
  const Fd receiver = bind_loopback(SOCK_DGRAM, 0);
  const Fd peer = bind_loopback(SOCK_DGRAM, 0);
  const Fd impostor = stranger(SOCK_DGRAM, port_of(peer));
  const sockaddr_in address = loopback_address(port_of(receiver));
  const auto send_one = [&](const Fd& from, const char* text) {
    return sendto(from.get(), text, 1, 0, generic(address), sizeof address);
  };
  for (int i = 0; i < 3; ++i) ASSERT_EQ(send_one(impostor, "x"), 1);
  connect_datagrams(receiver.get(), loopback_address(port_of(peer)));
  ASSERT_EQ(send_one(impostor, "x"), 1);
  ASSERT_EQ(send_one(peer, "p"), 1);
  char got = 0;
  EXPECT_EQ(recv(receiver.get(), &got, 1, MSG_DONTWAIT), 1);
  EXPECT_EQ(got, 'p');
  EXPECT_LT(recv(receiver.get(), &got, 1, MSG_DONTWAIT), 0);
}

}  // namespace
}  // namespace ipcbench
