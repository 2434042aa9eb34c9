#include "results/summary/marks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/text_layout.hpp"
#include "results/summary/precision.hpp"

namespace ipcbench {
namespace {

// What adds more than this to a number, or takes as much from it, is said beside it.
constexpr double kDoubtfulShare = kPrecisionTarget;

// One launch in so many, and not a single one: that something else ran once is an accident.
constexpr std::size_t kUnsteadyOneIn = 3;
constexpr std::size_t kFewestUnsteady = 2;

// The messages that are due last are often still to be sent at the end; more than that is an overload.
constexpr double kUnsentShare = 0.01;

// The estimate that stands in the table.
const Estimate& figure(const CellSummary& summary) {
  if (times_messages(summary.cell.pattern)) return summary.time_ns;
  return summary.messages_per_second ? *summary.messages_per_second : summary.time_ns;
}

bool uncertain(const CellSummary& summary) { return !is_precise(figure(summary)); }

bool unsteady(const CellSummary& summary) {
  return summary.not_steady >= kFewestUnsteady && kUnsteadyOneIn * summary.not_steady >= summary.launches;
}

bool bimodal(const CellSummary& summary) { return summary.bimodal; }

bool clocks_disagree(const CellSummary& summary) { return summary.clock && !summary.clock->agree; }

bool clocks_too_coarse(const CellSummary& summary) {
  return summary.clock && summary.clock->bound_ns > kDoubtfulShare * summary.time_ns.median;
}

bool overloaded(const CellSummary& summary) {
  return summary.load && summary.load->unsent_share > kUnsentShare;
}

bool lags(const CellSummary& summary) {
  return summary.load && summary.load->lag_p99_ns > kDoubtfulShare * summary.time_ns.median;
}

struct Mark {
  char symbol;
  bool (*applies)(const CellSummary& summary);
  std::string_view meaning;
};

constexpr Mark kMarks[] = {
    {'~', uncertain, "the median is uncertain by more than 10 %, or was measured once."},
    {'&', bimodal,
     "two modes: the launches fall into two groups more than 5 % apart, which the median hides."},
    {'#', unsteady,
     "in a third of the launches, two at least, the time drifted or stepped by more than 5 %."},
    {'!', clocks_disagree, "wrong: the clocks of the two CPUs disagree, and the time was taken from both."},
    {'?', clocks_too_coarse,
     "taken from the clocks of two CPUs, which may differ by more than 10 % of it for all that is known."},
    {'*', overloaded,
     "more than 1 % of the messages were not sent before the end: mechanism or machine are too slow for this "
     "load."},
    {'^', lags,
     "one message in a hundred was sent later than intended by more than 10 % of this time, which counts "
     "that "
     "delay: the schedule's own lag, or the mechanism's flow control."}};

}  // namespace

std::string marks_of(const CellSummary& summary) {
  std::string marks;
  for (const Mark& mark : kMarks) {
    if (mark.applies(summary)) marks += mark.symbol;
  }
  return marks;
}

std::string explain_marks(std::string_view tables) {
  std::string text;
  for (const Mark& mark : kMarks) {
    if (tables.find(mark.symbol) == std::string_view::npos) continue;
    text += wrap_paragraph(fmt::format("{} ", mark.symbol), mark.meaning);
  }
  return text;
}

}  // namespace ipcbench
