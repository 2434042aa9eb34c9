#include "bench/study/probe/runner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>
#include <optional>

#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "harness/launch/skip.hpp"

namespace ipcbench {
namespace {

using State = ProbeFinding::State;

// Findings in memory that outlives the probe's process. Longer text is cut.
class SharedFindings {
 public:
  void add(const ProbeFinding& finding) {
    const std::size_t at = count_.load();
    if (at == findings_.size()) return;
    findings_[at].guarantee = finding.guarantee;
    findings_[at].state = finding.state;
    findings_[at].answer.assign(finding.answer);
    findings_[at].evidence.assign(finding.evidence);
    count_.store(at + 1);
  }

  // The first finding on this question; `problem`: why there is none.
  [[nodiscard]] ProbeFinding about(Guarantee guarantee, const std::string& problem) const {
    for (std::size_t i = 0; i < count_.load(); ++i) {
      const Entry& entry = findings_[i];
      if (entry.guarantee == guarantee)
        return {guarantee, entry.state, entry.answer.str(), entry.evidence.str()};
    }
    return {guarantee, State::failed, "failed", problem};
  }

 private:
  struct Entry {
    Guarantee guarantee;
    State state;
    SharedText<200> answer;
    SharedText<8000> evidence;
  };
  std::array<Entry, 16> findings_;
  std::atomic<std::size_t> count_{0};
};

// In the probe's process: every question that is still open at the end gets the same finding.
void run_here(const Probe& probe, const Subject& subject, SharedFindings& findings) {
  // Temporary files of the libraries go with the directory, even if this process is killed.
  setenv("TMPDIR", subject.directory.c_str(), 1);
  const Notebook notes([&](const ProbeFinding& finding) { findings.add(finding); });
  const auto answer_rest = [&](void (Notebook::*note)(Guarantee, std::string) const, const char* reason) {
    for (const Guarantee guarantee : probe.about) (notes.*note)(guarantee, reason);
  };
  try {
    probe.run(subject, notes);
    answer_rest(&Notebook::failed, "the probe came to no answer");
  } catch (const NotTried& reason) {
    answer_rest(&Notebook::not_tried, reason.what());
  } catch (const std::exception& error) {
    answer_rest(&Notebook::failed, error.what());
  }
}

std::optional<std::string> why_not_tried(const MechanismEntry& mechanism) {
  if (is_floor(mechanism.traits)) return "a floor, which moves nothing";
  if (mechanism.try_out == nullptr) return "it was registered without a way to try it";
  if (auto reason = why_unavailable(mechanism)) return fmt::format("not available here: {}", *reason);
  return std::nullopt;
}

}  // namespace

std::vector<ProbeFinding> run_probe(const Probe& probe, const MechanismEntry& mechanism,
                                    const ProbeOptions& options) {
  const LaunchDirectory directory;
  const SharedMapping memory(-1, sizeof(SharedFindings));
  SharedFindings& findings = *new (memory.data()) SharedFindings;
  const Subject subject{mechanism, directory.path(), options.program};
  const ChildLimit limit{.time = options.limit, .interrupted = options.interrupted};
  const ChildRun run = run_forked([&](const Fd&) { run_here(probe, subject, findings); }, limit);
  if (RunDirectory* const directories = RunDirectory::current())
    directories->ledger().remove_all_of_the_dead();
  std::vector<ProbeFinding> answers;
  answers.reserve(probe.about.size());
  for (const Guarantee guarantee : probe.about)
    answers.push_back(findings.about(guarantee, run.problem(limit)));
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
