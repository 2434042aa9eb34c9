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

// The cell that measures that stream (paced, Poisson arrivals).
Cell paced_cell(const Way& way, const Requirement& requirement, const MessageStream& stream);
// The round trip of that size. It bounds what a message costs its sender where the paced cell of an old
// report does not say (knows_own_cpu_time()).
Cell round_trip_cell(const Way& way, const Requirement& requirement, std::size_t size_bytes);
// Every cell that expectation_of() needs: each stream, and all of them together if there are several.
std::vector<Cell> cells_of(const Way& way, const Requirement& requirement);

// A stream on one link.
struct Load {
  MessageStream stream;
  std::size_t index = 0;  // of the summary of its paced cell
  Estimate p50_ns;        // from when a message is due to its receipt
  std::optional<PooledQuantile> p99_ns;
  // CPU time over elapsed time at that rate: of each end, and of both. Where `cpus_at_most`, the sender's is
  // an upper bound: its CPU time with its pacer, or the rate times that of an end in a round trip.
  Estimate receiver_cpus;
  Estimate sender_cpus;
  Estimate cpus;
  bool cpus_at_most = false;
  double unsent_share = 0;  // of the messages that were due
  double lost_share = 0;
};

struct Expectation {
  Way way;
  std::vector<Load> streams;     // each on a link of its own, in the requirement's order
  std::optional<Load> together;  // several streams on one link
  bool one_link = false;         // whether `breaks` is of one link for all streams, or of a link for each
  // Limits that it does not keep: "rate", "max-p99", "max-cpus".
  std::vector<std::string> breaks;

  // The load by which mechanisms are ranked.
  [[nodiscard]] const Load& main() const { return together ? *together : streams.front(); }
  // Of all streams, over one link or over a link each.
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

  // Empty: not measured.
  [[nodiscard]] std::optional<Load> load(const Way& way, const Requirement& requirement,
                                         const MessageStream& stream) const;
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
  void bound_sender(Load& load, const Cell& round_trip) const;

  Report report_;
  std::vector<CellSummary> summaries_;  // one for each cell, in the report's order
  Ties ties_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::size_t left_out_ = 0;
};

// Empty if a stream, or all together, were not measured.
std::optional<Expectation> expectation_of(const Measured& measured, const Way& way,
                                          const Requirement& requirement);

}  // namespace ipcbench
