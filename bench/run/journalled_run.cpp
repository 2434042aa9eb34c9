#include "bench/run/journalled_run.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <stdexcept>
#include <system_error>

#include "bench/cli/exit_code.hpp"
#include "bench/run/counting.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/units.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/comparison/differing_facts.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

[[noreturn]] void refuse_journal(const std::filesystem::path& file, const std::string& problem) {
  throw UsageError(fmt::format("{}: {}", file.string(), problem));
}

[[noreturn]] void refuse_existing(const std::filesystem::path& file) {
  const Fd fd(open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (fd && !lock_whole_file(fd.get())) {
    refuse_journal(file, "another run is writing this journal; choose another --out, or wait");
  }
  refuse_journal(file, fmt::format("an interrupted run left its journal: resume it with `ipcbench run "
                                   "--resume {}`, or remove it",
                                   file.string()));
}

// report.json -> report.json.journal
std::filesystem::path journal_of(const std::filesystem::path& report) {
  constexpr std::size_t kLongest = 240;  // bytes of a name; the limit is 255 (NAME_MAX)
  return report.parent_path() / (report.filename().string().substr(0, kLongest) + ".journal");
}

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
                            .longest_timed = rounds.longest_timed,
                            .brief = rounds.brief.empty() ? std::nullopt : std::optional(rounds.brief),
                            .time_limit = rounds.time_limit,
                            .budget = rounds.budget,
                            .add_launches = rounds.add_launches,
                            .counts = rounds.counts ? std::optional(true) : std::nullopt};
  for (const PlannedCell& planned : plan.cells) {
    journalled.cells.push_back(planned.cell);
    journalled.placed.push_back(place_text(planned.placement));
  }
  return journalled;
}

std::vector<JournalledThreshold> journalled(const std::vector<CellsThreshold>& thresholds) {
  std::vector<JournalledThreshold> all;
  all.reserve(thresholds.size());
  for (const auto& [threshold, cells] : thresholds)
    all.push_back({threshold.text, {cells.begin(), cells.end()}});
  return all;
}

std::vector<CellsThreshold> thresholds_of(const JournalStart& start) {
  std::vector<CellsThreshold> all;
  all.reserve(start.thresholds.size());
  for (const auto& [text, cells] : start.thresholds)
    all.push_back({parse_threshold("--threshold", text), {cells.begin(), cells.end()}});
  return all;
}

RoundsOptions rounds_of(const JournalledPlan& plan, RoundsOptions rounds, std::uint64_t seed) {
  rounds.launches = plan.launches;
  rounds.phases = {plan.warm_up, plan.timed};
  rounds.longest_timed = plan.longest_timed;
  rounds.brief = plan.brief.value_or(std::vector<std::string>{});
  rounds.time_limit = plan.time_limit;
  rounds.budget = plan.budget;
  rounds.add_launches = plan.add_launches;
  rounds.counts = plan.counts.value_or(false);
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
  const auto differing = differing_facts({"the journal", then.context.host_name, then.host},
                                         {"this machine", now.context.host_name, now.host}, {});
  if (!differing.empty()) refuse_to_resume(file, fmt::format("{}", fmt::join(differing, "; ")));
}

std::filesystem::path journal_meant(const std::filesystem::path& file) {
  const std::filesystem::path beside = journal_of(file);
  return std::filesystem::exists(beside) ? beside : file;
}

