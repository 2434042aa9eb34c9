// An interrupted and resumed run ends like one that was not interrupted.
#include <gtest/gtest.h>

#include "bench/run/benchmark_driver.hpp"
#include "bench/run/journalled_run.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

// A machine on which the number of a launch determines its times, its failure and its duration. That number
// survives an interruption, as a journal does. The clock starts again, as in a new process.
class Machine {
 public:
  std::size_t launches_made = 0;
  std::size_t stop_after = SIZE_MAX;  // launches
  volatile std::sig_atomic_t interrupted = 0;
  nanoseconds now{};

  LaunchOutcome launch(const Cell& cell, const LaunchOptions& options) {
    if (launches_made >= stop_after) {
      interrupted = SIGINT;
      return Failure{Failure::Kind::interrupted, "interrupted"};
    }
    const std::uint64_t number = launches_made++;
    now += options.warm_up + options.timed + milliseconds(1 + number % 7);
    if (number % 11 == 5) return Failure{Failure::Kind::error, "broken"};
    if (number == 17) return Failure{Failure::Kind::timed_out, "hung"};
    Measurement measurement = testing::latency_row(cell, 0, 1000 + 1000 * (number % 2)).measurement;
    if (number % 9 == 3) measurement.disturbance = "producer waited";
    return measurement;
  }
};

struct Scenario {
  milliseconds budget;
  bool add_launches;
};

class ReplayTest : public ::testing::TestWithParam<Scenario> {
 protected:
  ReplayTest() { initialise_benchmark_library({}); }

  static RoundsOptions rounds(Machine& machine, nanoseconds began) {
    RoundsOptions options;
    options.launches = 4;
    options.phases = {milliseconds(10), milliseconds(80)};
    options.seed = 3;
    options.budget = GetParam().budget;
    options.add_launches = GetParam().add_launches;
    options.interrupted = &machine.interrupted;
    options.elapsed = [&machine, began] { return machine.now - began; };
    options.launch = [&machine](const Cell& cell, const LaunchOptions& launch) {
      return machine.launch(cell, launch);
    };
    return options;
  }

  // As text, so that every field counts.
  std::string run(Machine& machine, std::vector<JournalledLaunch>& journal) const {
    const RoundsOptions options =
        replayed(rounds(machine, machine.now), journal,
                 [&](const JournalledLaunch& launch) { journal.push_back(launch); });
    Progress silent(Progress::Style::none, {});
    RoundsResult result = run_rounds(cells_, options, silent);
    Report report = testing::sample_report();
    report.cells = std::move(result.cells);
    report.failed = std::move(result.failed);
    report.skipped = std::move(result.left_out);
    report.session.complete = result.complete;
    report.session.note = result.note;
    report.session.precision = result.precision;
    report.session.repeated_launches = result.repeated;
    return to_json(report);
  }

  static PlannedCell planned(const char* mechanism, std::size_t bytes) {
    PlannedCell cell{.cell = testing::make_cell(mechanism, bytes), .name = {}, .placement = {}};
    cell.name = cell_name(cell.cell);
    return cell;
  }
  std::vector<PlannedCell> cells_{planned("pipe", 1), planned("pipe", 2), planned("tcp", 1),
                                  planned("tcp", 2)};
};

// Catches a launch that is repeated or never made, another order, different added launches, and a budget that
// starts again or stands still. Interrupts after every possible number of launches, and once more later.
TEST_P(ReplayTest, InterruptedAnywhereItEndsTheSame) {
  Machine whole;
  std::vector<JournalledLaunch> whole_journal;
  const std::string expected = run(whole, whole_journal);
  ASSERT_GT(whole.launches_made, 7U);
  for (std::size_t stop = 0; stop < whole.launches_made; ++stop) {
    Machine machine;
    std::vector<JournalledLaunch> journal;
    for (const std::size_t until : {stop, stop + 3, std::size_t{SIZE_MAX}}) {
      machine.stop_after = until;
      machine.interrupted = 0;
      const std::vector<JournalledLaunch> read = journal;
      const std::string ended = run(machine, journal);
      if (until == SIZE_MAX) {
        EXPECT_EQ(ended, expected) << "interrupted after " << stop;
      }
    }
    EXPECT_EQ(machine.launches_made, whole.launches_made);
  }
}

INSTANTIATE_TEST_SUITE_P(Budgets, ReplayTest,
                         ::testing::Values(Scenario{milliseconds(100'000), false},
                                           Scenario{milliseconds(1'100), false},
                                           Scenario{milliseconds(100'000), true},
                                           Scenario{milliseconds(2'500), true}));

// Catches results credited to another cell because program and journal do not belong together.
TEST(ReplayOfAnotherPlan, IsRefused) {
  const Cell pipe = testing::make_cell("pipe");
  const JournalledLaunch made{.cell = pipe, .outcome = Failure{}, .elapsed = {}};
  const RoundsOptions options = replayed({}, {made}, {});
  EXPECT_THROW(options.launch(testing::make_cell("tcp"), {}), std::runtime_error);
}

}  // namespace
}  // namespace ipcbench
