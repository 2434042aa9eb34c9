#include "plots/plot.hpp"

#include <fmt/format.h>

#include <boost/algorithm/string/replace.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <set>
#include <sstream>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/cleanup/whole_file.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlaceholder = "/*DATA*/";

// Enough for a hundred pictures on a slow board; a picture usually takes about two seconds.
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
  if (reports.empty()) throw UsageError("no report to plot", "name at least one");
  std::set<std::string> seen;
  for (const NamedReport& each : reports) {
    if (each.stem.empty() || each.stem.find('/') != std::string::npos) {
      throw UsageError(fmt::format("'{}' cannot be part of a file name", each.stem));
    }
    if (!seen.insert(each.stem).second) {
      throw UsageError(
          fmt::format("two reports are called '{}', so their charts would overwrite each other", each.stem),
          "rename one");
    }
  }
}

// In JSON a '<' occurs only inside strings, where the escape means the same. Without any '<', an HTML parser
// finds neither "</script>" nor "<!--".
std::string escape_for_script(std::string_view text) {
  return boost::replace_all_copy(std::string(text), "<", "\\u003c");
}

// Whether the program was built with this asset. If not, the result says so.
bool has_asset(const fs::path& asset, std::string_view output, PlotResult& result) {
  if (fs::exists(asset)) return true;
  result.lacking.push_back(fmt::format("No {}: this program was built without charts, {} is missing. {}",
                                       output, asset.string(), kBuildRemedy));
  return false;
}

void write_page(const std::vector<NamedReport>& reports, const std::string& data, const PlotOptions& options,
                PlotResult& result) {
  const fs::path page_template = options.assets / "page.html";
  if (!has_asset(page_template, "page", result)) return;
  const std::string stem = reports.size() == 1 ? reports.front().stem : "reports";
  const fs::path file = options.out_dir / (stem + ".html");
  write_whole_file(file, fill_page(read_text(page_template), data));
  result.written.push_back(file);
}

void draw_pictures(const std::string& data, const PlotOptions& options, PlotResult& result) {
  const fs::path renderer = options.assets / "render.mjs";
  if (!has_asset(renderer, "SVG and PNG", result)) return;
  std::vector<std::string> command{options.node, renderer.string(), options.out_dir.string()};
  if (options.svg) command.emplace_back("svg");
  if (options.png) command.emplace_back("png");
  const ChildLimit limit{.time = kRendererLimit};
  const std::optional<ChildRun> drawn = run_program(command, data, limit);
  if (!drawn) {
    result.lacking.push_back(fmt::format(
        "No SVG and PNG: Node.js draws them, and there is no `{}` here. Install version 18 or later "
        "(Debian: apt-get install nodejs). The HTML page does not need it.",
        options.node));
    return;
  }
  if (const std::string problem = drawn->problem(limit); !problem.empty()) {
    throw Error(fmt::format("drawing SVG and PNG failed: `{}` {}, saying: {}", fmt::join(command, " "),
                            problem, drawn->errors));
  }
  std::istringstream names(drawn->output);
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

std::string fill_page(std::string_view page_template, std::string_view data) {
  const std::size_t at = page_template.find(kPlaceholder);
  if (at == std::string_view::npos) {
    throw FileError(
        fmt::format("the page template has no {}: it was not built with this program", kPlaceholder),
        "build it again");
  }
  return std::string(page_template).replace(at, kPlaceholder.size(), escape_for_script(data));
}

fs::path assets_of(const fs::path& program) {
  const fs::path folder = program.parent_path();
  const fs::path beside = folder / "share" / "ipcbench";
  return fs::exists(beside) ? beside : folder.parent_path() / "share" / "ipcbench";
}

}  // namespace ipcbench
