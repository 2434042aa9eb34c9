// What a report says about one way of meeting a requirement.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/advise/requirement.hpp"
#include "harness/base/cell.hpp"
#include "results/summary/summary.hpp"
#include "results/summary/ties.hpp"

namespace ipcbench {

// A mechanism and its settings.
struct Way {
  std::string mechanism;
  Wait wait = Wait::block;
  Settings parameters = {};

  friend bool operator==(const Way&, const Way&) = default;
};

// The cell that measures that stream alone on a link (paced, Poisson arrivals).
Cell paced_cell(const Way& way, const Requirement& requirement, const MessageStream& stream);
// The round trip of that size. It bounds what a message costs its sender where the paced cell of an old
// report does not say (knows_own_cpu_time()).
Cell round_trip_cell(const Cell& paced);
// Every cell that expectation_of() needs, one for each link: all streams at once, or each by itself.
std::vector<Cell> cells_of(const Way& way, const Requirement& requirement);

// The times of one stream, from when its messages are due to their receipt.
struct StreamFigures {
  MessageStream stream;
  Estimate p50_ns;
  std::optional<PooledQuantile> p99_ns;
  double unsent_share = 0;  // of the messages that were due
};

// What one link carries.
struct Load {
  std::vector<StreamFigures> streams;  // one, or several at once
  std::size_t index = 0;               // of the summary of its paced cell
  Estimate p50_ns;                     // of all messages
  // CPU time over elapsed time at that rate: of each end, and of both. Where `cpus_at_most`, the sender's is
  // an upper bound: its CPU time with its pacer, or the rate times that of an end in a round trip.
  Estimate receiver_cpus;
  Estimate sender_cpus;
  Estimate cpus;
  bool cpus_at_most = false;
  double lost_share = 0;

  // The highest of its streams; empty if one of them is not known.
  [[nodiscard]] std::optional<double> p99_ns() const;
};

struct Expectation {
  Way way;
  std::vector<Load> links;  // one at least; if one for each stream, in the requirement's order
  // Limits that it does not keep: "rate", "max-p99", "max-cpus".
  std::vector<std::string> breaks;

  // The load by which mechanisms are ranked.
  [[nodiscard]] const Load& main() const { return links.front(); }
  // Of all links.
  [[nodiscard]] double cpus() const;
  // The highest of all streams; empty if one of them is not known.
  [[nodiscard]] std::optional<double> p99_ns() const;
};

// A report, prepared for questions about its cells. Disturbed launches (Measurement::disturbance) are left
// out where three others of their cell remain: what other programs did to a launch says nothing about a
// transport, and is known without looking at the messages' times.
class Measured {
 public:
  explicit Measured(Report report);

  // Of a paced cell. Empty: not measured.
  [[nodiscard]] std::optional<Load> load(const Cell& cell) const;
  [[nodiscard]] bool has(const Cell& cell) const { return by_name_.contains(cell_name(cell)); }
  // Why the report lacks the cell, as it says itself; empty: it says nothing.
  [[nodiscard]] std::optional<std::string> why_absent(const Cell& cell) const;
  // Those whose paced cell cannot be told from that of `load`.
  [[nodiscard]] std::vector<std::string> tied(const Load& load) const;
  [[nodiscard]] bool tied(const Load& a, const Load& b) const;
  [[nodiscard]] const CellSummary& summary(std::size_t index) const { return summaries_[index]; }
  [[nodiscard]] const std::vector<CellSummary>& summaries() const { return summaries_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }  // launches

 private:
  void bound_sender(Load& load, const Cell& cell) const;

  Report report_;
  std::vector<CellSummary> summaries_;  // one for each cell, in the report's order
  Ties ties_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::size_t left_out_ = 0;
};

// Empty if a link was not measured.
std::optional<Expectation> expectation_of(const Measured& measured, const Way& way,
                                          const Requirement& requirement);

}  // namespace ipcbench
