// The objects that a run keeps, and who removes them. The tests fork processes and look at what these leave
// behind.
#include "harness/cleanup/run_directory.hpp"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/host/topology.hpp"
#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A $TMPDIR of its own, and processes that work in it.
class RunDirectoryTest : public ::testing::Test {
 protected:
  RunDirectoryTest() {
    if (const char* before = getenv("TMPDIR")) before_ = before;
    setenv("TMPDIR", temporary().c_str(), 1);
  }
  ~RunDirectoryTest() override {
    if (before_.empty()) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", before_.c_str(), 1);
    }
  }

  const fs::path& temporary() const { return host_.root(); }
  std::vector<std::string> entries() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(temporary())) names.push_back(entry.path().filename());
    return names;
  }

  // A process that does `work`, reports that, and waits to be killed.
  static pid_t start(const std::function<void()>& work) {
    std::array<int, 2> ready{};
    EXPECT_EQ(pipe(ready.data()), 0);
    const pid_t pid = fork();
    if (pid == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      close(ready[0]);
      work();
      close(ready[1]);
      while (true) pause();
    }
    close(ready[1]);
    char end = 0;
    EXPECT_EQ(read(ready[0], &end, 1), 0);
    close(ready[0]);
    return pid;
  }
  static void kill_and_reap(pid_t pid) {
    kill(pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }

  // Allows the promised two seconds, and more for a loaded machine.
  static bool soon(const std::function<bool()>& check) {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      if (check()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  FakeHost host_;
  std::string before_;
};

// Catches a directory that others can enter, a name that can be guessed, and one that stays.
TEST_F(RunDirectoryTest, IsPrivateAndGoes) {
  const mode_t umask_before = umask(0);
  std::string first;
  {
    const RunDirectory run;
    first = run.path();
    struct stat status {};
    ASSERT_EQ(stat(run.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0700U);
    ASSERT_EQ(stat((run.path() + "/ledger").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0600U);
    EXPECT_EQ(RunDirectory::current(), &run);
  }
  umask(umask_before);
  EXPECT_THAT(entries(), IsEmpty());
  EXPECT_EQ(RunDirectory::current(), nullptr);
  EXPECT_NE(RunDirectory().path(), first);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a guardian stayed";
}

// Catches a guardian that dies with its run, misses the run's death, or does not remove everything: a
// non-empty directory and noted objects of three kinds.
TEST_F(RunDirectoryTest, GuardianCleansUpAfterAKilledRun) {
  const key_t key = unpredictable_key();
  const std::string name = "/" + unpredictable_name();
  const std::string file = temporary() / "noted";
  const pid_t run = start([&] {
    const auto* const directory = new RunDirectory;
    new LaunchDirectory;
    std::ofstream(directory->path() + "/something") << "x";
    new Noted(ObjectKind::sysv_queue, std::to_string(key));
    new Noted(ObjectKind::posix_shm, name);
    new Noted(ObjectKind::file, file);
    msgget(key, IPC_CREAT | IPC_EXCL | 0600);
    shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
    std::ofstream(file) << "x";
  });
  ASSERT_GE(msgget(key, 0), 0);
  ASSERT_THAT(entries(), SizeIs(2));
  kill_and_reap(run);
  EXPECT_TRUE(soon([&] { return entries().empty(); }));
  EXPECT_EQ(msgget(key, 0), -1);
  EXPECT_EQ(shm_open(name.c_str(), O_RDWR, 0), -1);
}

// Catches a guardian that a signal to the run's process group reaches too, just after the run's start. On one
// CPU, a forked process mostly starts after its parent has gone on.
TEST_F(RunDirectoryTest, GuardianSurvivesASignalToTheGroupAtTheStart) {
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGKILL, SIGTERM, SIGINT, SIGHUP, SIGKILL}) {
    const pid_t run = fork();
    if (run == 0) {
      setpgid(0, 0);
      pin_to(allowed_cpus().front());
      new RunDirectory;
      kill(0, signal);
      _exit(1);
    }
    int status = 0;
    ASSERT_EQ(waitpid(run, &status, 0), run);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_TRUE(soon([&] { return entries().empty(); })) << "after signal " << signal;
  }
}

// Catches removing objects that were struck off: by then the name may be somebody else's.
TEST_F(RunDirectoryTest, WhatIsStruckOffStays) {
  const std::string file = temporary() / "kept";
  const pid_t run = start([&] {
    new RunDirectory;
    { const Noted noted(ObjectKind::file, file); }
    std::ofstream(file) << "x";
  });
  kill_and_reap(run);
  EXPECT_TRUE(soon([&] { return entries() == std::vector<std::string>{"kept"}; }));
}

// Kills the guardian first, so that only the next start can clean up.
pid_t kill_guardian_of(pid_t run) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    std::ifstream stat(entry.path() / "stat");
    std::string pid;
    std::string name;
    char state = 0;
    pid_t parent = 0;
    if (stat >> pid >> name >> state >> parent && parent == run && name == "(ipcbench-guard)") {
      kill(std::stoi(pid), SIGKILL);
      return std::stoi(pid);
    }
  }
  return -1;
}

