// The parts of Google Benchmark's JSON that the report and the export for its tools have in common
// (https://github.com/google/benchmark/blob/main/docs/user_guide.md#output-formats).
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "results/report/report.hpp"

namespace ipcbench {

// JSON has no NaN and no Infinity, and a number that is one of them was not measured: throws
// std::invalid_argument, which names `key` and its `owner`.
double finite(double value, std::string_view key, std::string_view owner);

// Where a cell stands among the others, in Google Benchmark's terms: a family is a mechanism and a pattern.
struct CellIndex {
  std::size_t family = 0;
  std::size_t instance = 0;  // within the family
};

// By the cells' order.
std::vector<CellIndex> index_cells(const ReportCells& cells);

// The value of the top-level key `context`.
nlohmann::ordered_json context_json(const BenchmarkContext& context);

}  // namespace ipcbench
