// Charts of reports: one self-contained page, and the main charts as SVG and PNG.
//
// The page is a template that was built once with the program; filling it in needs nothing else. SVG and
// PNG are drawn by the same chart code under Node, so they need `node` on the machine that draws.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "results/report/report.hpp"

namespace ipcbench {

// A report and what its charts are called: usually the report's file name without its extension.
struct NamedReport {
  std::string stem;
  Report report;
};

struct PlotOptions {
  std::filesystem::path out_dir;  // created if absent
  bool html = true;
  bool svg = true;
  bool png = true;
  std::filesystem::path assets;  // the folder of page.html and render.mjs; see assets_of
  std::string node = "node";     // looked up on PATH unless it holds a slash
};

struct PlotResult {
  std::vector<std::filesystem::path> written;
  std::vector<std::string> lacking;  // what could not be drawn, why, and the remedy; a sentence or two each
};

// Writes <stem>.html for one report, or reports.html with a chooser for several; and for each report
// <stem>-latency-<cpus>.svg, <stem>-throughput-<cpus>.png and so on, one for each placement measured.
// What the program was built without (page, renderer) or the machine lacks (node) is told in `lacking`.
// Throws std::invalid_argument on no reports or unusable stems, std::filesystem::filesystem_error and
// FileError on I/O errors, std::runtime_error if the renderer fails (with what it said).
PlotResult plot(const std::vector<NamedReport>& reports, const PlotOptions& options);

// The assets that belong to a program file: share/ipcbench beside it (build tree) or ../share/ipcbench
// (installed); the latter if neither exists.
std::filesystem::path assets_of(const std::filesystem::path& program);

}  // namespace ipcbench
