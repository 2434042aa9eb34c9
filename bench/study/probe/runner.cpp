// Runs the probes.
#include <algorithm>
#include <cstdlib>

#include "bench/study/probe/probes.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "harness/launch/skip.hpp"

namespace ipcbench {
namespace {

using State = ProbeFinding::State;

// Runs in the probe's process. Every question that is still open at the end gets the same finding; earlier
// findings stand.
void run_here(const Probe& probe, const Subject& subject, Notebook& notes) {
  // The libraries' temporary files go into this directory, which is removed even if this process is killed.
  setenv("TMPDIR", subject.directory.c_str(), 1);
  try {
    probe.run(subject, notes);
    for (const Guarantee guarantee : probe.about) notes.failed(guarantee, "the probe came to no answer");
  } catch (const NotTried& reason) {
    for (const Guarantee guarantee : probe.about) notes.not_tried(guarantee, reason.what());
  } catch (const std::exception& error) {
    for (const Guarantee guarantee : probe.about) notes.failed(guarantee, error.what());
  }
}

std::optional<std::string> why_not_tried(const MechanismEntry& mechanism) {
  if (is_floor(mechanism.traits)) return "a floor, which moves nothing";
  if (mechanism.try_out == nullptr) return "it was registered without a way to try it";
  if (auto reason = why_unavailable(mechanism)) return fmt::format("not available here: {}", *reason);
  return std::nullopt;
}

}  // namespace

ProbeFinding Notebook::about(Guarantee guarantee, const std::string& problem) const {
  const std::span<const Entry> written(entries_.data(), count_.load());
  const auto entry = std::ranges::find(written, guarantee, &Entry::guarantee);
  if (entry == written.end()) return {guarantee, State::failed, "failed", problem};
  return {guarantee, entry->state, entry->answer.str(), entry->evidence.str()};
}

void Notebook::add(Guarantee guarantee, State state, std::string_view answer, std::string_view evidence) {
  const std::size_t at = count_.load();
  if (at == entries_.size()) return;
  entries_[at].guarantee = guarantee;
  entries_[at].state = state;
  entries_[at].answer.assign(answer);
  entries_[at].evidence.assign(evidence);
  count_.store(at + 1);
}

std::vector<ProbeFinding> run_probe(const Probe& probe, const MechanismEntry& mechanism,
                                    const ProbeOptions& options) {
  const LaunchDirectory directory;
  const SharedMapping memory(-1, sizeof(Notebook));
  Notebook& notes = *new (memory.data()) Notebook;
  const Subject subject{mechanism, directory.path(), options.program};
  const ChildLimit limit{.time = options.limit, .interrupted = options.interrupted};
  const ChildRun run = run_forked([&](const Fd&) { run_here(probe, subject, notes); }, limit);
  if (RunDirectory* const directories = RunDirectory::current())
    directories->ledger().remove_all_of_the_dead();
  std::vector<ProbeFinding> answers;
  answers.reserve(probe.about.size());
  for (const Guarantee guarantee : probe.about) answers.push_back(notes.about(guarantee, run.problem(limit)));
  return answers;
}

ProbedMechanism probe_mechanism(const MechanismEntry& mechanism, const ProbeOptions& options) {
  ProbedMechanism probed{.name = std::string(mechanism.traits.name),
                         .summary = std::string(mechanism.traits.summary),
                         .findings = {}};
  const auto reason = why_not_tried(mechanism);
  for (const Probe& probe : probes()) {
    if (options.interrupted != nullptr && *options.interrupted != 0) break;
    if (reason) {
      for (const Guarantee guarantee : probe.about)
        probed.findings.push_back({guarantee, State::not_tried, "not tried", *reason});
    } else {
      std::ranges::move(run_probe(probe, mechanism, options), std::back_inserter(probed.findings));
    }
  }
  std::ranges::sort(probed.findings, {}, &ProbeFinding::guarantee);  // each is answered once
  return probed;
}

}  // namespace ipcbench
