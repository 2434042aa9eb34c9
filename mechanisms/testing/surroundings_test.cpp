// Launches with a pause, idle descriptors, a load beside them or a boundary between their ends.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "harness/base/in_child.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "harness/host/cgroup.hpp"
#include "harness/launch/boundary.hpp"
#include "harness/launch/skip.hpp"
#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Optional;

Cell round_trips(std::string mechanism, Peers peers = Peers::fork) {
  return {.mechanism = std::move(mechanism),
          .pattern = Pattern::latency,
          .size_bytes = 64,
          .wait = Wait::block,
          .peers = peers,
          .parameters = {}};
}

Cell across(Boundary boundary, std::string mechanism, Peers peers) {
  Cell cell = round_trips(std::move(mechanism), peers);
  cell.boundary = boundary;
  return cell;
}

// Catches ends that miss each other's last message, and samples with a part of the pause, with every way of
// waiting and kind of ends, and with each payload that the loop with pauses has.
TEST(Pauses, LieBetweenTheRoundTrips) {
  for (const auto& wait : kAxis<Wait>) {
    for (const auto& peers : kAxis<Peers>) {
      for (const Payload payload : {Payload::copy, Payload::checked, Payload::direct}) {
        Cell cell = round_trips("pipe", peers.value);
        cell.wait = wait.value;
        cell.payload = payload;
        cell.idle_ns = 100'000;
        const Measurement m = measured(cell);
        EXPECT_GE(m.messages, 1U) << cell_name(cell);
        EXPECT_GE(m.elapsed_ns - m.sum_ns, m.messages * cell.idle_ns) << cell_name(cell);
      }
    }
  }
}

// Catches an end that waits for an idle descriptor instead of its own, and for ever, with either call and all
// kinds of ends; descriptors of which the launcher keeps some; a limit that a launch leaves raised.
TEST(IdleDescriptors, HoldUpNoMessage) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const auto open_files = [] { return std::distance(fs::directory_iterator("/proc/self/fd"), {}); };
  for (const char* mechanism : {"pipe", "unix_stream", "tcp", "udp", "posix_queue", "eventfd"}) {
    Cell cell = round_trips(mechanism);
    cell.size_bytes = std::min(cell.size_bytes, find_mechanism(mechanism)->traits.max_message_bytes);
    const auto files = open_files();
    for (const Wait wait : {Wait::poll, Wait::epoll}) {
      for (const auto& peers : kAxis<Peers>) {
        for (const std::uint32_t watched : {0U, 100U}) {
          cell.wait = wait;
          cell.peers = peers.value;
          cell.watched = watched;
          if (why_skipped(cell)) continue;
          const Measurement m = measured(cell);
          EXPECT_GE(m.messages, 1U) << cell_name(cell);
          EXPECT_GE(m.verified_messages, 3U) << cell_name(cell);
        }
      }
    }
    EXPECT_EQ(open_files(), files) << mechanism;
  }
  rlimit after{};
  getrlimit(RLIMIT_NOFILE, &after);
  EXPECT_EQ(after.rlim_cur, before.rlim_cur);
}

// Catches a soft limit that stops what the hard one permits, and a refusal without cause and remedy.
TEST(IdleDescriptors, AreRefusedOnlyBeyondTheHardLimit) {
  const auto reason_under = [](const rlimit& limit) {
    return bytes_from_child(
        [&] {
          setrlimit(RLIMIT_NOFILE, &limit);
          Cell cell = round_trips("pipe");
          cell.wait = Wait::epoll;
          cell.watched = 300;
          if (const auto reason = why_skipped(cell)) return *reason;
          const LaunchOutcome outcome = launch(cell, brief());
          const auto* failure = std::get_if<Failure>(&outcome);
          return failure == nullptr ? std::string() : failure->reason;
        },
        std::chrono::minutes(1));
  };
  EXPECT_EQ(reason_under({.rlim_cur = 64, .rlim_max = 512}), "");
  const std::string reason = reason_under({.rlim_cur = 64, .rlim_max = 256});
  EXPECT_THAT(reason, HasSubstr("cannot open 300 idle descriptors"));
  EXPECT_THAT(reason, HasSubstr("raise ulimit -Hn"));
}

// Catches a load that counts as a disturbance or as a neighbour on the core, and one that is still there.
TEST(LoadBesideALaunch, DisturbsNothingAndGoes) {
  for (const Beside load : {Beside::cpu, Beside::memory}) {
    for (const auto& peers : kAxis<Peers>) {
      Cell cell = round_trips("pipe", peers.value);
      cell.beside = load;
      cell.cpus = Cpus::same;
      LaunchOptions options = brief();
      options.placement = on_one_cpu();
      const Measurement m = measured(cell, options);
      EXPECT_GE(m.messages, 1U);
      EXPECT_TRUE(m.disturbance.empty() || load == Beside::memory) << m.disturbance;
      EXPECT_FALSE(m.core);
      EXPECT_FALSE(m.line);
      EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a process is left";
    }
  }
}

std::vector<pid_t> children_of(pid_t process) {
  std::ifstream file(fmt::format("/proc/{0}/task/{0}/children", process));
  std::vector<pid_t> children;
  for (pid_t child = 0; file >> child;) children.push_back(child);
  return children;
}

