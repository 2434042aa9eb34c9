// Each claim about speed, answered from reports in which it holds, fails, and holds at some sizes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "bench/study/claims/report_claims.hpp"
#include "bench/study/claims/testing/sample_cells.hpp"

namespace ipcbench {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

using testing::add_latency;
using testing::add_throughput;
using testing::make_cell;

// A claim with the two cells that it compares. They differ in the mechanism or, for threads, in the peers.
struct SpeedClaim {
  std::string_view name;
  const Contest& contest;
  Cell subject;
  Cell reference;
  bool says_faster = false;
};

Cell threads_of(Cell cell) {
  cell.peers = Peers::thread;
  return cell;
}

std::vector<SpeedClaim> speed_claims() {
  const Cell pipe = make_cell("pipe");
  return {{"shared memory", kMemoryAgainstOthers, make_cell("posix_shm_ring"), pipe, true},
          {"fifo", kFifosAgainstPipes, make_cell("fifo"), pipe, false},
          {"mapped file", kMappedFilesAgainstFiles, make_cell("file_mmap_ring"), make_cell("file"), true},
          {"threads", kThreadsAgainstProcesses, threads_of(pipe), pipe, true},
          {"queue", kQueuesAgainstPipes, make_cell("sysv_queue"), pipe, false},
          {"socket", kSocketsAgainstPipes, make_cell("unix_stream"), pipe, false}};
}

// At 64 B and 64 KiB, in both patterns; `as_said` for each of the two sizes.
Report report_for(const SpeedClaim& claim, bool small_as_said, bool large_as_said) {
  Report report;
  const auto add = [&](Cell cell, std::size_t size, bool fast) {
    cell.size_bytes = size;
    add_latency(report, cell, fast ? 4000 : 8000);
    add_throughput(report, cell, fast ? 2000 : 4000);
  };
  const auto add_pair = [&](std::size_t size, bool as_said) {
    add(claim.subject, size, as_said == claim.says_faster);
    add(claim.reference, size, as_said != claim.says_faster);
  };
  add_pair(64, small_as_said);
  add_pair(65536, large_as_said);
  return report;
}

// Catches a claim with the wrong parties, direction or quantity.
TEST(SpeedClaims, AreConfirmedRefutedOrDependOnTheSize) {
  for (const SpeedClaim& claim : speed_claims()) {
    EXPECT_EQ(judge_contest(claim.contest, report_for(claim, true, true)).verdict, ClaimVerdict::confirmed)
        << claim.name;
    EXPECT_EQ(judge_contest(claim.contest, report_for(claim, false, false)).verdict, ClaimVerdict::refuted)
        << claim.name;
    const Answer answer = judge_contest(claim.contest, report_for(claim, true, false));
    EXPECT_EQ(answer.verdict, ClaimVerdict::depends) << claim.name;
    EXPECT_THAT(answer.evidence, Contains(HasSubstr("size:64:"))) << claim.name;
    EXPECT_THAT(answer.evidence, Contains(HasSubstr("size:65536:"))) << claim.name;
  }
}

// Catches batches compared with another mechanism's single messages, the wrong way round, or taking part in
// claims about the mechanisms.
TEST(SpeedClaims, CompareBatchesWithTheSameMechanismsSingleMessages) {
  const auto report_of = [](std::uint64_t batched_ns) {
    Report report;
    Cell cell = make_cell("pipe");
    add_throughput(report, cell, 2000);
    add_throughput(report, make_cell("unix_stream"), 500);
    cell.batch = 16;
    add_throughput(report, cell, batched_ns);
    return report;
  };
  EXPECT_EQ(judge_contest(kBatchesAgainstSingles, report_of(1000)).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_contest(kBatchesAgainstSingles, report_of(4000)).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_contest(kSocketsAgainstPipes, report_of(100)).verdict,
            judge_contest(kSocketsAgainstPipes, report_of(4000)).verdict);
}

// Catches a comparison of cells that differ in more than the claim says, and a crash if there are no cells.
TEST(SpeedClaims, NeedCellsThatDifferInNothingElse) {
  for (const SpeedClaim& claim : speed_claims()) {
    EXPECT_EQ(judge_contest(claim.contest, Report{}).verdict, ClaimVerdict::untested) << claim.name;
    Report report;
    Cell elsewhere = claim.subject;
    elsewhere.cpus = Cpus::llc;
    Cell tuned = claim.subject;
    tuned.parameters = {{"ring_bytes", 4096}};
    add_latency(report, elsewhere, 1000);
    add_latency(report, tuned, 1000);
    add_latency(report, claim.reference, 2000);
    EXPECT_EQ(judge_contest(claim.contest, report).verdict, ClaimVerdict::untested) << claim.name;
  }
}

// Catches an answer without the report's own reason for skipping cells.
TEST(SpeedClaims, SayWhyCellsAreLacking) {
  Report report;
  add_latency(report, make_cell("pipe"), 1000);
  report.skipped.push_back({"fifo/latency/size:64/wait:block/peers:fork/cpus:same", "no file system"});
  const Answer answer = judge_contest(kFifosAgainstPipes, report);
  EXPECT_EQ(answer.verdict, ClaimVerdict::untested);
  EXPECT_THAT(answer.finding, HasSubstr("fifo (no file system)")) << answer.finding;
}

// Floors move nothing, and tokens in shared memory are no alternative to it. Neither may beat the ring.
TEST(SharedMemoryIsFastest, LooksPastFloorsAndObjectsInMemory) {
  Report report;
  for (const char* faster : {"null", "memcpy", "futex", "sysv_composite"})
    add_latency(report, make_cell(faster), 100);
  add_latency(report, make_cell("ring_spin"), 1000);
  add_latency(report, make_cell("memfd_ring"), 9000);
  add_latency(report, make_cell("pipe"), 2000);
  add_latency(report, make_cell("tcp"), 500'000);
  EXPECT_EQ(judge_contest(kMemoryAgainstOthers, report).verdict, ClaimVerdict::confirmed);
  add_latency(report, make_cell("unix_stream"), 300);
  EXPECT_EQ(judge_contest(kMemoryAgainstOthers, report).verdict, ClaimVerdict::refuted);
}

// The drift of the machine doubles both. A FIFO that is 4 % slower in every round is slower, one that is 1 %
// slower in half of the rounds and faster in the others is not. Catches launches that are not compared with
// those of their round, and medians that are compared without them.
TEST(SpeedClaims, TellCellsApartByTheirRounds) {
  const std::array<std::uint64_t, 8> pipe_us{100, 110, 125, 140, 160, 175, 190, 200};
  const auto verdict_if = [&](const std::array<std::uint64_t, 8>& percent) {
    Report report;
    for (std::uint32_t launch = 0; launch < pipe_us.size(); ++launch) {
      report.cells.add(testing::throughput_row(make_cell("pipe"), launch, 1000 * pipe_us[launch]));
      report.cells.add(
          testing::throughput_row(make_cell("fifo"), launch, 10 * percent[launch] * pipe_us[launch]));
    }
    return judge_contest(kFifosAgainstPipes, report).verdict;
  };
  EXPECT_EQ(verdict_if({104, 105, 104, 103, 104, 104, 105, 104}), ClaimVerdict::confirmed);
  EXPECT_EQ(verdict_if({101, 99, 101, 99, 101, 99, 101, 99}), ClaimVerdict::no_difference);
}

// Three launches with a neighbour on the core, three without. Catches times that another program's work made.
TEST(SpeedClaims, LeaveOutLaunchesThatSharedTheirCore) {
  Report report;
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    const bool disturbed = launch >= 3;
    for (const char* const mechanism : {"pipe", "fifo"}) {
      const bool slow = disturbed != (mechanism == std::string_view("fifo"));
      report.cells.add(testing::throughput_row(make_cell(mechanism), launch, (slow ? 4000 : 2000) + launch));
      Measurement& measurement = testing::last_measurement(report.cells);
      measurement.producer.cpu = measurement.consumer.cpu = 0;
      const double work_ns = disturbed ? 1600 : 1000;
      measurement.core = {.before_ns = work_ns, .after_ns = work_ns};
    }
  }
  EXPECT_EQ(judge_contest(kFifosAgainstPipes, report).verdict, ClaimVerdict::confirmed);
}

// Less time and more CPU time. Catches a cost that counts only one of the two.
TEST(SocketsCostMore, CountsTimeAndCpuTime) {
  Report report;
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    report.cells.add(testing::throughput_row(make_cell("pipe"), launch, 4000));
    report.cells.add(testing::throughput_row(make_cell("tcp"), launch, 2000));
    testing::last_measurement(report.cells).producer.cpu_ns *= 10;
  }
  const Answer answer = judge_contest(kSocketsAgainstPipes, report);
  EXPECT_EQ(answer.verdict, ClaimVerdict::depends);
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("Sockets, cpus:same, time: 0 dearer, 1 cheaper")));
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("Sockets, cpus:same, CPU time: 1 dearer, 0 cheaper")));
}

