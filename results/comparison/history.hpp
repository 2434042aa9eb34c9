// The sessions of one host over time, cell by cell: what a trend is computed from, whether it comes from
// reports or from an index.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "results/comparison/differing_facts.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {

struct HistorySession {
  std::string id;           // of the session; by it a change is remembered
  std::string origin;       // the file
  std::string started_utc;  // as in a report
  std::string host;         // the machine's identifier, or its name where it has none
  std::string host_name;
  std::string version;                             // the program's
  std::string commit;                              // the program's; empty: not known
  std::shared_ptr<const std::vector<Fact>> facts;  // decisive_facts(); sessions share theirs; none: not known
};

// A cell in one session, by the median over launches. NaN: not measured, or not known.
struct HistoryPoint {
  double time_ns = std::numeric_limits<double>::quiet_NaN();
  double low_ns = std::numeric_limits<double>::quiet_NaN();  // the interval of the median, 95 %
  double high_ns = std::numeric_limits<double>::quiet_NaN();
  double log_sd = std::numeric_limits<double>::quiet_NaN();  // of ln(ns), between the launches
  std::uint32_t launches = 0;
};

struct CellHistory {
  std::string name;
  std::string family;
  bool gated = true;                 // as SampledCell::may_be_gated()
  std::vector<HistoryPoint> points;  // one for each session
};

struct History {
  std::vector<HistorySession> sessions;  // ascending in time
  std::vector<CellHistory> cells;
};

// `sessions` ascend in time. Cells by name.
History history_of(const std::vector<SampledReport>& sessions);

// The machine's identifier (the fact machine_id), or its name where it has none.
std::string machine_of(const SampledReport& report);

// What differs between two sessions of one host: "kernel_release: 6.1.0 -> 6.18.0", "commit: 1a2b -> 3c4d".
std::vector<std::string> changed_facts(const HistorySession& before, const HistorySession& after);

}  // namespace ipcbench
