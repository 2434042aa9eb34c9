// A textbook statement about communication between processes, as data with the test of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/base/axes.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// depends: true in some circumstances and not in others, which the finding names.
enum class ClaimVerdict { confirmed, refuted, depends, untested };

template <>
inline constexpr std::array kAxis<ClaimVerdict>{
    AxisValue{ClaimVerdict::confirmed, "confirmed"}, AxisValue{ClaimVerdict::refuted, "refuted"},
    AxisValue{ClaimVerdict::depends, "depends"}, AxisValue{ClaimVerdict::untested, "untested"}};

struct Answer {
  ClaimVerdict verdict = ClaimVerdict::untested;
  std::string finding;                // one line: what was found; on what it depends; why it is untested
  std::vector<std::string> evidence;  // what was done and what happened; figures with units, cells by name
};

inline Answer untested(std::string reason) { return {ClaimVerdict::untested, std::move(reason), {}}; }

// Answered by trying it on this kernel, within a second or two. May throw what the kernel refuses.
using Experiment = Answer (*)();

// Answered from a report. `measured_by`: the selection of `ipcbench run` that measures the cells it needs.
struct ReportTest {
  Answer (*test)(const Report& report);
  std::string_view measured_by;
};

struct Claim {
  unsigned number = 0;         // as in --claim
  std::string_view statement;  // one sentence
  std::variant<Experiment, ReportTest> test;
};

// Every claim, by number.
std::span<const Claim> claims();

// "experiment" or "report".
std::string_view kind_of(const Claim& claim);

// Never throws: what goes wrong in an experiment, such as an object that no limit leaves room for, makes the
// claim untested for that reason; so does a report that is missing (null) or lacks the cells, with the
// command that measures them.
Answer answer(const Claim& claim, const Report* report);

}  // namespace ipcbench
