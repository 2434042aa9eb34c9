// The answer to a requirement, as data. Its outputs are pure functions of it.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "bench/study/advise/candidates.hpp"
#include "bench/study/advise/expectation.hpp"
#include "bench/study/advise/requirement.hpp"
#include "harness/base/text_layout.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// A mechanism that does not fit, and what would have to give.
struct Alternative {
  std::string mechanism;
  std::vector<std::string> takes;          // needs, limits, "size", "peers"
  std::optional<Expectation> expectation;  // empty: not measured
};

// A question on which mechanisms that cannot be told apart differ.
struct Difference {
  Guarantee guarantee = Guarantee::unrelated;
  std::vector<std::pair<std::string, std::string>> answers;  // mechanism, answer
};

// Another setting of the best mechanism under the main load.
struct OtherSetting {
  Way way;
  Load load;
  bool tied = false;  // cannot be told from the best setting
};

struct Advice {
  std::optional<Expectation> best;      // empty: nothing fits
  std::vector<std::string> by_design;   // needs that best keeps by a protocol of its own, not by the kernel
  std::vector<Expectation> tied;        // fit too, and cannot be told from it
  std::vector<Difference> differences;  // of best and tied
  std::vector<Expectation> others;      // fit too, and are slower; the next one first
  // Do not fit. Those that were measured come first; then those that take least, then the fastest.
  std::vector<Alternative> alternatives;
  std::vector<OtherSetting> settings;
  std::map<std::string, std::vector<std::string>> excluded;  // mechanisms by what they lack or break
  std::map<std::string, std::string> not_possible;  // mechanism, why its cells were skipped or failed
  std::vector<std::string> unmeasured;              // allowed, but without the cells that would tell
  std::vector<std::string> variants;                // stand behind others
  std::size_t mechanisms = 0;                       // without floors and variants
  std::size_t left_out = 0;                         // disturbed launches, see Measured

  [[nodiscard]] bool fits() const { return best.has_value(); }
};

Advice advise(const Report& report, const Requirement& requirement);

// The parameter that decides how much can be under way at once, and the value to try beside the default.
struct TunedBuffer {
  std::string name;
  std::uint64_t value = 0;
};

// The cells that advise() needs.
struct AdviceCells {
  // Most of all of what is allowed, each way of waiting; and of up to three mechanisms that lack least, which
  // say what a need costs.
  std::vector<Cell> cells;
  // Of what is allowed, with a tuned buffer and spinning: of these the median and the CPUs are enough.
  std::vector<Cell> settings;
};
AdviceCells wanted_cells(const std::vector<Candidate>& candidates, const Requirement& requirement,
                         const std::map<std::string, TunedBuffer>& buffers);

struct AdviceStyle {
  TextStyle text;
  bool details = false;  // everything; without, no more than fits the lines below
};

// Of an answer without details at 80 columns, besides a line for each stream; what was not measured adds two.
inline constexpr std::size_t kAdviceLines = 8;

// For a terminal. `command` measures what is missing.
std::string advice_text(const Advice& advice, const Requirement& requirement, const std::string& command,
                        const AdviceStyle& style);
// See ADVICE.md.
std::string advice_json(const Advice& advice, const Requirement& requirement, const std::string& command);

}  // namespace ipcbench
