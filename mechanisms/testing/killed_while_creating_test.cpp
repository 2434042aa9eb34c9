// A run that is killed at any point of creating a link leaves no object behind: its guardian removes its
// directory and the objects that its ledger notes. So a mechanism notes every named object before it creates
// it (OwnedName and SysvObject do).
//
// Each run is a child traced from system call to system call. The first is killed as soon as one object has
// appeared, the next at the second object, and so on; the last with both of its ends attached.
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/base/child.hpp"
#include "harness/cleanup/ledger.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "mechanisms/testing/attached_link.hpp"
#include "mechanisms/testing/launching.hpp"
#include "mechanisms/testing/leftovers.hpp"
#include "mechanisms/testing/packet_pair.hpp"
#include "mechanisms/testing/planted_fault.hpp"

namespace ipcbench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Objects = std::set<std::string>;

// sem_open(3) first gives its semaphore a temporary name, which no caller knows or can note. A kill waits
// until that name is gone.
bool is_temporary_name_of_glibc(const std::string& object) {
  return object.starts_with("shared memory ") && object.find("ipcbench-") == std::string::npos;
}

[[noreturn]] void run_until_killed(const MechanismEntry& mechanism) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  try {
    const RunDirectory directory(false);
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    std::raise(SIGSTOP);
    AttachedLink link(mechanism);
    std::raise(SIGSTOP);
    for (const Side side : {Side::consumer, Side::producer}) link.start(side, Peers::fork);
    if (link.wait_until_attached()) std::raise(SIGKILL);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}: {}\n", mechanism.traits.name, error.what());
  }
  _exit(1);
}

// Runs on to the next system call or to the end of one. False: the run has created everything, and is no
// longer traced.
bool step(pid_t run, int& status) {
  const int stopped_by = WSTOPSIG(status);
  const bool is_signal = stopped_by != SIGTRAP && stopped_by != SIGSTOP;
  ptrace(PTRACE_SYSCALL, run, nullptr, is_signal ? stopped_by : 0);
  waitpid(run, &status, 0);
  if (WIFSTOPPED(status) && WSTOPSIG(status) != SIGSTOP) return true;
  ptrace(PTRACE_DETACH, run, nullptr, 0);
  return false;
}

// Stops the run when it has made that many objects. False: it makes fewer.
bool stop_after_making(pid_t run, std::size_t count) {
  int status = 0;
  waitpid(run, &status, 0);
  const Objects before = lasting_objects();
  Objects made;
  while (step(run, status)) {
    Objects now = lasting_objects();
    std::erase_if(now, [&](const std::string& object) { return before.contains(object); });
    if (std::ranges::any_of(now, is_temporary_name_of_glibc)) continue;
    made.merge(now);
    if (made.size() >= count) return true;
  }
  return false;
}

// Waits until the run, its ends and its guardian are gone. (They are this process's children, see KilledRun.)
void wait_for_all() {
  while (waitpid(-1, nullptr, __WALL) > 0 || errno == EINTR) {
  }
}

struct Aftermath {
  bool killed_while_creating = false;  // otherwise with both ends attached
  Objects left_behind;
};

// Lists the remains of a run that is killed after it has made `count` objects.
Aftermath kill_after_making(const MechanismEntry& mechanism, std::size_t count) {
  const Objects before = lasting_objects();
  std::fflush(nullptr);  // or the child's copy of a buffer would be written twice
  const pid_t run = fork();
  if (run == 0) run_until_killed(mechanism);
  Aftermath aftermath;
  aftermath.killed_while_creating = stop_after_making(run, count);
  int status = 0;
  if (aftermath.killed_while_creating) kill(run, SIGKILL);
  waitpid(run, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "the run ended by itself";
  wait_for_all();
  aftermath.left_behind = lasting_objects();
  std::erase_if(aftermath.left_behind, [&](const std::string& object) { return before.contains(object); });
  return aftermath;
}

class KilledRun : public ::testing::Test {
 protected:
  void SetUp() override {
    Child trial = fork_child(0, [] { _exit(ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0 ? 0 : 1); });
    if (trial.reap().code != 0) GTEST_SKIP() << "tracing a child is not allowed here";
    prctl(PR_SET_CHILD_SUBREAPER, 1);  // adopts the guardian, to wait for its end
  }
  void TearDown() override { prctl(PR_SET_CHILD_SUBREAPER, 0); }
};

class KilledWhileCreating : public KilledRun, public ::testing::WithParamInterface<const MechanismEntry*> {};

// Catches an object that is not noted, or only after it was made.
TEST_P(KilledWhileCreating, LeavesNothingBehind) {
  if (const auto reason = GetParam()->available()) GTEST_SKIP() << *reason;
  bool goes_on = true;
  for (std::size_t count = 1; goes_on; ++count) {
    const Aftermath aftermath = kill_after_making(*GetParam(), count);
    goes_on = aftermath.killed_while_creating;
    EXPECT_THAT(aftermath.left_behind, IsEmpty())
        << (goes_on ? fmt::format("killed when it had made {} objects", count)
                    : "killed with its ends attached");
  }
}

INSTANTIATE_TEST_SUITE_P(Every, KilledWhileCreating, ::testing::ValuesIn(real_mechanisms()),
                         [](const auto& each) { return std::string(each.param->traits.name); });

// Mechanisms that break the obligation.
struct ForgetsToNote {
  ForgetsToNote(const LinkSpec&, EndRole) {}
  static void before_create(const LinkSpec& spec) { make(spec); }

 protected:
  static void make(const LinkSpec& spec) {
    Fd(checked(shm_open(("/" + spec.name).c_str(), O_RDWR | O_CREAT | O_EXCL, 0600), "shm_open"));
  }
};
struct NotesTooLate : ForgetsToNote {
  using ForgetsToNote::ForgetsToNote;
  static void before_create(const LinkSpec& spec) {
    make(spec);
    static std::vector<Noted> noted;  // for as long as the run lives
    noted.emplace_back(ObjectKind::posix_shm, "/" + spec.name);
  }
};

void remove_shared_memory(const Objects& objects) {
  const std::string kind = "shared memory ";
  for (const std::string& object : objects) {
    if (object.starts_with(kind + "ipcbench-")) shm_unlink(("/" + object.substr(kind.size())).c_str());
  }
}

// A test of the test above: it finds objects that are not noted.
TEST_F(KilledRun, LeavesAnObjectThatItHasNotNoted) {
  const MechanismEntry forgetful = entry_of<Faulty<PacketPair, ForgetsToNote>>();
  for (const std::size_t count : {1U, 3U}) {
    const Aftermath aftermath = kill_after_making(forgetful, count);
    EXPECT_EQ(aftermath.killed_while_creating, count == 1);
    EXPECT_THAT(aftermath.left_behind, Contains(HasSubstr("shared memory ipcbench-")));
    remove_shared_memory(aftermath.left_behind);
  }
}

// The same for an object that is noted too late, which shows only right after it was made.
TEST_F(KilledRun, LeavesAnObjectThatItNotesTooLate) {
  const MechanismEntry late = entry_of<Faulty<PacketPair, NotesTooLate>>();
  const Objects made_only = kill_after_making(late, 1).left_behind;
  EXPECT_THAT(made_only, Contains(HasSubstr("shared memory ipcbench-")));
  remove_shared_memory(made_only);
  EXPECT_THAT(kill_after_making(late, 3).left_behind, IsEmpty());
}

}  // namespace
}  // namespace ipcbench
