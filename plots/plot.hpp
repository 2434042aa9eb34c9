// Charts of reports: one self-contained page, and the main charts as SVG and PNG.
//
// The page is a template that is built with the program; filling it in needs nothing else. The same chart
// code draws SVG under Node.js, and rsvg-convert makes PNG of SVG, so these need both on this machine.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "plots/chart_data.hpp"

namespace ipcbench {

struct PlotOptions {
  std::filesystem::path out_dir;  // created if absent
  bool html = true;
  bool svg = true;
  bool png = true;
  std::filesystem::path assets;  // the folder of page.html and render.mjs; see assets_of
  std::string chart{};           // draw only this chart; empty: the main charts
  std::string state{};  // what `chart` shows, as after the '#' of the page's address: "size=64&cpus=llc"
  CompareOptions comparison{};                // of several reports on the page
  std::string node = "node";                  // looked up on PATH unless it holds a slash
  std::string rsvg_convert = "rsvg-convert";  // likewise
};

struct PlotResult {
  std::vector<std::filesystem::path> written;
  std::vector<std::string> lacking;  // a sentence or two on each missing output, with cause and remedy
};

// Writes <stem>.html for one report, or reports.html with all of them side by side; and pictures, whose names
// the renderer makes of the reports' stems. `lacking` names what the program was built without (page,
// renderer) and what the machine lacks (node, rsvg-convert). Throws UsageError on no reports, unusable stems,
// or a chart or a state that is not there, std::filesystem::filesystem_error and FileError on I/O errors,
// Error with the message of node or rsvg-convert if one of them fails.
PlotResult plot(const std::vector<NamedReport>& reports, const PlotOptions& options);

// The folder of a program's assets: share/ipcbench beside it (build tree), otherwise ../share/ipcbench
// (installed).
std::filesystem::path assets_of(const std::filesystem::path& program);

// The page's template with its placeholder replaced by `json`, any valid JSON, escaped so that no text in it
// can end its script element. Throws FileError if the template has no placeholder.
std::string fill_page(std::string_view page_template, std::string_view data);

}  // namespace ipcbench
