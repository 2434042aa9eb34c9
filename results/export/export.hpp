// Reports for other tools. Each export is a pure function that writes one row per cell, the median over its
// launches; jsonl writes one per launch. Where a format has one direction, a cell is represented by its time
// per message: lower is better.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/report/report.hpp"

namespace ipcbench {

// Each throws std::invalid_argument for a launch without messages or samples, which no report file can
// contain.
std::string export_google_benchmark(const Report& report);
std::string export_bencher(const Report& report);
std::string export_csv(const Report& report);
// digest: the report's name in every index (results/report/digest.hpp).
std::string export_jsonl(const Report& report, const std::string& digest);

// The parameters of a cell in one column: "pipe_bytes=4096;queue_depth=10".
std::string parameters_column(const Cell& cell);

// A line of CSV (RFC 4180) with its end.
std::string csv_line(const std::vector<std::string>& texts);

// A format that does not name the report.
template <std::string (*write)(const Report& report)>
std::string write_nameless(const Report& report, const std::string& /*digest*/) {
  return write(report);
}

struct ExportFormat {
  std::string_view name;     // on the command line
  std::string_view summary;  // the format and its readers, for help texts
  std::string (*write)(const Report& report, const std::string& digest) = nullptr;
};

// In the order in which they are listed.
inline std::span<const ExportFormat> export_formats() {
  static constexpr std::array kFormats{
      ExportFormat{.name = "google-benchmark",
                   .summary = "Google Benchmark's JSON, for its compare.py and all that reads it",
                   .write = write_nameless<export_google_benchmark>},
      ExportFormat{.name = "bencher",
                   .summary = "Bencher Metric Format (json)",
                   .write = write_nameless<export_bencher>},
      ExportFormat{.name = "csv",
                   .summary = "a table with a column for each axis, for R, pandas and spreadsheets",
                   .write = write_nameless<export_csv>},
      ExportFormat{.name = "jsonl",
                   .summary = "a flat object per launch, for DuckDB, Spark and jq",
                   .write = export_jsonl}};
  return kFormats;
}

}  // namespace ipcbench
