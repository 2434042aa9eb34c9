#include "results/export/export.hpp"

#include <array>

namespace ipcbench {
namespace {

constexpr std::array kFormats{
    ExportFormat{.name = "google-benchmark",
                 .summary = "Google Benchmark's JSON, for its compare.py and all that reads it",
                 .write = export_google_benchmark},
    ExportFormat{.name = "bencher", .summary = "Bencher Metric Format (json)", .write = export_bencher},
    ExportFormat{.name = "csv",
                 .summary = "a table with a column for each axis, for R, pandas and spreadsheets",
                 .write = export_csv}};

}  // namespace

std::span<const ExportFormat> export_formats() { return kFormats; }

}  // namespace ipcbench