// Catches leftovers of a power cut that nobody removes, removal of live runs, and a dry run that removes
// something.
TEST_F(RunDirectoryTest, NextStartCleansUpAfterTheDeadOnly) {
  const key_t key = unpredictable_key();
  const pid_t dead = start([&] {
    new RunDirectory;
    new Noted(ObjectKind::sysv_queue, std::to_string(key));
    msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  });
  const pid_t alive = start([] { new RunDirectory; });
  ASSERT_GT(kill_guardian_of(dead), 0);
  kill_and_reap(dead);
  ASSERT_THAT(entries(), SizeIs(2));

  EXPECT_THAT(clean_up_after_dead_runs(true).removed, SizeIs(1));
  EXPECT_GE(msgget(key, 0), 0);

  const Cleaning cleaning = clean_up_after_dead_runs();
  ASSERT_THAT(cleaning.removed, SizeIs(1));
  EXPECT_EQ(cleaning.removed.front().objects, 1);
  EXPECT_THAT(cleaning.kept, SizeIs(1));
  EXPECT_THAT(entries(), SizeIs(1));
  EXPECT_EQ(msgget(key, 0), -1);
  kill_and_reap(alive);
  EXPECT_TRUE(soon([&] { return entries().empty(); }));
}

// Catches an update of the program that forgets what runs of the older one left: their ledgers have 64
// places.
TEST_F(RunDirectoryTest, TheShorterLedgerOfAnOlderProgramIsRead) {
  constexpr std::uintmax_t kHeadBytes = 40;
  constexpr std::uintmax_t kPlaceBytes = 4112;
  const key_t key = unpredictable_key();
  const pid_t dead = start([&] {
    new RunDirectory;
    new Noted(ObjectKind::sysv_queue, std::to_string(key));
    msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  });
  ASSERT_GT(kill_guardian_of(dead), 0);
  kill_and_reap(dead);
  const fs::path ledger = temporary() / entries().front() / "ledger";
  ASSERT_GT(fs::file_size(ledger), kHeadBytes + 64 * kPlaceBytes);
  fs::resize_file(ledger, kHeadBytes + 64 * kPlaceBytes);
  const Cleaning cleaning = clean_up_after_dead_runs();
  ASSERT_THAT(cleaning.removed, SizeIs(1));
  EXPECT_EQ(cleaning.removed.front().objects, 1);
  EXPECT_EQ(msgget(key, 0), -1);
}

