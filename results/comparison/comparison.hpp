// The result of comparing two reports: a verdict for each cell, family and the whole, with all it was decided
// by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/gate_settings.hpp"
#include "results/report/metrics.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// In the order in which they are listed: the worst first.
enum class Verdict {
  regressed,     // surely slower, by as much as counts
  invalid,       // something was wrong with the measurement: the numbers say nothing
  missing,       // in the base only
  incomparable,  // other settings or another host
  unguarded,     // too noisy: even a change of twice what counts would likely be missed
  inconclusive,  // none of the other
  improved,      // surely faster, by as much as counts
  added,         // in the new report only; written "new"
  unchanged,     // surely within what counts, in both directions
};
template <>
inline constexpr std::array kAxis<Verdict>{
    AxisValue{Verdict::regressed, "regressed"}, AxisValue{Verdict::invalid, "invalid"},
    AxisValue{Verdict::missing, "missing"},     AxisValue{Verdict::incomparable, "incomparable"},
    AxisValue{Verdict::unguarded, "unguarded"}, AxisValue{Verdict::inconclusive, "inconclusive"},
    AxisValue{Verdict::improved, "improved"},   AxisValue{Verdict::added, "new"},
    AxisValue{Verdict::unchanged, "unchanged"}};

enum class Level { whole, family, cell };
template <>
inline constexpr std::array kAxis<Level>{AxisValue{Level::whole, "whole"}, AxisValue{Level::family, "family"},
                                         AxisValue{Level::cell, "cell"}};

// new / base of a time, with an interval: 1.10 is 10 % slower.
struct Ratio {
  double estimate = 1;
  double low = 1;
  double high = 1;
  double confidence = 0;  // reached by the interval
};

// What is said about one metric of one cell, family, or of everything.
struct Finding {
  Level level = Level::cell;
  std::string name;    // of the cell or family; "all cells"
  std::string family;  // of a cell: the family it is listed under
  Metric metric = Metric::time;
  Verdict verdict = Verdict::inconclusive;
  std::string reason;  // of a verdict that the numbers alone do not explain; mostly empty
  Ratio ratio;
  double base_ns = 0;  // medians over all launches; 0 for families and the whole
  double new_ns = 0;
  std::size_t base_launches = 0;  // that were used; of a duet, its blocks
  std::size_t new_launches = 0;
  double p_slower = 1;  // one-sided, of this finding alone
  // One-sided, corrected for all findings of its level.
  double p_slower_adjusted = 1;
  double p_faster_adjusted = 1;
  double smallest_effect = 0;    // share that counts, 0.05 is 5 %
  double detectable_effect = 0;  // share that would have been found with the wanted power
  bool second_stage = false;     // of a duet: decided by fresh blocks, because the first ones were suspicious
  bool gated = true;             // false: reported only (not pinned, or the comparison is informational)
  bool watch = false;            // on the list of what to watch: p_slower is small, but not small enough
};

// A cell that could not be compared.
struct Absence {
  std::string cell;
  Verdict verdict = Verdict::missing;  // missing, added, incomparable or invalid
  std::string reason;
};

enum class Method {
  paired,         // a duet: both sides in one session, block by block
  independent,    // two sessions, with the host's session variance from a calibration
  informational,  // two sessions without one: never fails
};
template <>
inline constexpr std::array kAxis<Method>{AxisValue{Method::paired, "paired"},
                                          AxisValue{Method::independent, "independent"},
                                          AxisValue{Method::informational, "informational"}};

// Where the numbers of one side come from.
struct ComparedSide {
  std::string origin;
  std::string version;
  std::string host_name;
  Session session;
};

struct Comparison {
  Method method = Method::informational;
  std::string why_informational;  // a sentence; empty unless it is
  ComparedSide base;
  ComparedSide candidate;
  GateSettings settings;
  std::optional<double> session_sd;         // independent: of log times, the median over cells
  std::vector<std::string> differing;       // facts that make the two sides incomparable, one line each
  std::vector<Doubt> doubts;                // about either side
  std::vector<Finding> findings;            // the worst first: by verdict, then by estimate / smallest effect
  std::vector<Absence> absences;            // ordered by verdict, then by name
  Verdict verdict = Verdict::inconclusive;  // of the gate: regressed, invalid, incomparable, unguarded,
                                            // inconclusive, improved or unchanged
};

// What the gate decides: regressed, incomparable, invalid, or unchanged for anything that lets a change pass.
// With `require_power`: unguarded if something that is gated was too noisy to tell.
Verdict gate_verdict(const Comparison& comparison, bool require_power);

}  // namespace ipcbench
