#include "bench/run/journalled_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <optional>
#include <utility>

#include "bench/cli/exit_code.hpp"
#include "bench/run/replay.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/comparison/differing_facts.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

std::string place_text(const Placement& placement) {
  const auto cpu = [](std::optional<int> number) { return number ? std::to_string(*number) : "any"; };
  return fmt::format("{} {}", cpu(placement.producer_cpu), cpu(placement.consumer_cpu));
}

JournalledPlan plan_of(const Plan& plan, const RoundsOptions& rounds) {
  JournalledPlan journalled{.cells = {},
                            .placed = {},
                            .launches = rounds.launches,
                            .warm_up = rounds.phases.warm_up,
                            .timed = rounds.phases.timed,
                            .time_limit = rounds.time_limit,
                            .budget = rounds.budget,
                            .add_launches = rounds.add_launches};
  for (const PlannedCell& planned : plan.cells) {
    journalled.cells.push_back(planned.cell);
    journalled.placed.push_back(place_text(planned.placement));
  }
  return journalled;
}

RoundsOptions rounds_of(const JournalledPlan& plan, RoundsOptions rounds, std::uint64_t seed) {
  rounds.launches = plan.launches;
  rounds.phases = {plan.warm_up, plan.timed};
  rounds.time_limit = plan.time_limit;
  rounds.budget = plan.budget;
  rounds.add_launches = plan.add_launches;
  rounds.seed = seed;
  return rounds;
}

[[noreturn]] void refuse_to_resume(const std::filesystem::path& file, const std::string& why) {
  throw UsageError(
      fmt::format("--resume: the run of {} cannot be resumed: {}; start a new one", file.string(), why));
}

// Every cell must still be possible, on the same CPUs.
Plan plan_again(const JournalledPlan& journalled, const std::filesystem::path& file) {
  Plan plan = make_plan(journalled.cells, find_placements());
  if (!plan.skipped.empty()) {
    refuse_to_resume(file, fmt::format("{} is no longer possible: {}", plan.skipped.front().cell,
                                       plan.skipped.front().reason));
  }
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const std::string place = place_text(plan.cells[i].placement);
    if (place == journalled.placed[i]) continue;
    refuse_to_resume(file, fmt::format("the ends of {} were on CPUs {}, and would now be on {}",
                                       plan.cells[i].name, journalled.placed[i], place));
  }
  return plan;
}

void check_host(const Report& then, const Report& now, const std::filesystem::path& file) {
  if (then.version != now.version) {
    refuse_to_resume(file, fmt::format("ipcbench {} began it, and this is {}", then.version, now.version));
  }
  const auto differing =
      differing_facts(samples_of(then, "the journal"), samples_of(now, "this machine"), {});
  if (!differing.empty()) refuse_to_resume(file, fmt::format("{}", fmt::join(differing, "; ")));
}

std::filesystem::path journal_meant(const std::filesystem::path& file) {
  const std::filesystem::path beside = journal_of(file);
  return std::filesystem::exists(beside) ? beside : file;
}

void note_resumption(Report& report, std::size_t launches) {
  report.doubts.push_back({Doubt::Level::info,
                           fmt::format("The run was interrupted and resumed after {} launches.", launches),
                           "Measure again if the state of the machine may have changed."});
}

void note_company(Report& report) {
  const RunDirectory* const own = RunDirectory::current();
  const unsigned others = own == nullptr ? 0 : own->runs_beside();
  if (others == 0) return;
  report.doubts.push_back({Doubt::Level::warn,
                           fmt::format("{} of ipcbench measured at the same time on this machine.",
                                       others == 1 ? "Another run" : fmt::format("{} other runs", others)),
                           "Run one at a time."});
}

}  // namespace

JournalledRun begin_run(Plan plan, const SessionOptions& options, const std::filesystem::path& out) {
  Report report = begin_report(plan, options);
  JournalFile journal = JournalFile::create(journal_of(out));
  // Absolute, because it may be resumed in another working directory.
  journal.append(journal_line(
      {.plan = plan_of(plan, options.rounds), .out = std::filesystem::absolute(out), .report = report}));
  return {.plan = std::move(plan),
          .options = options,
          .out = out,
          .report = std::move(report),
          .journal = std::move(journal),
          .made = {}};
}

JournalledRun resume_run(const std::filesystem::path& file, SessionOptions options) {
  const std::filesystem::path meant = journal_meant(file);
  Journal journal = read_journal(meant);
  auto& [plan, out, report] = journal.start;
  options.rounds = rounds_of(plan, options.rounds, report.session.seed);
  Plan planned = plan_again(plan, meant);
  check_host(report, begin_report(planned, options), meant);
  note_resumption(report, journal.launches.size());
  return {.plan = std::move(planned),
          .options = options,
          .out = out,
          .report = std::move(report),
          .journal = JournalFile::go_on(meant, journal),
          .made = std::move(journal.launches)};
}

bool measure(JournalledRun& run, Progress& progress) {
  Replay replay(run.options.rounds, std::move(run.made),
                [&](const JournalledLaunch& launch) { run.journal.append(journal_line(launch)); });
  SessionOptions options = run.options;
  options.rounds = replay.options();
  run_session(run.report, run.plan, options, progress);
  note_company(run.report);
  write_report(run.report, run.out);
  const bool interrupted = options.rounds.interrupted != nullptr && *options.rounds.interrupted != 0;
  if (!interrupted) run.journal.remove();
  return !interrupted;
}

}  // namespace ipcbench