// Catches following a symbolic link that somebody planted, taking a file for a run, and removing something
// whose name merely begins the same.
TEST_F(RunDirectoryTest, StrangersAreNotTouched) {
  const fs::path elsewhere = temporary() / "elsewhere";
  fs::create_directory(elsewhere);
  std::ofstream(elsewhere / "precious") << "x";
  fs::create_directory_symlink(elsewhere, temporary() / "ipcbench-run-0123456789abcdef");
  std::ofstream(temporary() / "ipcbench-run-file") << "x";
  fs::create_directory(temporary() / "ipcbench-ruin");
  EXPECT_THAT(clean_up_after_dead_runs().removed, IsEmpty());
  EXPECT_TRUE(fs::exists(elsewhere / "precious"));
  EXPECT_THAT(entries(), SizeIs(4));
}

// Catches keeping for ever the directory of a run that was killed before it had a ledger, and removing that
// of a run that has just begun.
TEST_F(RunDirectoryTest, WithoutALedgerAgeDecides) {
  const fs::path path = temporary() / "ipcbench-run-0123456789abcdef";
  fs::create_directory(path);
  EXPECT_THAT(clean_up_after_dead_runs().kept, SizeIs(1));
  fs::last_write_time(path, fs::file_time_type::clock::now() - std::chrono::minutes(1));
  EXPECT_THAT(clean_up_after_dead_runs().removed, SizeIs(1));
  EXPECT_THAT(entries(), IsEmpty());
}

// Catches trusting a damaged ledger: truncated, or overwritten with anything.
TEST_F(RunDirectoryTest, ADamagedLedgerRemovesNothingElse) {
  const fs::path path = temporary() / "ipcbench-run-0123456789abcdef";
  const pid_t run = start([] { new RunDirectory; });
  const fs::path made = temporary() / entries().front();
  fs::create_directory(path);
  fs::copy_file(made / "ledger", path / "ledger");
  kill_and_reap(run);
  ASSERT_TRUE(soon([&] { return entries().size() == 1; }));
  std::fstream ledger(path / "ledger", std::ios::in | std::ios::out | std::ios::binary);
  ledger.seekp(40);
  for (int i = 0; i < 200'000; ++i) ledger.put(static_cast<char>(i * 7));
  ledger.close();
  clean_up_after_dead_runs();
  EXPECT_THAT(entries(), IsEmpty());
}

// Catches runs that miss each other, and counting a run that does not measure.
TEST_F(RunDirectoryTest, RunsBesideEachOtherAreCounted) {
  const pid_t other = start([] { new RunDirectory; });
  const pid_t idle = start([] { new RunDirectory(false); });
  const auto count_in = [&](const std::string& name) {
    return Ledger::open(temporary() / name / "ledger").runs_beside();
  };
  const std::vector<std::string> before = entries();
  {
    RunDirectory own;
    EXPECT_EQ(own.ledger().runs_beside(), 1U);
    EXPECT_EQ(count_in(before[0]) + count_in(before[1]), 1U);
  }
  kill_and_reap(other);
  kill_and_reap(idle);
}

// Catches an error that names neither the place nor what can be done.
TEST_F(RunDirectoryTest, NoPlaceIsAnErrorWithARemedy) {
  setenv("TMPDIR", (temporary() / "nowhere").c_str(), 1);
  // A $TMPDIR that is not a directory is ignored. One that cannot be written to is not.
  EXPECT_EQ(temporary_directory(), "/tmp");
  setenv("TMPDIR", "/proc", 1);
  try {
    const RunDirectory run;
    FAIL() << "made in /proc";
  } catch (const KernelError& error) {
    EXPECT_THAT(error.what(), ::testing::AllOf(::testing::HasSubstr("/proc/ipcbench-run-"),
                                               ::testing::HasSubstr("set TMPDIR")));
  }
  EXPECT_EQ(RunDirectory::current(), nullptr);
}

// Catches a place that is never freed, a place given out twice, and a name truncated silently.
TEST_F(RunDirectoryTest, LedgerHasRoomAndSaysWhenItHasNot) {
  RunDirectory run;
  for (int i = 0; i < 1000; ++i) const Noted noted(ObjectKind::posix_shm, "/a");
  std::vector<Noted> noted;
  EXPECT_THROW(
      {
        for (int i = 0; i < 1000; ++i)
          noted.emplace_back(ObjectKind::posix_shm, "/nothing-" + std::to_string(i));
      },
      std::runtime_error);
  EXPECT_GE(noted.size(), 24U);
  noted.clear();
  EXPECT_THROW(Noted(ObjectKind::file, std::string(5000, 'x')), std::runtime_error);
}

// Catches a ledger that fills up with notes of killed processes (a probe kills some on purpose).
TEST_F(RunDirectoryTest, NotesOfTheDeadGo) {
  RunDirectory run;
  const std::string name = "/" + unpredictable_name();
  const pid_t child = start([&] {
    new Noted(ObjectKind::posix_shm, name);
    shm_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL, 0600);
  });
  EXPECT_EQ(run.ledger().remove_all_of_the_dead(), 0);
  kill_and_reap(child);
  EXPECT_EQ(run.ledger().remove_all_of_the_dead(), 1);
  EXPECT_EQ(shm_open(name.c_str(), O_RDWR, 0), -1);
}

