#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "bench/study/claims/report_claims.hpp"
#include "bench/study/claims/testing/sample_cells.hpp"

namespace ipcbench {
namespace {

using testing::add_latency;
using testing::add_throughput;
using testing::make_cell;
using testing::make_info;

MechanismInfo of(std::string name, MechanismKind kind, std::string made_of, bool stream = false) {
  MechanismInfo info = make_info(std::move(name), kind);
  info.made_of = std::move(made_of);
  info.stream = stream;
  info.in_memory = kind == MechanismKind::shared_memory;
  return info;
}

const MechanismInfo kSocket = of("socket", MechanismKind::socket, "UNIX socket", true);

struct Case {
  const char* name;
  const Contest& contest;
  MechanismInfo subject;
  MechanismInfo reference;
  bool says_faster = true;
};

std::vector<Case> cases() {
  using enum MechanismKind;
  const MechanismInfo zeromq = of("zeromq", library, "ZeroMQ, UNIX socket, eventfd");
  return {
      {"batches", kBatchingAgainstSocket, zeromq, kSocket},
      {"round trip", kZeroMqAgainstSocket, zeromq, kSocket, false},
      {"broker", kBrokerAgainstPeer, of("broker", library, "sd-bus, dbus-daemon, UNIX socket"),
       of("peer", library, "sd-bus, UNIX socket"), false},
      {"capnp", kCapnpAgainstGrpc, of("capnp", library, "Cap'n Proto, UNIX socket"),
       of("grpc", library, "gRPC, UNIX socket, epoll")},
      {"user queue", kUserQueuesAgainstKernelQueues,
       of("boost", library, "Boost.Interprocess, POSIX shared memory"), of("queue", queue, "POSIX queue")},
      {"atomic queue", kAtomicQueueAgainstBoost, of("atomic", library, "atomic_queue, memfd"),
       of("spsc", library, "Boost.Lockfree, memfd")},
      {"io_uring", kUringAgainstCalls, of("uring", socket, "UNIX socket, io_uring", true), kSocket},
      {"vmsplice", kSpliceAgainstPipe, of("splice", pipe, "pipe, vmsplice", true),
       of("plain", pipe, "pipe", true)},
      {"one copy", kOneCopyAgainstTwo, of("pull", process_memory, "process_vm_readv, memfd, futex"),
       of("ring", shared_memory, "POSIX shared memory, futex", true)}};
}

// Both cells at 64 B and 1 MiB, in both patterns.
Report report_for(const Case& each, bool as_said) {
  Report report;
  report.mechanisms = {each.subject, each.reference};
  for (const std::size_t size : {std::size_t{64}, std::size_t{1} << 20}) {
    for (const MechanismInfo* info : {&each.subject, &each.reference}) {
      const bool fast = (info == &each.subject) == (as_said == each.says_faster);
      add_latency(report, make_cell(info->name, size), fast ? 4000 : 8000);
      add_throughput(report, make_cell(info->name, size), fast ? 2000 : 4000);
    }
  }
  return report;
}

// Catches parties that are not recognised by what they are made of, and a direction that is the wrong way
// round.
TEST(LibraryContests, AreConfirmedOrRefuted) {
  for (const Case& each : cases()) {
    EXPECT_EQ(judge_contest(each.contest, report_for(each, true)).verdict, ClaimVerdict::confirmed)
        << each.name;
    EXPECT_EQ(judge_contest(each.contest, report_for(each, false)).verdict, ClaimVerdict::refuted)
        << each.name;
  }
}

// Catches sizes and patterns of which the statement does not speak.
TEST(LibraryContests, KeepToTheCellsThatTheyAreAbout) {
  for (const Case& each : cases()) {
    if (each.contest.has_part == nullptr) continue;
    Report report = report_for(each, true);
    std::size_t kept = 0;
    for (const ReportCell& cell : report.cells) kept += each.contest.has_part(cell.cell) ? 1U : 0U;
    EXPECT_GT(kept, 0U) << each.name;
    EXPECT_LT(kept, report.cells.size()) << each.name;
  }
}

// Round trips of 64 B and 1 MiB, copied and untouched, that take so many times as long as 8 us.
Report of_two_sizes(double copied, double untouched) {
  Report report;
  report.mechanisms = {of("chunks", MechanismKind::library, "iceoryx, memfd"), kSocket};
  for (const Payload payload : {Payload::copy, Payload::untouched}) {
    for (const std::size_t size : {std::size_t{64}, std::size_t{1} << 20}) {
      const double times = size == 64 ? 1 : payload == Payload::copy ? copied : untouched;
      Cell cell = make_cell("chunks", size);
      cell.payload = payload;
      add_latency(report, cell, static_cast<std::uint64_t>(8000 * times));
    }
  }
  for (const std::size_t size : {std::size_t{64}, std::size_t{1} << 20})  // of which nothing is said
    add_latency(report, make_cell("socket", size), size);
  return report;
}

// Catches a constancy that is judged across payloads or mechanisms, and one that says nothing of the payload.
TEST(LibraryContests, ATimeIsConstantForEachPayload) {
  const auto judged = [](const Report& report) { return judge_contest(kIceoryxAtAnySize, report); };
  EXPECT_EQ(judged(of_two_sizes(1.5, 1)).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judged(of_two_sizes(20, 3)).verdict, ClaimVerdict::refuted);
  const Answer depends = judged(of_two_sizes(20, 1.5));
  EXPECT_EQ(depends.verdict, ClaimVerdict::depends);
  EXPECT_EQ(depends.finding,
            "copied in and out: constant in 0 of 1 settings, 20 to 20 times the time; "
            "untouched: constant in 1 of 1 settings, 1.5 to 1.5 times the time");
}

// Catches a verdict from sizes that are alike.
TEST(LibraryContests, AConstantTimeNeedsAThousandTimesTheSize) {
  Report report;
  report.mechanisms = {of("chunks", MechanismKind::library, "iceoryx, memfd")};
  for (const std::size_t size : {std::size_t{64}, std::size_t{32768}})
    add_latency(report, make_cell("chunks", size), 8000);
  EXPECT_EQ(judge_contest(kIceoryxAtAnySize, report).verdict, ClaimVerdict::untested);
}

}  // namespace
}  // namespace ipcbench
