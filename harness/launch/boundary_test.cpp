#include "harness/launch/boundary.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

Cell cell_across(Boundary boundary, Peers peers = Peers::fork) {
  Cell cell;
  cell.boundary = boundary;
  cell.peers = peers;
  return cell;
}

std::string own_namespace(const char* name) {
  return std::filesystem::read_symlink(std::string("/proc/self/ns/") + name).string();
}

// The namespace of a process that has crossed that boundary, and the user and group that it then has.
struct Beyond {
  std::array<char, 64> there{};
  uid_t user = 0;
  gid_t group = 0;
};
Beyond beyond(Boundary boundary, const char* name) {
  return in_child<Beyond>(
      [&] {
        Job job;
        job.boundary = boundary;
        cross_boundary(job);
        Beyond result{.there = {}, .user = geteuid(), .group = getegid()};
        own_namespace(name).copy(result.there.data(), result.there.size() - 1);
        return result;
      },
      std::chrono::seconds(10));
}

// Catches a boundary that is none, another namespace than the one asked for, and a user who is somebody else
// there, to whom nothing of ours belongs.
TEST(BoundaryTest, TheConsumerHasANamespaceOfItsOwn) {
  for (const auto& [boundary, name] : {std::pair{Boundary::user, "user"}, std::pair{Boundary::net, "net"},
                                       std::pair{Boundary::ipc, "ipc"}}) {
    if (why_no_boundary(cell_across(boundary))) continue;
    const Beyond result = beyond(boundary, name);
    EXPECT_NE(result.there.data(), own_namespace(name)) << name;
    EXPECT_EQ(result.user, geteuid()) << name;
    EXPECT_EQ(result.group, getegid()) << name;
  }
  EXPECT_STREQ(beyond(Boundary::none, "net").there.data(), own_namespace("net").c_str());
}

// Catches ordinary users who are told that they need root where a user namespace would do.
TEST(BoundaryTest, AnOrdinaryUserCrossesThroughAUserNamespace) {
  if (why_no_boundary(cell_across(Boundary::user))) GTEST_SKIP() << "no user namespaces here";
  const auto crossed = [](Boundary boundary) {
    return in_child<bool>(
        [boundary] {
          // Who drops root owns nothing of /proc/self until it is dumpable again.
          if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return false;
          prctl(PR_SET_DUMPABLE, 1);
          Job job;
          job.boundary = boundary;
          cross_boundary(job);
          return true;
        },
        std::chrono::seconds(10));
  };
  EXPECT_TRUE(crossed(Boundary::net));
  EXPECT_TRUE(crossed(Boundary::ipc));
}

TEST(BoundaryTest, ThreadsHaveNoneBetweenThem) {
  EXPECT_EQ(why_no_boundary(cell_across(Boundary::none, Peers::thread)), std::nullopt);
  EXPECT_THAT(why_no_boundary(cell_across(Boundary::net, Peers::thread)), Optional(HasSubstr("one process")));
}

// Catches a group that stays behind, and an end that stays in ours.
TEST(BoundaryTest, TheConsumersGroupIsItsOwnAndGoesWithTheLaunch) {
  if (const auto reason = why_no_boundary(cell_across(Boundary::cgroup))) GTEST_SKIP() << *reason;
  std::string path;
  {
    const ConsumerGroup group;
    path = group.path();
    const bool moved = in_child<bool>(
        [&path] {
          Job job;
          job.boundary = Boundary::cgroup;
          job.cgroup.assign(path);
          cross_boundary(job);
          std::string groups(4096, '\0');
          const Fd file(open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC));
          static_cast<void>(read(file.get(), groups.data(), groups.size()));
          return groups.find(std::filesystem::path(path).filename().string()) != std::string::npos;
        },
        std::chrono::seconds(10));
    EXPECT_TRUE(moved);
    EXPECT_TRUE(std::filesystem::is_directory(path));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

// Catches a reader of a forged ledger that removes what is no control group: a directory with files stays.
TEST(BoundaryTest, OnlyAnEmptyDirectoryOfOurOwnIsRemovedAsAGroup) {
  const std::string directory = std::filesystem::temp_directory_path() / "ipcbench_boundary_XXXXXX";
  std::string path = directory;
  ASSERT_NE(mkdtemp(path.data()), nullptr);
  ASSERT_EQ(mkdir((path + "/within").c_str(), S_IRWXU), 0);
  EXPECT_FALSE(remove_object(ObjectKind::control_group, path, 0));
  EXPECT_FALSE(remove_object(ObjectKind::control_group, "within", 0));
  EXPECT_TRUE(remove_object(ObjectKind::control_group, path + "/within", 0));
  EXPECT_TRUE(remove_object(ObjectKind::control_group, path, 0));
}

}  // namespace
}  // namespace ipcbench