bool soon(const std::function<bool()>& check) {
  for (int i = 0; i < 6000; ++i) {
    if (check()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// A process that makes a launch of a minute, until all the processes of that launch are there.
class LongLaunch {
 public:
  LongLaunch(const Cell& cell, std::size_t processes) : pid_(fork()) {
    if (pid_ == 0) {
      const RunDirectory run(false);
      LaunchOptions options = brief();
      options.placement = on_one_cpu();
      options.timed = std::chrono::seconds(60);
      options.time_limit = std::chrono::seconds(120);
      launch(cell, options);
      _exit(0);
    }
    EXPECT_TRUE(soon([&] { return children_of(pid_).size() >= processes; }));
    for (const pid_t child : children_of(pid_))
      children_.emplace_back(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  }
  void kill() const {
    ::kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  // Whether all its processes end within a minute.
  [[nodiscard]] bool ended() const {
    return std::ranges::all_of(children_, [](const Fd& child) {
      pollfd watched{.fd = child.get(), .events = POLLIN, .revents = 0};
      return poll(&watched, 1, 60'000) == 1;
    });
  }

 private:
  pid_t pid_;
  std::vector<Fd> children_;
};

// Catches a busy process that outlives a killed launcher, for ever: the guardian, the load and two ends.
TEST(LoadBesideALaunch, DiesWithItsLauncher) {
  if (children_of(getpid()).empty() && access("/proc/self/task", R_OK) != 0) GTEST_SKIP() << "no /proc";
  for (const Beside load : {Beside::cpu, Beside::memory}) {
    Cell cell = round_trips("pipe");
    cell.beside = load;
    cell.cpus = Cpus::same;
    const LongLaunch running(cell, 4);
    running.kill();
    EXPECT_TRUE(running.ended()) << name_of(load);
  }
}

std::size_t consumers_groups() {
  std::size_t groups = 0;
  for (const auto& entry : fs::directory_iterator(own_cgroup("cpu").value())) {
    if (entry.path().filename().string().starts_with("ipcbench-")) ++groups;
  }
  return groups;
}

// Catches a control group that stays behind a killed run.
TEST(Boundaries, AGroupGoesWithAKilledLauncher) {
  const Cell cell = across(Boundary::cgroup, "pipe", Peers::fork);
  if (const auto reason = why_no_boundary(cell)) GTEST_SKIP() << *reason;
  const std::size_t before = consumers_groups();
  EXPECT_GE(measured(cell).messages, 1U);
  EXPECT_EQ(consumers_groups(), before);
  const LongLaunch running(cell, 3);
  EXPECT_EQ(consumers_groups(), before + 1);
  running.kill();
  EXPECT_TRUE(running.ended());
  EXPECT_TRUE(soon([&] { return consumers_groups() == before; }));
}

// An anonymous pipe belongs to no namespace. Catches an end that is alone behind its boundary.
TEST(Boundaries, APipeCrossesEach) {
  for (const auto& boundary : kAxis<Boundary>) {
    for (const Peers peers : {Peers::fork, Peers::exec}) {
      const Cell cell = across(boundary.value, "pipe", peers);
      if (why_no_boundary(cell)) continue;
      EXPECT_EQ(why_not_across(cell), std::nullopt);
      EXPECT_GE(measured(cell).messages, 1U) << cell_name(cell);
    }
  }
}

// The loopback of another network namespace is another one. POSIX queues and System V objects are named
// within an IPC namespace, but the descriptor of a queue works anywhere. Catches a launch on one side of the
// boundary alone, and a refusal without its cause.
TEST(Boundaries, WhatDoesNotCrossIsRefusedWithTheReason) {
  const auto reason = [](Boundary boundary, const char* mechanism, Peers peers) {
    return why_not_across(across(boundary, mechanism, peers));
  };
  const auto here = [](Boundary boundary, const char* mechanism, Peers peers) {
    return !why_skipped(across(boundary, mechanism, peers));
  };
  if (here(Boundary::net, "tcp", Peers::fork)) {
    EXPECT_THAT(reason(Boundary::net, "tcp", Peers::fork), Optional(HasSubstr("two network namespaces: ")));
  }
  if (here(Boundary::ipc, "posix_queue", Peers::exec)) {
    EXPECT_THAT(reason(Boundary::ipc, "posix_queue", Peers::exec),
                Optional(HasSubstr("two IPC namespaces: ")));
    EXPECT_EQ(reason(Boundary::ipc, "posix_queue", Peers::fork), std::nullopt);
  }
  if (here(Boundary::ipc, "sysv_queue", Peers::exec)) {
    EXPECT_THAT(reason(Boundary::ipc, "sysv_queue", Peers::exec),
                Optional(HasSubstr("two IPC namespaces: ")));
  }
  if (here(Boundary::user, "process_vm", Peers::fork)) {
    EXPECT_THAT(reason(Boundary::user, "process_vm", Peers::fork),
                Optional(HasSubstr("two user namespaces: ")));
  }
}

}  // namespace
}  // namespace ipcbench
