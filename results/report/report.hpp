// The report of one session as plain records. report_json.hpp turns them into JSON and back; the readers of a
// report (summary, charts, comparison) work on these records alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/facts.hpp"
#include "harness/base/measurement.hpp"
#include "harness/base/mechanism_info.hpp"
#include "results/report/guarantees.hpp"

namespace ipcbench {

template <>
inline constexpr std::array kAxis<Doubt::Level>{AxisValue{Doubt::Level::info, "info"},
                                                AxisValue{Doubt::Level::warn, "warn"},
                                                AxisValue{Doubt::Level::invalid, "invalid"}};

// The most launches of a cell: a hundred times what the statistics need, and all that the statistics over
// pairs of launches can handle.
inline constexpr std::size_t kMostLaunches = 10'000;

// One launch of one cell, as in the rows of a report, in the journal and between the programs of a duet.
struct Row {
  Cell cell;
  std::uint32_t launch = 0;  // 0, 1, 2, ... within the cell
  Measurement measurement;
};

struct Launch {
  std::uint32_t number = 0;  // 0, 1, 2, ... within the cell
  std::size_t place = 0;     // among all launches of the session, in which cells alternate
  Measurement measurement;
};

struct ReportCell {
  Cell cell;
  std::string name;              // cell_name(cell)
  std::vector<Launch> launches;  // ascending in number; one at least
};

// The measured cells in the order of their first launches.
class ReportCells {
 public:
  ReportCells() = default;
  ReportCells(std::initializer_list<Row> rows) {
    for (const Row& row : rows) add(row);
  }

  // The next launch of the session. Returns its cell.
  ReportCell& add(Row row) {
    std::string name = cell_name(row.cell);
    return add(std::move(row), std::move(name));
  }
  // The same for who knows the name of the row's cell already.
  ReportCell& add(Row row, std::string name);

  [[nodiscard]] std::size_t size() const { return cells_.size(); }
  [[nodiscard]] bool empty() const { return cells_.empty(); }
  [[nodiscard]] ReportCell& operator[](std::size_t index) { return cells_[index]; }
  [[nodiscard]] const ReportCell& operator[](std::size_t index) const { return cells_[index]; }
  [[nodiscard]] auto begin() const { return cells_.begin(); }
  [[nodiscard]] auto end() const { return cells_.end(); }

  // The launches of all cells, by place.
  struct InSession {
    const ReportCell* cell;
    const Launch* launch;
  };
  [[nodiscard]] std::vector<InSession> in_session_order() const;
  [[nodiscard]] std::size_t launches() const { return launches_; }  // of all cells

 private:
  std::vector<ReportCell> cells_;
  std::unordered_map<std::string, std::size_t> indices_;  // by name
  std::size_t launches_ = 0;
};

// A selected cell without a measurement, or a launch that failed.
struct Omission {
  std::string cell;  // the cell's name
  std::string reason;
};

// The context of Google Benchmark's reports, which its tools read.
struct CacheInfo {
  std::string type;
  int level = 0;
  std::uint64_t size_bytes = 0;
  int num_sharing = 0;
};
struct BenchmarkContext {
  std::string date;  // RFC 3339 with offset
  std::string host_name;
  std::string executable;
  int num_cpus = 0;
  int mhz_per_cpu = 0;
  std::optional<bool> cpu_scaling_enabled;  // empty: unknown
  std::vector<CacheInfo> caches;
  std::vector<double> load_avg;
  std::string library_build_type;  // "release" or "debug"
};

// One side of a duet, in which two programs are measured in one session, block by block. A row's launch is
// its block.
struct DuetSide {
  std::string id;                  // the duet's, the same on both sides
  std::string side;                // "base" or "new"
  std::uint32_t first_blocks = 0;  // from this block on, only suspicious cells were measured
  // Fresh blocks of a suspicious cell: the usual number, and the most that one more could have had in the
  // time. Empty in old reports.
  std::optional<std::uint32_t> second_blocks = std::nullopt;
  std::optional<std::uint32_t> most_second_blocks = std::nullopt;
};

// The outcome for medians that were uncertain after the planned launches.
struct Precision {
  double target = 0;                  // the wanted half-width of the interval, as a share of the median
  std::uint32_t most_launches = 0;    // per cell
  std::uint32_t cells_extended = 0;   // with more launches than planned
  std::uint32_t cells_imprecise = 0;  // whose median missed the target

