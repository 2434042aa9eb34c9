#include "results/export/export.hpp"

#include <array>

namespace ipcbench {
namespace {

constexpr std::array kFormats{
    ExportFormat{.name = "google-benchmark",
                 .summary = "Google Benchmark's JSON, for its compare.py and all that reads it",
                 .write = export_google_benchmark},
    ExportFormat{.name = "github-action-benchmark",
                 .summary = "github-action-benchmark's own JSON (customSmallerIsBetter)",
                 .write = export_github_action_benchmark},
    ExportFormat{.name = "bencher", .summary = "Bencher Metric Format (json)", .write = export_bencher},
    ExportFormat{
        .name = "conbench", .summary = "a list of Conbench's benchmark results", .write = export_conbench},
    ExportFormat{.name = "nyrkio",
                 .summary = "what Nyrkiö's JSON API takes; needs repository, branch and commit",
                 .write = export_nyrkio,
                 .needs_revision = true},
    ExportFormat{.name = "csv",
                 .summary = "a table with a column for each axis, for R, pandas and spreadsheets",
                 .write = export_csv}};

}  // namespace

std::span<const ExportFormat> export_formats() { return kFormats; }

}  // namespace ipcbench
