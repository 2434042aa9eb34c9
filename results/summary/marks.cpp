#include "results/summary/marks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

// An error of more than this share of a number is marked.
constexpr double kDoubtfulShare = kPrecisionTarget;

// One launch in this many, and at least two: a single one may be an accident.
constexpr std::size_t kUnsteadyOneIn = 3;
constexpr std::size_t kFewestUnsteady = 2;

// The last messages due are often unsent at the end; a larger share is an overload.
constexpr double kUnsentShare = 0.01;

bool uncertain(const CellSummary& summary) { return !is_precise(figure_of(summary)); }

bool unsteady(const CellSummary& summary) {
  return summary.not_steady >= kFewestUnsteady && kUnsteadyOneIn * summary.not_steady >= summary.launches;
}

// A pair of equals that gets so much less was held up by the others.
constexpr double kEvenShare = 0.8;

bool uneven_pairs(const CellSummary& summary) { return summary.slowest_pair.value_or(1) < kEvenShare; }

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

constexpr std::array kMarks{
    Mark{kUncertain, uncertain, "the median is uncertain by more than 10 %, or was measured once."},
    Mark{'&', [](const CellSummary& summary) { return summary.bimodal; },
         "two modes: the launches fall into two groups more than 5 % apart, which the median hides."},
    Mark{'@', [](const CellSummary& summary) { return summary.line && summary.line->mixed; },
         "mixed distances: between its launches, the time of a cache line to the other CPU and back changed "
         "by "
         "more than half, so that they are not alike."},
    Mark{'$', [](const CellSummary& summary) { return summary.disturbed > 0; },
         "some launch was disturbed each time that it was made: its ends did not get their CPUs."},
    Mark{'=', [](const CellSummary& summary) { return summary.ends_share_cpus; },
         "several pairs, or ends of a chain, shared CPUs: there are fewer than they need, and what they "
         "contend for is the CPU too."},
    Mark{'/', uneven_pairs, "the slowest pair moved less than 80 % of what the fastest one did."},
    Mark{'#', unsteady,
         "in at least a third of the launches, two or more, the time drifted or stepped by more than 5 %."},
    Mark{'!', clocks_disagree,
         "wrong: the clocks of the two CPUs disagree, and the time was taken from both."},
    Mark{'?', clocks_too_coarse,
         "taken from the clocks of two CPUs, whose offset is uncertain by more than 10 % of this time."},
    Mark{'*', overloaded,
         "more than 1 % of the messages were not sent before the end: the mechanism or the machine is too "
         "slow "
         "for "
         "this load."},
    Mark{'^', lags,
         "one message in a hundred was sent later than intended by more than 10 % of this time, which "
         "includes "
         "that delay: the schedule's own lag, or the mechanism's flow control."},
    Mark{'<', [](const CellSummary& summary) { return summary.cpu_at_most; },
         "the CPUs are at most these: the report is of an older program, which did not tell the sender's "
         "waiting "
         "for its schedule apart."}};

std::string mark_explained(const Mark& mark, std::size_t columns) {
  return wrap_paragraph(fmt::format("{} ", mark.symbol), mark.meaning, columns);
}

}  // namespace

std::span<const Mark> all_marks() { return kMarks; }

std::string marks_of(const CellSummary& summary) {
  std::string marks;
  for (const Mark& mark : kMarks) {
    if (mark.applies(summary)) marks += mark.symbol;
  }
  return marks;
}

std::string explain_mark(char symbol, std::size_t columns) {
  return mark_explained(*std::ranges::find(kMarks, symbol, &Mark::symbol), columns);
}

std::string explain_marks(const std::vector<CellSummary>& summaries, std::string_view tables,
                          std::size_t columns) {
  std::string text;
  for (const Mark& mark : kMarks) {
    const bool shown = tables.find(mark.symbol) != std::string_view::npos;
    if (shown && std::ranges::any_of(summaries, mark.applies)) text += mark_explained(mark, columns);
  }
  return text;
}

}  // namespace ipcbench
