// A textbook statement about communication between processes, with the test of it.
#pragma once

#include <fmt/format.h>

#include <exception>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/mechanism_info.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// depends: true under some circumstances and not under others; the finding names them.
enum class ClaimVerdict { confirmed, refuted, depends, untested };

template <>
inline constexpr std::array kAxis<ClaimVerdict>{
    AxisValue{ClaimVerdict::confirmed, "confirmed"}, AxisValue{ClaimVerdict::refuted, "refuted"},
    AxisValue{ClaimVerdict::depends, "depends"}, AxisValue{ClaimVerdict::untested, "untested"}};

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

// The same experiment with several kinds of object, some of which this machine may lack.
template <class Result>
struct Trials {
  std::vector<std::pair<std::string, Result>> done;          // kind and result
  std::vector<std::pair<std::string, std::string>> refused;  // kind and reason

  template <class Try>
  void add(const std::string& kind, Try try_it) {
    try {
      done.emplace_back(kind, try_it());
    } catch (const std::exception& error) {
      refused.emplace_back(kind, error.what());
    }
  }
  void report_refused(Answer& answer) const {
    for (const auto& [kind, reason] : refused)
      answer.evidence.push_back(fmt::format("{}: not tried: {}.", kind, reason));
  }
  // The answer if nothing could be tried.
  [[nodiscard]] Answer all_refused() const {
    std::string reasons;
    for (const auto& [kind, reason] : refused)
      reasons += fmt::format("{}{}: {}", reasons.empty() ? "" : "; ", kind, reason);
    return untested(reasons);
  }
};

// Answered by trying it on this kernel, within a second or two. May throw what the kernel refuses.
using Experiment = Answer (*)();

// Two groups of mechanisms; each of the one is compared with each of the other.
struct Contest {
  bool (*is_subject)(const MechanismInfo& mechanism);
  bool (*is_reference)(const MechanismInfo& mechanism);
};

// Answered from a report.
struct ReportTest {
  Answer (*test)(const Report& report);
  std::string_view options = {};     // of `ipcbench run`, besides the profile and the mechanisms
  const Contest* contest = nullptr;  // whose mechanisms it needs; null: all
};

struct Claim {
  unsigned number = 0;         // as in --claim
  std::string_view statement;  // one sentence
  std::variant<Experiment, ReportTest> test;
};

// Every claim, by number.
std::span<const Claim> claims();

// "ipcbench run ...", which measures the cells that the test needs.
std::string measuring_command(const ReportTest& test);

// "experiment" or "report".
std::string_view kind_of(const Claim& claim);

// Never throws. An experiment that fails leaves the claim untested, with the reason; so does a report that is
// missing (null) or lacks the cells, with the command that measures them.
Answer answer(const Claim& claim, const Report* report);

}  // namespace ipcbench