// Catches removing an object with the same key that is older than the run.
TEST(KernelObjectTest, OlderThanTheRunIsSomebodyElses) {
  const key_t key = unpredictable_key();
  const int id = msgget(key, IPC_CREAT | IPC_EXCL | 0600);
  ASSERT_GE(id, 0);
  EXPECT_FALSE(remove_object(ObjectKind::sysv_queue, std::to_string(key), std::time(nullptr) + 60));
  EXPECT_FALSE(remove_object(ObjectKind::sysv_semaphores, std::to_string(key), 0));
  EXPECT_TRUE(remove_object(ObjectKind::sysv_queue, std::to_string(key), 0));
  EXPECT_FALSE(remove_object(ObjectKind::sysv_queue, std::to_string(key), 0));
  EXPECT_FALSE(remove_object(ObjectKind::sysv_queue, "0", 0));
  EXPECT_FALSE(remove_object(ObjectKind::sysv_queue, "12x", 0));
  EXPECT_FALSE(remove_object(static_cast<ObjectKind>(99), "/x", 0));
}

// Catches a directory that stays because of what is in it, and removing what a link leads to.
TEST(KernelObjectTest, DirectoriesWithTheirFiles) {
  const FakeHost host;
  const fs::path target = host.root() / "target";
  fs::create_directory(target);
  std::ofstream(target / "file") << "x";
  fs::create_directory_symlink(target, host.root() / "link");
  std::ofstream(host.root() / "file") << "x";
  EXPECT_FALSE(remove_object(ObjectKind::directory, host.root() / "link", 0));
  EXPECT_FALSE(remove_object(ObjectKind::directory, host.root() / "file", 0));
  EXPECT_FALSE(remove_object(ObjectKind::directory, "target", 0));
  EXPECT_TRUE(fs::exists(target / "file"));
  EXPECT_TRUE(remove_object(ObjectKind::directory, target, 0));
  EXPECT_FALSE(fs::exists(target));
}

// Catches removing a directory, a device or a link's target.
TEST(KernelObjectTest, OnlyRegularFiles) {
  const FakeHost host;
  const fs::path target = host.root() / "target";
  std::ofstream(target) << "x";
  fs::create_symlink(target, host.root() / "link");
  EXPECT_FALSE(remove_object(ObjectKind::file, host.root() / "link", 0));
  EXPECT_FALSE(remove_object(ObjectKind::file, host.root(), 0));
  EXPECT_FALSE(remove_object(ObjectKind::file, "/dev/null", 0));
  EXPECT_FALSE(remove_object(ObjectKind::file, "target", 0));
  EXPECT_TRUE(remove_object(ObjectKind::file, target, 0));
}

}  // namespace
}  // namespace ipcbench
