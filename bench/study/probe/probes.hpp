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
#include "harness/base/in_child.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {

// Findings in shared memory, recorded at once, so that a probe that later hangs or crashes loses nothing.
// Cuts longer text.
class Notebook {
 public:
  // What is found from now on is the design of the mechanism's own protocol.
  void expect_design() { answered_as_ = ProbeFinding::State::by_design; }
  void found(Guarantee guarantee, std::string_view answer, std::string_view evidence) {
    add(guarantee, answered_as_, answer, evidence);
  }
  void by_design(Guarantee guarantee, std::string_view answer, std::string_view evidence) {
    add(guarantee, ProbeFinding::State::by_design, answer, evidence);
  }
  void not_applicable(Guarantee guarantee, std::string_view reason) {
    add(guarantee, ProbeFinding::State::not_applicable, "does not apply", reason);
  }
  void not_tried(Guarantee guarantee, std::string_view reason) {
    add(guarantee, ProbeFinding::State::not_tried, "not tried", reason);
  }
  void failed(Guarantee guarantee, std::string_view reason) {
    add(guarantee, ProbeFinding::State::failed, "failed", reason);
  }
  void copy(const ProbeFinding& finding) {
    add(finding.guarantee, finding.state, finding.answer, finding.evidence);
  }

  // The first finding on this question; a failure with `problem` if there is none.
  [[nodiscard]] ProbeFinding about(Guarantee guarantee, const std::string& problem) const;

 private:
  struct Entry {
    Guarantee guarantee;
    ProbeFinding::State state;
    SharedText<200> answer;
    SharedText<8000> evidence;
  };

  void add(Guarantee guarantee, ProbeFinding::State state, std::string_view answer,
           std::string_view evidence);

  ProbeFinding::State answered_as_ = ProbeFinding::State::found;
  std::array<Entry, kAxis<Guarantee>.size()> entries_;
  std::atomic<std::size_t> count_{0};
};

struct Probe {
  std::vector<Guarantee> about;  // the questions that it answers
  // Throws NotApplicable, NotTried, or any other exception if it cannot explain what it sees.
  void (*run)(const Subject& subject, Notebook& notes);
  // Whether it asks about messages: then the answer is by design if the mechanism has a protocol of its own.
  bool of_messages = true;
};

// Two unrelated programs exchange verified messages.
void probe_unrelated(const Subject& subject, Notebook& notes);
// Each side attaches and uses the object while the other is absent.
void probe_opening(const Subject& subject, Notebook& notes);
// The receiver answers over the same object, with the kernel's calls alone if the mechanism shows its object.
void probe_duplex(const Subject& subject, Notebook& notes);
// Two short messages wait while the receiver asks for as many bytes as both have together.
void probe_boundaries(const Subject& subject, Notebook& notes);
// The object is filled with messages of several lengths, and emptied.
void probe_capacity(const Subject& subject, Notebook& notes);
// A message of the greatest length, and one of a byte more.
void probe_largest(const Subject& subject, Notebook& notes);
// Several processes send at once, with lengths around PIPE_BUF; with the kernel's calls as above.
void probe_senders(const Subject& subject, Notebook& notes);
// The process of one side is killed while the other waits.
void probe_writer_gone(const Subject& subject, Notebook& notes);
void probe_reader_gone(const Subject& subject, Notebook& notes);
// Both ends are killed, and new ones look for the object.
void probe_lifetime(const Subject& subject, Notebook& notes);
// Another user, who knows the object's name, tries to use it. Only root can try that.
void probe_rights(const Subject& subject, Notebook& notes);
// used: whether that worked; refusal: otherwise, why not.
void note_rights(bool used, std::string_view refusal, Notebook& notes);
// The kernel's lists while the object is in use.
void probe_visible(const Subject& subject, Notebook& notes);
// The limits that the mechanism declares.
void probe_limits(const Subject& subject, Notebook& notes);

std::span<const Probe> probes();
// For the bytes under a mechanism's protocol (MechanismEntry::raw).
std::span<const Probe> probes_of_bytes();

struct ProbeOptions {
  std::chrono::milliseconds limit{10'000};  // for one probe
  std::string program = "/proc/self/exe";   // what unrelated ends run; its main() calls run_if_worker()
  const volatile std::sig_atomic_t* interrupted = nullptr;  // becomes non-zero: give up at once
  bool bytes_too = false;                                   // several: rows for the bytes under a protocol
};

// One finding for each of the probe's questions. Leaves no kernel object behind, if there is a RunDirectory.
std::vector<ProbeFinding> run_probe(const Probe& probe, const MechanismEntry& mechanism,
                                    const ProbeOptions& options);

// What is probed: a mechanism, or the bytes under its protocol, which have a name of their own.
struct ProbedRow {
  const MechanismEntry& mechanism;
  bool of_bytes = false;

  // Without findings.
  [[nodiscard]] ProbedMechanism blank() const;
};

// All probes, by guarantee. Skips floors and mechanisms that are not available.
ProbedMechanism probe_row(const ProbedRow& row, const ProbeOptions& options);

// The same for several mechanisms, four at a time: a probe mostly waits. Never beside a measurement. Calls
// show(how many are done, of how many) now and then. Empty if interrupted.
std::vector<ProbedMechanism> probe_mechanisms(std::span<const MechanismEntry* const> mechanisms,
                                              const ProbeOptions& options,
                                              const std::function<void(std::size_t, std::size_t)>& show = {});

// For a report: the answers by mechanism, without the floors.
std::map<std::string, Guarantees> guarantees_of(std::span<const ProbedMechanism> probed);

struct OpenAttempt {
  std::string_view how;  // "O_RDONLY"
  Attempt attempt;
};
// The rules for opening a FIFO (fifo(7)), tried on `path`: five ways of opening it while nobody else has it
// open, then for writing while another process has it open for reading.
std::vector<OpenAttempt> try_opening(const std::string& path);

}  // namespace ipcbench