// More time and less CPU time. Catches a comparison of only one of the two.
TEST(MappedFilesAreCheaper, CountsTimeAndCpuTime) {
  Report report;
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    report.cells.add(testing::throughput_row(make_cell("file"), launch, 2000));
    report.cells.add(testing::throughput_row(make_cell("file_mmap_ring"), launch, 4000));
    testing::last_measurement(report.cells).producer.cpu_ns = 1;
    testing::last_measurement(report.cells).consumer.cpu_ns = 1;
  }
  EXPECT_EQ(judge_contest(kMappedFilesAgainstFiles, report).verdict, ClaimVerdict::depends);
}

// Catches a claim that is judged by the few sizes at which a standard run measures variants, and a stand-in
// that the evidence does not name.
TEST(MappedFilesAreCheaper, ARingOfTheSameCodeStandsForThatOfAFile) {
  Report report;
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    report.cells.add(testing::throughput_row(make_cell("file"), launch, 4000));
    report.cells.add(testing::throughput_row(make_cell("posix_shm_ring"), launch, 2000));
  }
  const Answer answer = judge_contest(kMappedFilesAgainstFiles, report);
  EXPECT_EQ(answer.verdict, ClaimVerdict::confirmed);
  EXPECT_THAT(answer.evidence, Contains(HasSubstr("posix_shm_ring stands for file_mmap_ring")));
}

}  // namespace
}  // namespace ipcbench
