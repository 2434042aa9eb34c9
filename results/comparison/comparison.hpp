// The result of comparing two reports: a verdict for each cell, each family and the whole, with everything
// that it rests on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "results/comparison/gate_settings.hpp"
#include "results/report/metrics.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

// Worst first: the order in which they are listed. The smallest effect is the smallest change that counts.
enum class Verdict {
  regressed,     // significantly slower, by at least the smallest effect
  invalid,       // the measurement went wrong: the numbers are meaningless
  missing,       // only in the base
  incomparable,  // other settings or another host
  slower,        // significantly slower, but less than counts, or it is unknown how much sessions differ
  unguarded,     // too noisy: even a change of twice the smallest effect would likely be missed
  inconclusive,  // none of the others: nobody knows
  improved,      // significantly faster, by at least the smallest effect
  faster,        // as slower, in the other direction
  added,         // only in the new report; written "new"
  unchanged,     // the interval lies within the smallest effect in both directions
};
template <>
inline constexpr std::array kAxis<Verdict>{AxisValue{Verdict::regressed, "regressed"},
                                           AxisValue{Verdict::invalid, "invalid"},
                                           AxisValue{Verdict::missing, "missing"},
                                           AxisValue{Verdict::incomparable, "incomparable"},
                                           AxisValue{Verdict::slower, "slower"},
                                           AxisValue{Verdict::unguarded, "unguarded"},
                                           AxisValue{Verdict::inconclusive, "inconclusive"},
                                           AxisValue{Verdict::improved, "improved"},
                                           AxisValue{Verdict::faster, "faster"},
                                           AxisValue{Verdict::added, "new"},
                                           AxisValue{Verdict::unchanged, "unchanged"}};

enum class Level { whole, family, cell };
template <>
inline constexpr std::array kAxis<Level>{AxisValue{Level::whole, "whole"}, AxisValue{Level::family, "family"},
                                         AxisValue{Level::cell, "cell"}};

// The ratio new / base of a time, with an interval: 1.10 is 10 % slower.
struct Ratio {
  double estimate = 1;
  double low = 1;
  double high = 1;
  double confidence = 0;  // reached by the interval
};

// The result for one metric of a cell, a family or all cells together.
struct Finding {
  Level level = Level::cell;
  std::string name;    // of the cell or family; "all cells"
  std::string family;  // the family under which a cell is listed
  Metric metric = Metric::time;
  Verdict verdict = Verdict::inconclusive;
  std::string reason;  // for a verdict that the numbers alone do not explain; usually empty
  Ratio ratio;
  double base_ns = 0;  // medians over all launches; 0 for families and the whole
  double new_ns = 0;
  std::size_t base_launches = 0;  // launches used; in a duet, blocks
  std::size_t new_launches = 0;
  double p_slower = 1;  // one-sided, uncorrected
  // One-sided, corrected for the number of tests of its level.
  double p_slower_adjusted = 1;
  double p_faster_adjusted = 1;
  double smallest_effect = 0;    // the smallest change that counts, as a share: 0.05 is 5 %
  double detectable_effect = 0;  // the smallest change found with the wanted power, as a share
  bool second_stage = false;     // in a duet: decided by fresh blocks, because the first ones were suspicious
  bool gated = true;             // false: reported only (not pinned, at a rate of its own, or informational)
  // Of the logarithm of the ratio between two sessions, with its degrees of freedom; infinite: not judged.
  double log_error = std::numeric_limits<double>::infinity();
  double freedom = 0;
  bool watch = false;  // on the watch list: p_slower is small, but not small enough
};

// A cell that could not be compared.
struct Absence {
  std::string cell;
  Verdict verdict = Verdict::missing;  // missing, added, incomparable or invalid
  std::string reason;
  bool allowed = false;  // missing, but settings.allow_missing has it
};

enum class Method {
  paired,         // a duet: both sides in one session, block by block
  independent,    // two sessions, with a known variance between sessions
  several_bases,  // several sessions of the base, which show that variance themselves
  informational,  // two sessions without one: never fails
};
template <>
inline constexpr std::array kAxis<Method>{
    AxisValue{Method::paired, "paired"}, AxisValue{Method::independent, "independent"},
    AxisValue{Method::several_bases, "several_bases"}, AxisValue{Method::informational, "informational"}};

// The origin of one side's numbers.
struct ComparedSide {
  std::string origin;
  std::string version;
  std::string host_name;
  Session session;
};

// A base that was given, and why it takes no part.
struct LeftOut {
  std::string origin;
  std::string reason;
};

struct Comparison {
  Method method = Method::informational;
  std::string why_informational;  // a sentence; empty for the other methods
  ComparedSide base;              // several_bases: the latest of them, with all of them as its origin
  ComparedSide candidate;
  GateSettings settings;
  std::vector<ComparedSide> bases;          // several_bases only: each of those that were used
  std::vector<LeftOut> left_out;            // several_bases only
  std::optional<double> session_sd;         // between sessions, of log times, median over cells; if known
  std::vector<std::string> differing;       // facts that make the two sides incomparable, one line each
  std::vector<Doubt> doubts;                // about either side
  std::vector<Finding> findings;            // the worst first: by verdict, then by change / smallest effect
  std::vector<Absence> absences;            // ordered by verdict, then by name
  Verdict verdict = Verdict::inconclusive;  // the gate's: regressed, missing, invalid, incomparable, slower,
                                            // unguarded, inconclusive, improved, faster or unchanged
};

// Whether any finding can fail the gate. None can if the method is informational, and where too little was
// measured of every cell.
bool is_anything_gated(const Comparison& comparison);

// The decision of the gate: regressed, missing, incomparable, invalid, or unchanged for everything that
// passes. With `require_power` also unguarded, if a gated finding is or nothing is gated.
Verdict gate_verdict(const Comparison& comparison, bool require_power);

}  // namespace ipcbench
