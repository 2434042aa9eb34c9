// A textbook statement about communication between processes, how it is tested, and how the answers are
// shown.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <exception>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/axes.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// depends: true under some circumstances and not under others; the finding names them.
// no_difference: what the statement predicts did not show, and chance or noise may be the reason.
// not_answerable: the report lacks the cells; the finding names the shortest command that measures them.
// untested: it could not be tried; the finding says why.
enum class ClaimVerdict { confirmed, refuted, depends, no_difference, not_answerable, untested };

template <>
inline constexpr std::array kAxis<ClaimVerdict>{
    AxisValue{ClaimVerdict::confirmed, "confirmed", "confirmed"},
    AxisValue{ClaimVerdict::refuted, "refuted", "refuted"},
    AxisValue{ClaimVerdict::depends, "depends", "depends"},
    AxisValue{ClaimVerdict::no_difference, "no_difference", "no difference seen"},
    AxisValue{ClaimVerdict::not_answerable, "not_answerable", "not answerable with this report"},
    AxisValue{ClaimVerdict::untested, "untested", "untested"}};

// The subjects of the statements, in the order of their tables.
enum class Chapter { shared_memory, queues, keys, semaphores, pipes, signals, files, sockets, threads };

template <>
inline constexpr std::array kAxis<Chapter>{
    AxisValue{Chapter::shared_memory, "shared_memory", "Shared memory"},
    AxisValue{Chapter::queues, "queues", "Message queues"},
    AxisValue{Chapter::keys, "keys", "System V keys"},
    AxisValue{Chapter::semaphores, "semaphores", "Semaphores and locks"},
    AxisValue{Chapter::pipes, "pipes", "Pipes and FIFOs"},
    AxisValue{Chapter::signals, "signals", "Signals"},
    AxisValue{Chapter::files, "files", "Files and mapped files"},
    AxisValue{Chapter::sockets, "sockets", "Sockets"},
    AxisValue{Chapter::threads, "threads", "Threads"}};

// confirmed if all are as stated, refuted if none is.
constexpr ClaimVerdict verdict_of(std::size_t as_stated, std::size_t all) {
  return as_stated == all ? ClaimVerdict::confirmed
         : as_stated == 0 ? ClaimVerdict::refuted
                          : ClaimVerdict::depends;
}

struct Answer {
  ClaimVerdict verdict = ClaimVerdict::untested;
  std::string finding;                // one line: what was found, what it depends on, or why it is untested
  std::vector<std::string> evidence;  // what was done and what happened; figures with units, cells by name
};

inline Answer untested(std::string reason) { return {ClaimVerdict::untested, std::move(reason), {}}; }

template <class Axis>
std::string_view label_of(Axis value) {
  return std::ranges::find(kAxis<Axis>, value, &AxisValue<Axis>::value)->label;
}

// `on` introduces the finding of a claim that depends: "on the kind: ".
inline Answer judged(ClaimVerdict verdict, std::string_view on, std::string_view finding,
                     std::vector<std::string> evidence) {
  return {verdict, fmt::format("{}{}", verdict == ClaimVerdict::depends ? on : "", finding),
          std::move(evidence)};
}

// Tries the claim on this kernel, within a second or two. May throw what the kernel refuses.
using Experiment = Answer (*)();

struct Contest;

// Answers the claim from a report: by `test`, or by the contest if that is null.
struct ReportTest {
  Answer (*test)(const Report& report) = nullptr;
  std::string_view options = {};     // for `ipcbench run`, besides the profile and the mechanisms
  const Contest* contest = nullptr;  // whose mechanisms it needs; null: all
};

// The sentences of SENTENCES.md that a claim answers, by number.
class Sentences {
 public:
  constexpr Sentences(std::initializer_list<unsigned> numbers) : count_(numbers.size()) {
    std::ranges::copy(numbers, numbers_.begin());
  }
  [[nodiscard]] constexpr const unsigned* begin() const { return numbers_.data(); }
  [[nodiscard]] constexpr const unsigned* end() const { return numbers_.data() + count_; }

 private:
  std::array<unsigned, 8> numbers_{};
  std::size_t count_;
};

struct Claim {
  std::string_view name;  // stable: "pipe_capacity"
  Sentences sentences;
  std::string_view statement;  // one sentence
  std::variant<Experiment, ReportTest> test;
  unsigned number = 0;   // the name's alias in --claim; 0: it has none
  Chapter chapter = {};  // filled in by claims()
  // What a report says beside the experiment, as further evidence.
  std::vector<std::string> (*beside)(const Report& report) = nullptr;
};

// Every claim, chapter by chapter. Each chapter's file has its table.
std::span<const Claim> claims();

// Whether it is about this subject: its chapter or one of its statement's or name's words ("pipe" is
// "pipes"), a kind of mechanism, or the name of a mechanism of that kind.
bool is_about(const Claim& claim, std::string_view subject);

// "ipcbench run ...", the command that measures the cells for the test.
std::string measuring_command(const ReportTest& test);

// "experiment" or "report".
std::string_view kind_of(const Claim& claim);

// Never throws. The claim stays untested, with the reason, if its experiment fails or if there is no report
// (null); it is not answerable if the report lacks the cells. Either finding includes the command that
// measures them.
Answer answer(const Claim& claim, const Report* report);

struct AnsweredClaim {
  const Claim* claim = nullptr;
  Answer answer;
};

struct ClaimAnswers {
  std::string system;       // where the experiments ran: "Linux 6.18.5, x86_64"
  std::string kernel;       // of that system: "6.18.5"
  std::string report_file;  // empty: none was given
  std::string report_host;  // where that report was measured
  std::vector<AnsweredClaim> answers;
};

// What a report alone says of the claims. Runs no experiment: those claims stay untested, and name the
// command that tries them.
ClaimAnswers answers_from(const Report& report, std::string report_file);

// For people, chapter by chapter: name, verdict, statement, finding and evidence, in lines of at most 100
// columns unless the name of a cell is longer.
std::string claims_text(const ClaimAnswers& answers);
// Everything, as one JSON object.
std::string claims_json(const ClaimAnswers& answers);
// A table of name, statement, verdict and finding for each chapter.
std::string claims_markdown(const ClaimAnswers& answers);

}  // namespace ipcbench
