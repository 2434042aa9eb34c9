// The probes. Each tries one thing on its own objects and removes them again. It runs in a process of its own
// with a time limit, because it may hang, crash or be killed.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <atomic>
#include <csignal>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "bench/study/probe/finding.hpp"
#include "bench/study/probe/probed_object.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {

// The first answer to each question, in shared memory and recorded at once, so that a probe that later hangs
// or crashes loses nothing. Cuts longer text.
class Notebook {
 public:
  using State = ProbeFinding::State;

  // Whether what is found from now on is the design of the mechanism's own protocol.
  void expect_design(bool design = true) { found_ = design ? State::by_design : State::found; }
  void found(Guarantee guarantee, std::string_view answer, std::string_view evidence) {
    add(guarantee, found_, answer, evidence);
  }
  // `reason`: of a state without an answer.
  void unanswered(Guarantee guarantee, State state, std::string_view reason);

  [[nodiscard]] ProbeFinding about(Guarantee guarantee) const;
  [[nodiscard]] bool has(Guarantee guarantee) const {
    return entries_.at(static_cast<std::size_t>(guarantee)).written;
  }

 private:
  struct Entry {
    std::atomic<bool> written{false};
    State state{};
    SharedText<200> answer;
    SharedText<8000> evidence;
  };

  void add(Guarantee guarantee, State state, std::string_view answer, std::string_view evidence);

  State found_ = State::found;
  std::array<Entry, kAxis<Guarantee>.size()> entries_;  // by guarantee
};

// Throws NotApplicable, NotTried or another refusal (is_refusal), or any other exception if it cannot explain
// what it sees.
using ProbeRun = void(const Subject& subject, Notebook& notes);

struct Probe {
  // messages: the answer is by design if the mechanism has a protocol of its own. bytes: under that protocol
  // (MechanismEntry::raw).
  enum class Of { messages, object, bytes };

  std::vector<Guarantee> about;  // the questions that it answers
  ProbeRun* run;
  Of of = Of::messages;
};

// What each tries: probe_questions().
ProbeRun probe_unrelated;
ProbeRun probe_opening;
ProbeRun probe_duplex;
ProbeRun probe_boundaries;
ProbeRun probe_capacity;
ProbeRun probe_largest;
ProbeRun probe_senders;
ProbeRun probe_writer_gone;
ProbeRun probe_reader_gone;
ProbeRun probe_lifetime;
ProbeRun probe_rights;
ProbeRun probe_visible;

std::span<const Probe> probes();
std::span<const Probe> probes_of_bytes();

struct ProbeOptions {
  std::chrono::milliseconds limit{10'000};  // for one probe
  std::string program = "/proc/self/exe";   // what unrelated ends run; its main() calls run_if_worker()
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
  bool bytes_too = false;                                   // also rows for the bytes under a protocol
};

// Answers the probe's questions in `notes`, which are in shared memory. Leaves no kernel object behind, if
// there is a RunDirectory.
void run_probe(const Probe& probe, const MechanismEntry& mechanism, const ProbeOptions& options,
               Notebook& notes);

// All probes on several mechanisms, four at a time: a probe mostly waits. Never beside a measurement. Skips
// floors and mechanisms that are not available. Calls show(how many are done, of how many) now and then.
// Empty if interrupted.
std::vector<ProbedMechanism> probe_mechanisms(std::span<const MechanismEntry* const> mechanisms,
                                              const ProbeOptions& options,
                                              const std::function<void(std::size_t, std::size_t)>& show = {});

// For a report: the answers by mechanism, without the floors.
std::map<std::string, Guarantees> guarantees_of(std::span<const ProbedMechanism> probed);

// The rules for opening a FIFO (fifo(7)), tried on `path`: five ways of opening it while nobody else has it
// open, then for writing while another process has it open for reading.
std::string try_opening(const std::string& path);

}  // namespace ipcbench