  friend bool operator==(const Precision&, const Precision&) = default;
};

// How a run made its launches, besides the seed and the number of launches: what it takes to make them again.
struct RunSettings {
  std::chrono::nanoseconds warm_up{};
  std::chrono::nanoseconds timed{};
  // The longest timed phase of a paced cell at an absolute rate; empty: that of all others.
  std::optional<std::chrono::nanoseconds> longest_timed = std::nullopt;
  std::optional<std::chrono::nanoseconds> budget = std::nullopt;  // for all launches; empty: none
  bool adds_launches = false;                                     // while the budget lasted

  friend bool operator==(const RunSettings&, const RunSettings&) = default;
};

struct Session {
  std::string id;  // 16 hexadecimal digits, new for every session
  std::uint64_t seed = 0;
  std::string profile;
  std::vector<std::string> command;  // argv as given
  std::string started_utc;           // 2026-01-31T12:34:56Z
  std::string ended_utc;
  std::uint32_t planned_launches = 0;  // per cell
  bool complete = true;                // false: interrupted, or the time ran out before every planned launch
  std::string note;                    // why it is not complete; empty if it is
  std::optional<DuetSide> duet = std::nullopt;
  // Launches that were disturbed and made again; they are in no row.
  std::optional<std::uint32_t> repeated_launches = std::nullopt;
  // Empty: no launches were added to the planned ones.
  std::optional<Precision> precision = std::nullopt;
  std::optional<RunSettings> settings = std::nullopt;  // empty in old reports
};

// The harness's own costs, measured in this session.
struct Floors {
  struct Copy {
    std::uint64_t size_bytes;
    double ns;  // median time of one memcpy of that size
  };
  // What a placement costs before any mechanism.
  struct Distance {
    Cpus cpus = Cpus::same;
    std::optional<double> line_rtt_ns;  // a cache line there and back, median; only between two pinned CPUs
    std::optional<double> wake_ns;      // from the call that wakes a sleeping thread to its first instruction
  };
  double clock_ns = 0;             // cost of one reading of the clock, median
  double clock_resolution_ns = 0;  // the step in which it advances
  double null_round_trip_ns = 0;   // a round trip over nothing: the loop, the clock and the histogram
  std::vector<Copy> memcpy_ns;     // ascending in size
  // One for each placement of the plan; reports of older programs have none.
  std::optional<std::vector<Distance>> distances;
};

// What one more launch of a cell counted. Its times are in no row, because counting takes time.
struct CellCounts {
  std::string cell;            // its name
  std::uint64_t messages = 0;  // as in Measurement
  SideCounts producer;         // of all producers together
  SideCounts consumer;

  friend bool operator==(const CellCounts&, const CellCounts&) = default;
};

struct ReportCounts {
  std::vector<CellCounts> cells;
  std::vector<MissingCounter> missing;  // at most one for each counter and reason

  friend bool operator==(const ReportCounts&, const ReportCounts&) = default;
};

// Everything in a report but the launches.
struct ReportFrame {
  std::string version;  // the writing program's
  BenchmarkContext context;
  Session session;
  std::vector<Fact> host;
  std::vector<Doubt> doubts;
  Floors floors;
  std::vector<MechanismInfo> mechanisms;         // reports of older programs describe none
  std::map<std::string, Guarantees> guarantees;  // by mechanism; empty: not probed
  std::vector<Omission> skipped;
  std::vector<Omission> failed;
  std::optional<ReportCounts> counts = std::nullopt;  // empty: nothing was counted
};

struct Report : ReportFrame {
  ReportCells cells;
};

// Whether the cell is a floor (the cost of the harness or of copying alone), which is never ranked, and
// whether its messages have bytes. A mechanism that the report does not describe is no floor and carries
// bytes unless its messages are empty.
bool is_floor(const Report& report, const Cell& cell);
bool carries_payload(const Report& report, const Cell& cell);

}  // namespace ipcbench
