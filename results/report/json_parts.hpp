// The parts of a report as JSON and back. The journal and the programs of a duet exchange them, too.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "results/report/json_value.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Writing. These functions throw std::invalid_argument, as to_json() does.

// JSON has no NaN and no Infinity. Throws for them, naming `key` and its `owner`.
double finite(double value, std::string_view key, std::string_view owner);

// The numbers of a cell in Google Benchmark's JSON, where a family is a mechanism and a pattern
// (https://github.com/google/benchmark/blob/main/docs/user_guide.md#output-formats).
struct CellIndex {
  std::size_t family = 0;
  std::size_t instance = 0;  // within the family
};
std::vector<CellIndex> index_cells(const ReportCells& cells);  // in the cells' order

Json context_json(const BenchmarkContext& context);  // the top-level key `context`
Json session_json(const Session& session);
// Everything but the rows: `benchmarks` is empty.
Json frame_json(const Report& report);
// The axes of a cell, as in a row's `ipc`.
Json cell_json(const Cell& cell);
// An element of `benchmarks`, as in a report with no other rows.
Json row_json(const Row& row);

// The text of a report. Each row begins on a line of its own: "\n" before the first, ",\n" before the others.
std::string report_text(const Json& context, const Json& own, std::string_view rows);

// {"failed": kind, "reason": ...}
Json failure_json(const Failure& failure);

// Reading. These functions throw ReportError for values that are missing, of a wrong type, impossible or
// contradictory.

inline constexpr const char* kPlainGoogleBenchmark =
    "this is a plain Google Benchmark file, not a report of ipcbench: measure with `ipcbench run`";

// Everything but the rows.
ReportFrame frame_from_json(const JsonValue& json);
Cell cell_from_json(const JsonValue& ipc);
Row row_from_json(const JsonValue& json);
Failure failure_from_json(const JsonValue& json);

// A row without its figures. Its names and unit agree with the cell.
struct RowHead {
  Cell cell;
  std::string name;          // cell_name(cell)
  std::uint32_t launch = 0;  // as in Row
};
RowHead row_head_from_json(const JsonValue& row, const JsonValue& ipc);

// Collects which launches of which cells the rows hold.
class LaunchIndex {
 public:
  // Throws if the cell has this launch already, or kMostLaunches others. `row` is benchmarks[index].
  void add(const JsonValue& row, std::size_t index, const std::string& cell, std::uint32_t launch);

 private:
  std::unordered_map<std::string, std::unordered_map<std::uint32_t, std::size_t>>
      rows_;  // cell, launch: index
};

// Parses a report: each row goes to `on_row`, then everything around them to `on_frame`. Skips the keys
// `skipped` of rows. The first error in a row is thrown after on_frame: only the frame tells whether this is
// a report at all. Every error starts with `origin`.
void parse_rows(const NextPiece& next, const std::string& origin, const JsonKeys& skipped,
                const std::function<void(const JsonValue& row, std::size_t index)>& on_row,
                const std::function<void(const JsonValue& frame)>& on_frame);

}  // namespace ipcbench
