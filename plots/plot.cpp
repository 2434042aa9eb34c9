#include "plots/plot.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>

#include "harness/base/error.hpp"
#include "plots/chart_data.hpp"
#include "plots/command.hpp"
#include "plots/page.hpp"
#include "harness/cleanup/whole_file.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// A picture takes about two seconds; a hundred of them on a slow board still fit.
constexpr std::chrono::minutes kRendererLimit{20};

constexpr std::string_view kBuildRemedy =
    "Install Node.js and npm (Debian: apt-get install nodejs npm) and build again with IPCBENCH_CHARTS=ON.";

std::string read_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw FileError("cannot read " + file.string(), {}, errno);
  return std::move(text).str();
}

void check(const std::vector<NamedReport>& reports) {
  if (reports.empty()) throw std::invalid_argument("no report to plot: name at least one");
  std::set<std::string> seen;
  for (const NamedReport& each : reports) {
    if (each.stem.empty() || each.stem.find('/') != std::string::npos) {
      throw std::invalid_argument(fmt::format("'{}' cannot be part of a file name", each.stem));
    }
    if (!seen.insert(each.stem).second) {
      throw std::invalid_argument(
          fmt::format("two reports are called '{}', and so would be their charts: rename one", each.stem));
    }
  }
}

void write_page(const std::vector<NamedReport>& reports, const std::string& data, const PlotOptions& options,
                PlotResult& result) {
  const fs::path page_template = options.assets / "page.html";
  if (!fs::exists(page_template)) {
    result.lacking.push_back(
        fmt::format("No page: this program was built without its charts, {} is missing. {}",
                    page_template.string(), kBuildRemedy));
    return;
  }
  const std::string stem = reports.size() == 1 ? reports.front().stem : "reports";
  const fs::path file = options.out_dir / (stem + ".html");
  write_whole_file(file, fill_page(read_text(page_template), data));
  result.written.push_back(file);
}

void draw_pictures(const std::string& data, const PlotOptions& options, PlotResult& result) {
  const fs::path renderer = options.assets / "render.mjs";
  if (!fs::exists(renderer)) {
    result.lacking.push_back(
        fmt::format("No SVG and PNG: this program was built without its charts, {} is missing. {}",
                    renderer.string(), kBuildRemedy));
    return;
  }
  std::vector<std::string> command{options.node, renderer.string(), options.out_dir.string()};
  if (options.svg) command.emplace_back("svg");
  if (options.png) command.emplace_back("png");
  const std::optional<CommandResult> drawn = run_command(command, data, kRendererLimit);
  if (!drawn) {
    result.lacking.push_back(fmt::format(
        "No SVG and PNG: they are drawn by Node.js, and there is no `{}` here. Install version 18 or later "
        "(Debian: apt-get install nodejs); the HTML page needs none.",
        options.node));
    return;
  }
  if (drawn->exit_code != 0) {
    throw std::runtime_error(fmt::format("drawing SVG and PNG failed: `{}` exited with {}, saying: {}",
                                         fmt::join(command, " "), drawn->exit_code, drawn->err));
  }
  std::istringstream names(drawn->out);
  for (std::string name; std::getline(names, name);) result.written.push_back(options.out_dir / name);
}

}  // namespace

PlotResult plot(const std::vector<NamedReport>& reports, const PlotOptions& options) {
  check(reports);
  fs::create_directories(options.out_dir);
  const std::string data = chart_data_json(reports);
  PlotResult result;
  if (options.html) write_page(reports, data, options, result);
  if (options.svg || options.png) draw_pictures(data, options, result);
  return result;
}

fs::path assets_of(const fs::path& program) {
  const fs::path folder = program.parent_path();
  const fs::path beside = folder / "share" / "ipcbench";
  return fs::exists(beside) ? beside : folder.parent_path() / "share" / "ipcbench";
}

}  // namespace ipcbench
