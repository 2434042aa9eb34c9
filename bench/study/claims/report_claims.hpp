// The claims that a report answers: its cells, pairs of cells that differ in one thing, and the verdict of
// many such pairs on a statement.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/claims/claim.hpp"
#include "harness/base/mechanism_info.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {

// --- Cells and comparisons (comparison.cpp) -----------------------------------------------------------

// A cell over all its launches.
struct MeasuredCell {
  Cell cell;
  MechanismInfo mechanism;
  Estimate time_ns;  // latency: the median round trip; throughput: time per message
  Estimate cpu_ns;   // CPU time of both ends per message
  std::map<std::uint32_t, double> launch_cpu_ns;  // the same for each launch
};

// The name of a cell without its mechanism: the same for cells that differ only in the mechanism.
using CellSetting = std::string;
CellSetting setting_of(Cell cell);

// By setting, then by mechanism.
using MeasuredCells = std::map<CellSetting, std::map<std::string, MeasuredCell>>;

// The cells that may be ranked: latency and throughput with default parameters and a payload. Excludes
// tokens of 0 bytes and payload:untouched. The report describes the mechanisms, or else the registry does.
MeasuredCells measured_cells(const Report& report);

enum class Quantity { time, cpu };

// How the subject compares with the reference.
enum class Order { less, more, unclear };

struct SpeedComparison {
  Quantity quantity = Quantity::time;
  const MeasuredCell* subject = nullptr;
  const MeasuredCell* reference = nullptr;

  [[nodiscard]] const Estimate& value(const MeasuredCell& cell) const;
  // Both cells were launched more than once. A single launch has no interval and shows nothing.
  [[nodiscard]] bool has_intervals() const;
  // less, more: the intervals of the two medians do not overlap.
  [[nodiscard]] Order order() const;
  // The subject's median over the reference's.
  [[nodiscard]] double ratio() const;
};
using Comparisons = std::vector<SpeedComparison>;

// The direction that a statement claims, and the words for both directions.
struct Saying {
  Order said = Order::more;
  std::string_view less_word = "faster";
  std::string_view more_word = "slower";
};

// How many of the comparisons may show less (and as many more) by chance alone if no two cells differed: the
// 95 % quantile of a binomial. If both intervals are the whole ranges of n and m launches of one
// distribution, one lies entirely below the other with probability 1 / C(n + m, n). Narrower intervals (nine
// launches and more) make the bound slightly too small, at probabilities below 1e-3.
std::size_t chance_allowance(const Comparisons& comparisons);

// confirmed: most comparisons show the stated difference, and no more than chance its opposite.
// refuted: only its opposite shows beyond chance. depends: both show, or one shows in a few.
// no_difference: neither shows beyond chance, or nine of ten comparisons show none.
// untested: there are no comparisons, or too few launches for any to count.
// The evidence tallies the comparisons by kind of mechanism and placement, and by message size.
Answer judge(Comparisons comparisons, const Saying& saying);

// --- Which mechanisms are faster (speed_claims.cpp) ---------------------------------------------------

// Two groups of mechanisms; each member of one is compared with each member of the other.
struct Contest {
  bool (*is_subject)(const MechanismInfo& mechanism);
  bool (*is_reference)(const MechanismInfo& mechanism);
  Saying saying;
  bool time = true;
  bool cpu = false;
};
extern const Contest kFifosAgainstPipes;
extern const Contest kMappedFilesAgainstFiles;
extern const Contest kQueuesAgainstPipes;
extern const Contest kMemoryAgainstQueues;
extern const Contest kSocketsAgainstPipes;
Answer judge_contest(const Contest& contest, const Report& report);

// In each setting, the fastest ring in shared memory against the fastest other mechanism.
Answer shared_memory_is_fastest(const Report& report);
// Each mechanism between threads against itself between related processes.
Answer threads_are_faster(const Report& report);

// --- How often a mechanism copies the data (effective_copies.cpp) -------------------------------------

struct Point {
  double x = 0;
  double y = 0;
};

struct Line {
  double intercept = 0;
  double slope = 0;
  double worst_residual = 0;  // largest |y - line| / y of the points; 0.1: a point is 10 % off
};

// The line that minimises the sum of ((y - intercept - slope x) / y)^2. Relative errors keep 1 MiB from
// outweighing 4 KiB by its size alone. Throws std::invalid_argument for fewer than two different x, or a y
// that is not positive.
Line fit_relative_line(const std::vector<Point>& points);

// How many copies of the payload would cost the CPU time that a mechanism spends per byte: the slope of the
// CPU time of both ends against the message size, divided by the slope of the floor that copies each message
// once (pattern `throughput`). Both slopes come from the same sizes and the same launch, so drift between
// launches cancels; the estimate is the median over launches.
struct EffectiveCopies {
  Cell cell;  // the first of the cells used
  MechanismInfo mechanism;
  std::vector<std::size_t> sizes_bytes;
  Estimate copies;
  double worst_residual = 0;  // of the line through the mechanism's medians
};

// One for every mechanism but the floors, in each setting that has the floor too. Uses sizes from 4 KiB to
// 1 MiB, where the fixed cost of a message no longer hides the slope; from 64 B for mechanisms that take no
// such messages. None without two sizes a factor of four apart, and none for ends that spin.
std::vector<EffectiveCopies> effective_copies(const MeasuredCells& cells);

// The effective copies of every mechanism, a line for each setting and set of sizes. They are no count: see
// the last line.
std::vector<std::string> copies_in_cpu_time(const Report& report);

}  // namespace ipcbench
