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
  if (probe.of_messages && subject.mechanism.try_bare == nullptr) notes.expect_design();
  try {
    probe.run(subject, notes);
    for (const Guarantee guarantee : probe.about) notes.failed(guarantee, "the probe came to no answer");
  } catch (const NotApplicable& reason) {
    for (const Guarantee guarantee : probe.about) notes.not_applicable(guarantee, reason.what());
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

namespace {

std::vector<ProbeFinding> try_all(std::span<const Probe> all, const MechanismEntry& mechanism,
                                  const ProbeOptions& options) {
  std::vector<ProbeFinding> findings;
  const auto reason = why_not_tried(mechanism);
  for (const Probe& probe : all) {
    if (options.interrupted != nullptr && *options.interrupted != 0) break;
    if (reason) {
      for (const Guarantee guarantee : probe.about)
        findings.push_back({guarantee, State::not_tried, "not tried", *reason});
    } else {
      std::ranges::move(run_probe(probe, mechanism, options), std::back_inserter(findings));
    }
  }
  std::ranges::sort(findings, {}, &ProbeFinding::guarantee);  // each is answered once
  return findings;
}

}  // namespace

ProbedMechanism ProbedRow::blank() const {
  const Traits& traits = mechanism.traits;
  if (!of_bytes) return {std::string(traits.name), std::string(traits.summary), {}};
  return {std::string(mechanism.raw.name),
          fmt::format("the bytes alone, without the protocol that {} has on them", traits.name),
          {}};
}

ProbedMechanism probe_row(const ProbedRow& row, const ProbeOptions& options) {
  ProbedMechanism probed = row.blank();
  probed.findings = try_all(row.of_bytes ? probes_of_bytes() : probes(), row.mechanism, options);
  return probed;
}

}  // namespace ipcbench
