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
// The round trip of that size, which bounds what a message costs its sender. The pacer of a paced cell keeps
// the sender's CPU busy with watching the clock, so its own CPU time says nothing about the transport.
Cell round_trip_cell(const Way& way, const Requirement& requirement, std::size_t size_bytes);
// Every cell that expectation_of() reads: each stream, all of them together if there are several, and the
// round trips.
std::vector<Cell> cells_of(const Way& way, const Requirement& requirement);

// A stream on one link.
struct Load {
  MessageStream stream;
  std::size_t index = 0;  // of the summary of its paced cell
  Estimate p50_ns;        // from when a message is due to its receipt
  std::optional<PooledQuantile> p99_ns;
  Estimate receiver_cpus;  // CPU time over elapsed time, measured at that rate
  // At most: the CPU time of the sender with its pacer, or the rate times that of an end in a round trip.
  double sender_cpus = 0;
  double unsent_share = 0;  // of the messages that were due
  double lost_share = 0;

  [[nodiscard]] double cpus() const { return receiver_cpus.median + sender_cpus; }
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
  [[nodiscard]] const CellSummary& summary(std::size_t index) const { return summaries_[index]; }
  [[nodiscard]] const std::vector<CellSummary>& summaries() const { return summaries_; }
  [[nodiscard]] std::size_t left_out() const { return left_out_; }  // launches

 private:
  Report report_;
  std::vector<CellSummary> summaries_;          // one for each cell, in the report's order
  std::vector<std::vector<std::size_t>> ties_;  // ties()
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::size_t left_out_ = 0;
};

// Empty if a stream, or all together, were not measured.
std::optional<Expectation> expectation_of(const Measured& measured, const Way& way,
                                          const Requirement& requirement);

}  // namespace ipcbench
