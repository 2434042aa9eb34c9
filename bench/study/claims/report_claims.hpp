// The claims that a report answers: pairs of its cells that differ in one thing, and the verdict of many such
// pairs on a statement.
#pragma once

#include <array>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/claims/answer.hpp"
#include "harness/base/mechanism_info.hpp"
#include "results/report/report.hpp"
#include "results/statistics/statistics.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

// time: the median round trip (latency) or the time per message (throughput). cpu: the CPU time of both ends
// per message.
enum class Quantity { time, cpu };
inline constexpr std::array kTimeAlone{Quantity::time};

// A cell in one quantity, over the launches that count (own_core.hpp).
struct Entrant {
  const Cell* cell = nullptr;
  MechanismInfo mechanism;  // as the report describes it, or else the registry
  std::vector<LaunchFigure> launches_ns;
  Estimate ns = {};  // their median
  bool subject = false;
  bool reference = false;
};
using TakesPart = std::function<bool(const MechanismInfo& mechanism)>;
// The cells with default parameters and a payload in latency and throughput, of the mechanisms that take
// part; untouched payloads on request.
std::vector<Entrant> entrants(const Report& report, Quantity quantity, const TakesPart& takes_part,
                              bool with_untouched = false);

// --- Which mechanisms are faster (speed_claims.cpp) ---------------------------------------------------

// How the subject compares with the reference.
enum class Order { less, more, unclear };

struct Direction {
  Order order;
  std::string_view word;  // "faster"
};

// What a statement claims, and its opposite.
struct Saying {
  Direction said;
  Direction opposite;
};

inline constexpr Saying kFaster{{Order::less, "faster"}, {Order::more, "slower"}};
inline constexpr Saying kSlower{kFaster.opposite, kFaster.said};

// each: every subject with every reference. fastest: the fastest of either. threads: a mechanism between
// threads with itself between related processes. batches: a mechanism that hands over several messages at
// once with itself that hands over each.
enum class Pairing { each, fastest, threads, batches };

// By "pipe", textbooks mean one without a name, that write(2) fills and nothing else.
bool is_unnamed_pipe(const MechanismInfo& mechanism);

// Two groups of mechanisms whose cells are compared where they differ in nothing else.
struct Contest {
  bool (*is_subject)(const MechanismInfo& mechanism);
  bool (*is_reference)(const MechanismInfo& mechanism);
  Saying saying;
  std::span<const Quantity> quantities = kTimeAlone;
  Pairing pairing = Pairing::each;
  std::string_view options = {};                 // for `ipcbench run`, besides the profile and the mechanisms
  bool (*has_part)(const Cell& cell) = nullptr;  // which cells, if not all
  Answer (*judged_by)(const Contest& contest, const Report& report) = nullptr;  // if not by pairs of cells
};
extern const Contest kFifosAgainstPipes;
extern const Contest kMappedFilesAgainstFiles;
extern const Contest kMemoryAgainstOthers;
extern const Contest kMemoryAgainstQueues;
extern const Contest kQueuesAgainstPipes;
extern const Contest kSocketsAgainstPipes;
extern const Contest kThreadsAgainstProcesses;
extern const Contest kBatchesAgainstSingles;
// Of libraries and newer calls (library_contests.cpp).
extern const Contest kBatchingAgainstSocket;
extern const Contest kZeroMqAgainstSocket;
extern const Contest kBrokerAgainstPeer;
extern const Contest kCapnpAgainstGrpc;
extern const Contest kUserQueuesAgainstKernelQueues;
extern const Contest kAtomicQueueAgainstBoost;
extern const Contest kIceoryxAtAnySize;
extern const Contest kUringAgainstCalls;
extern const Contest kSpliceAgainstPipe;
extern const Contest kOneCopyAgainstTwo;

// "ipcbench run ...", the command that measures the cells.
std::string measuring_command(const Contest& contest);

// The entrants of one setting that take part are a ranking, in which ties() decides which differ. Untested,
// with the report's reasons, if there are none.
Answer judge_contest(const Contest& contest, const Report& report);

// --- The verdict (comparison.cpp) ---------------------------------------------------------------------

struct SpeedComparison {
  Quantity quantity = Quantity::time;
  const Entrant* subject = nullptr;
  const Entrant* reference = nullptr;
  Order order = Order::unclear;
};
using Comparisons = std::vector<SpeedComparison>;

// confirmed: most comparisons show the stated difference, and no more than chance its opposite.
// refuted: only its opposite shows beyond chance. depends: both show, or one shows in a few.
// no_difference: nine of ten comparisons show none.
// untested: no pair of cells was launched more than once.
// Chance: ties() lets one in twenty of the pairs that it tells apart be alike.
// The evidence tallies the comparisons by kind of mechanism and placement, and by message size.
Answer judge(Comparisons comparisons, const Saying& saying);

// --- Whether the size matters (constant_times.cpp) ------------------------------------------------------

// Compares the round trips of each subject with the longest and the shortest message, in cells that differ in
// nothing else; has_part is not asked. Constant: at most twice the time for at least a thousand times the
// size. depends: constant for some payloads, or in some settings, and not in others.
Answer judge_constancy(const Contest& contest, const Report& report);

// --- How often a mechanism copies the data (copies_in_cpu_time.cpp) -----------------------------------

// How many copies of the payload would cost the CPU time that pipes, queues and rings in shared memory spend
// per byte, a line for each setting and range of sizes. They are no count: see the last line.
//
// The CPU time per byte is the slope of both ends' CPU time (medians over launches, pattern `throughput`)
// between two sizes; that of the floor which copies each message once is the unit. The sizes are the smallest
// and the largest from 4 KiB to 1 MiB, where the fixed cost of a message no longer hides the slope; from 64 B
// on for mechanisms that take no such messages. Leaves out mechanisms without two sizes a factor of four
// apart, and ends that spin, which burn CPU time by waiting.
std::vector<std::string> copies_in_cpu_time(const Report& report);

}  // namespace ipcbench
