// Runs the probes, each in a process of its own, of several mechanisms at a time.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <memory>

#include "bench/study/probe/probes.hpp"
#include "harness/base/printed_file.hpp"
#include "harness/base/shortage.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "harness/launch/skip.hpp"
#include "mechanisms/parts/futex.hpp"

namespace ipcbench {
namespace {

using State = ProbeFinding::State;

// More gained nothing on two CPUs: 37 mechanisms took 13 s one by one, 4.5 s with four processes, 4 s with
// eight.
constexpr std::size_t kWorkers = 4;
constexpr std::chrono::milliseconds kLook{100};  // how often to look whether this is interrupted

bool is_interrupted(const ProbeOptions& options) {
  return options.interrupted != nullptr && *options.interrupted != 0;
}

// A probe of a mechanism, and where its answers go.
struct Asking {
  const Probe& probe;
  const MechanismEntry& mechanism;
  Notebook& notes;
};

// Earlier answers stand.
void leave_open(const Asking& asking, State state, std::string_view reason) {
  const std::string line = one_line_of(std::string(reason));
  for (const Guarantee guarantee : asking.probe.about) asking.notes.unanswered(guarantee, state, line);
}

// The C library ends a process that may not wait for others or wake them (futex), instead of telling it; so
// do libraries where something is short.
void leave_failed(const Asking& asking, std::string_view reason) try {
  if (std::ranges::all_of(asking.probe.about, [&](Guarantee each) { return asking.notes.has(each); })) return;
  Atomic<std::uint32_t> word{0};
  wake_one(word);
  const bool is_library = asking.mechanism.traits.kind == MechanismKind::library;
  if (is_library && what_is_short()) return leave_open(asking, State::not_tried, with_shortage(reason));
  leave_open(asking, State::failed, reason);
} catch (const KernelError& refusal) {
  leave_open(asking, State::not_tried, fmt::format("{}; {}", reason, refusal.what()));
}

void leave_open(const Asking& asking, const std::exception& error) {
  if (!is_refusal(error)) return leave_failed(asking, explained(error));
  leave_open(asking, State::not_tried, explained(error));
}

// Runs in the probe's process.
void run_here(const Probe& probe, const Subject& subject, Notebook& notes) {
  // The libraries' temporary files go into this directory, which is removed even if this process is killed.
  setenv("TMPDIR", subject.directory.c_str(), 1);
  notes.expect_design(probe.of == Probe::Of::messages && subject.through() == Through::ends);
  const Asking asking{probe, subject.mechanism, notes};
  try {
    probe.run(subject, notes);
    leave_failed(asking, "the probe came to no answer");
  } catch (const NotApplicable& reason) {
    leave_open(asking, State::not_applicable, reason.what());
  } catch (const NotTried& reason) {
    leave_open(asking, State::not_tried, reason.what());
  } catch (const std::exception& error) {
    leave_open(asking, error);
  }
}

// Empty, or why the process did not get through.
std::string problem_of(Child& child, const ProbeOptions& options) {
  const auto deadline = std::chrono::steady_clock::now() + options.limit;
  while (!is_interrupted(options)) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return fmt::format("not through after {} ms", options.limit.count());
    if (const auto status = child.reap_within(std::min(left, kLook))) return describe_failure(*status);
  }
  return "interrupted";
}

std::optional<std::string> why_not_tried(const MechanismEntry& mechanism) {
  if (is_floor(mechanism.traits)) return "a floor, which moves nothing";
  if (mechanism.traits.kinship == Kinship::one_process)
    return "its ends are threads of one process, and each question is tried between processes";
  if (mechanism.try_out == nullptr) return "it was registered without a way to try it";
  if (auto reason = why_unavailable(mechanism)) return fmt::format("not available here: {}", *reason);
  return std::nullopt;
}

// A mechanism, or the bytes under its protocol, which have a name of their own.
struct AskedRow {
  const MechanismEntry& mechanism;
  bool of_bytes = false;

  // Without findings.
  [[nodiscard]] ProbedMechanism blank() const {
    const Traits& traits = mechanism.traits;
    if (!of_bytes) return {std::string(traits.name), std::string(traits.summary), {}};
    return {std::string(mechanism.raw.name),
            fmt::format("the bytes alone, without the protocol that {} has on them", traits.name),
            {}};
  }
};

// Several mechanisms have the same bytes, which come once and first.
std::vector<AskedRow> rows_of(std::span<const MechanismEntry* const> mechanisms, bool bytes_too) {
  std::vector<AskedRow> rows;
  const auto is_new = [&](std::string_view name) {
    return std::ranges::none_of(rows, [&](const AskedRow& row) { return row.mechanism.raw.name == name; });
  };
  for (const MechanismEntry* each : mechanisms) {
    if (bytes_too && !each->raw.name.empty() && is_new(each->raw.name)) rows.push_back({*each, true});
  }
  for (const MechanismEntry* each : mechanisms) rows.push_back({*each});
  return rows;
}

void try_row(const AskedRow& row, const ProbeOptions& options, Notebook& notes) {
  std::optional<std::string> reason;
  try {
    reason = why_not_tried(row.mechanism);
  } catch (const std::exception& error) {  // no more threads, no more memory
    reason = explained(error);
  }
  for (const Probe& probe : row.of_bytes ? probes_of_bytes() : probes()) {
    if (reason) leave_open({probe, row.mechanism, notes}, State::not_tried, *reason);
    if (!reason && !is_interrupted(options)) run_probe(probe, row.mechanism, options, notes);
  }
}

// In memory that the processes share.
struct Progress {
  std::atomic<std::size_t> next{0};
  std::atomic<std::size_t> done{0};
};

}  // namespace

