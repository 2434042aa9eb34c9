// What trying a statement found.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/axes.hpp"

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

}  // namespace ipcbench