void note_resumption(Report& report, std::size_t launches) {
  report.doubts.push_back(
      {Doubt::Level::info,
       fmt::format("The run was interrupted and resumed after {}.", counted(launches, "launch")),
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

class Replay {
 public:
  Replay(const RoundsOptions& inner, std::vector<JournalledLaunch> made,
         std::function<void(const JournalledLaunch&)> record)
      : inner_(inner),
        made_(std::move(made)),
        record_(std::move(record)),
        before_(made_.empty() ? std::chrono::nanoseconds{} : made_.back().elapsed - inner.elapsed()) {}

  [[nodiscard]] std::chrono::nanoseconds elapsed() const { return elapsed_; }

  LaunchOutcome launch(const Cell& cell, const LaunchOptions& options) {
    if (next_ < made_.size()) return made_before(cell);
    LaunchOutcome outcome = inner_.launch(cell, options);
    const auto* failure = std::get_if<Failure>(&outcome);
    if (failure != nullptr && failure->kind == Failure::Kind::interrupted) return outcome;
    elapsed_ = before_ + inner_.elapsed();
    record_({.cell = cell, .outcome = outcome, .elapsed = elapsed_});
    return outcome;
  }

 private:
  LaunchOutcome made_before(const Cell& cell) {
    JournalledLaunch& made = made_[next_++];
    if (cell_name(made.cell) != cell_name(cell)) {
      throw std::runtime_error(
          fmt::format("the journal does not fit this program: launch {} was of {}, and would now be of {}; "
                      "resume it with the ipcbench that wrote it",
                      next_, cell_name(made.cell), cell_name(cell)));
    }
    elapsed_ = made.elapsed;
    return std::move(made.outcome);
  }

  RoundsOptions inner_;
  std::vector<JournalledLaunch> made_;
  std::function<void(const JournalledLaunch&)> record_;
  std::size_t next_ = 0;  // of made_
  std::chrono::nanoseconds elapsed_{};
  std::chrono::nanoseconds before_;  // the time of earlier processes
};

}  // namespace

JournalFile JournalFile::create(const std::filesystem::path& file) {
  constexpr mode_t kMode = 0666;  // minus the umask, like the report
  Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
  if (!fd && errno == EEXIST) refuse_existing(file);
  if (!fd) refuse_journal(file, fmt::format("cannot be created: {}", std::generic_category().message(errno)));
  lock_whole_file(fd.get());
  return {file, std::move(fd)};
}

JournalFile JournalFile::go_on(const std::filesystem::path& file, const Journal& journal) {
  Fd fd(open(file.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) refuse_journal(file, fmt::format("cannot be written: {}", std::generic_category().message(errno)));
  if (!lock_whole_file(fd.get())) refuse_journal(file, "a run is writing this journal; wait until it ends");
  JournalFile journal_file(file, std::move(fd));
  journal_file.whole_bytes_ = journal.whole_bytes;
  checked(ftruncate(journal_file.fd_.get(), static_cast<off_t>(journal.whole_bytes)), "ftruncate");
  return journal_file;
}

void JournalFile::append(std::string line) {
  line += '\n';
  int error = write_all(fd_.get(), line);
  if (error == 0 && fdatasync(fd_.get()) != 0) error = errno;
  if (error == 0) {
    whole_bytes_ += line.size();
    return;
  }
  static_cast<void>(ftruncate(fd_.get(), static_cast<off_t>(whole_bytes_)));
  throw FileError(fmt::format("cannot write {}", path_.string()),
                  fmt::format("it holds what was measured so far: make room, and resume with `ipcbench run "
                              "--resume {}`",
                              path_.string()),
                  error);
}

void JournalFile::remove() const noexcept { unlink(path_.c_str()); }

JournalledRun begin_run(Plan plan, const SessionOptions& options, const std::filesystem::path& out,
                        std::vector<CellsThreshold> thresholds) {
  Report report = begin_report(plan, options);
  JournalFile journal = JournalFile::create(journal_of(out));
  // Absolute, because the run may be resumed in another working directory.
  journal.append(journal_line({.plan = plan_of(plan, options.rounds),
                               .thresholds = journalled(thresholds),
                               .out = std::filesystem::absolute(out),
                               .report = report}));
  return {.plan = std::move(plan),
          .options = options,
          .out = out,
          .report = std::move(report),
          .journal = std::move(journal),
          .thresholds = std::move(thresholds)};
}

JournalledRun resume_run(const std::filesystem::path& file, SessionOptions options) {
  const std::filesystem::path meant = journal_meant(file);
  Journal journal = read_journal(meant);
  auto& [plan, stored, out, report] = journal.start;
  std::vector<CellsThreshold> thresholds = thresholds_of(journal.start);
  options.rounds = rounds_of(plan, options.rounds, report.session.seed);
  Plan planned = plan_again(plan, meant);
  check_host(report, begin_report(planned, options), meant);
  note_resumption(report, journal.launches.size());
  return {.plan = std::move(planned),
          .options = options,
          .out = out,
          .report = std::move(report),
          .journal = JournalFile::go_on(meant, journal),
          .thresholds = std::move(thresholds),
          .made = std::move(journal.launches)};
}

std::optional<Report> report_without_journal(const std::filesystem::path& file) {
  if (journal_meant(file) != file || file.extension() == ".journal") return std::nullopt;
  try {
    return read_report(file);
  } catch (const ReportError&) {
    return std::nullopt;  // resume_run() says what is wrong with it
  }
}

RoundsOptions replayed(const RoundsOptions& options, std::vector<JournalledLaunch> made,
                       std::function<void(const JournalledLaunch&)> record) {
  const auto replay = std::make_shared<Replay>(options, std::move(made), std::move(record));
  RoundsOptions replaying = options;
  replaying.launch = [replay](const Cell& cell, const LaunchOptions& each) {
    return replay->launch(cell, each);
  };
  replaying.elapsed = [replay] { return replay->elapsed(); };
  return replaying;
}

bool measure(JournalledRun& run, Progress& progress) {
  SessionOptions options = run.options;
  options.rounds = replayed(run.options.rounds, std::move(run.made), [&](const JournalledLaunch& launch) {
    run.journal.append(journal_line(launch));
  });
  run_session(run.report, run.plan, options, progress);
  if (run.options.rounds.counts) add_counts(run.report, run.plan, run.options.rounds, progress);
  note_company(run.report);
  write_report(run.report, run.out);
  if (options.rounds.is_interrupted()) return false;
  run.journal.remove();
  return true;
}

}  // namespace ipcbench