void Notebook::add(Guarantee guarantee, State state, std::string_view answer, std::string_view evidence) {
  Entry& entry = entries_.at(static_cast<std::size_t>(guarantee));
  if (entry.written) return;
  entry.state = state;
  entry.answer.assign(answer);
  entry.evidence.assign(evidence);
  entry.written = true;
}

void Notebook::unanswered(Guarantee guarantee, State state, std::string_view reason) {
  add(guarantee, state,
      state == State::not_applicable ? "does not apply"
      : state == State::not_tried    ? "not tried"
                                     : "failed",
      reason);
}

ProbeFinding Notebook::about(Guarantee guarantee) const {
  const Entry& entry = entries_.at(static_cast<std::size_t>(guarantee));
  if (!entry.written) return {guarantee, State::failed, "failed", "the process that tried it ended early"};
  return {guarantee, entry.state, entry.answer.str(), entry.evidence.str()};
}

void run_probe(const Probe& probe, const MechanismEntry& mechanism, const ProbeOptions& options,
               Notebook& notes) {
  const Asking asking{probe, mechanism, notes};
  try {
    const LaunchDirectory directory;
    const PrintedFile printed;  // a library's last words
    const Subject subject{mechanism, directory.path(), options.program, probe.of == Probe::Of::bytes};
    Child child = fork_child(0, [&] {
      printed.take_standard_streams();
      run_here(probe, subject, notes);
    });
    const std::string problem = problem_of(child, options);
    const std::string words = printed.last_line();
    leave_failed(asking, words.empty() ? problem : fmt::format("{}; it printed \"{}\"", problem, words));
  } catch (const std::exception& error) {
    leave_open(asking, error);
  }
  if (RunDirectory* const directories = RunDirectory::current())
    directories->ledger().remove_all_of_the_dead();
}

std::vector<ProbedMechanism> probe_mechanisms(std::span<const MechanismEntry* const> mechanisms,
                                              const ProbeOptions& options,
                                              const std::function<void(std::size_t, std::size_t)>& show) {
  const std::vector<AskedRow> rows = rows_of(mechanisms, options.bytes_too);
  const SharedMapping counters(-1, sizeof(Progress));
  auto& progress = *std::construct_at(static_cast<Progress*>(counters.data()));
  const SharedMapping memory(-1, std::max<std::size_t>(rows.size(), 1) * sizeof(Notebook));
  auto* const notebooks = static_cast<Notebook*>(memory.data());
  std::uninitialized_default_construct_n(notebooks, rows.size());
  const auto work = [&] {
    for (std::size_t i = progress.next++; i < rows.size(); i = progress.next++) {
      try_row(rows[i], options, notebooks[i]);
      ++progress.done;
    }
  };
  std::vector<Child> workers;
  try {
    while (workers.size() < std::min(kWorkers, rows.size())) workers.push_back(fork_child(0, work));
  } catch (const KernelError&) {
    if (workers.empty()) work();  // which finds out for each what cannot be tried
  }
  for (Child& worker : workers) {
    while (!is_interrupted(options) && !worker.reap_within(kLook)) {
      if (show) show(progress.done, rows.size());
    }
  }
  std::vector<ProbedMechanism> probed;
  if (is_interrupted(options)) return probed;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    probed.push_back(rows[i].blank());
    for (const auto& question : kAxis<Guarantee>)
      probed.back().findings.push_back(notebooks[i].about(question.value));
  }
  return probed;
}

std::map<std::string, Guarantees> guarantees_of(std::span<const ProbedMechanism> probed) {
  std::map<std::string, Guarantees> guarantees;
  for (const ProbedMechanism& mechanism : probed) {
    const MechanismEntry* const entry = find_mechanism(mechanism.name);
    if (entry != nullptr && is_floor(entry->traits)) continue;
    Guarantees& answers = guarantees[mechanism.name];
    for (const ProbeFinding& finding : mechanism.findings)
      answers.emplace(finding.guarantee, GuaranteeAnswer{finding.state, finding.answer});
  }
  return guarantees;
}

}  // namespace ipcbench
