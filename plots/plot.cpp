#include "plots/plot.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/algorithm/string/replace.hpp>
#include <boost/algorithm/string/trim.hpp>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>

#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/cleanup/whole_file.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPlaceholder = "/*DATA*/";

// Enough for thirty large reports on a slow board; a picture usually takes less than a second.
constexpr std::chrono::minutes kDrawingLimit{20};

// The renderer's exit code if a chart or a state is not there: its user's mistake.
constexpr int kMistake = 2;

constexpr std::string_view kBuildRemedy =
    "Build it again where esbuild and D3 are (./run_all.sh installs them), with IPCBENCH_CHARTS=ON.";

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

// The program's standard output; empty if there is no such program. Throws UsageError with what the program
// says if it exits with kMistake.
std::optional<std::string> output_of(const std::vector<std::string>& command, std::string_view input,
                                     std::string_view doing) {
  const ChildLimit limit{.time = kDrawingLimit};
  const std::optional<ChildRun> run = run_program(command, input, limit);
  if (!run) return std::nullopt;
  if (run->status.code == kMistake) throw UsageError(boost::trim_copy(run->errors));
  if (const std::string problem = run->problem(limit); !problem.empty()) {
    throw Error(
        fmt::format("{} failed: `{}` {}, saying: {}", doing, fmt::join(command, " "), problem, run->errors));
  }
  return run->output;
}

struct Picture {
  std::string stem;  // of its file's name
  std::string svg;
};

std::vector<Picture> read_pictures(const fs::path& folder) {
  std::vector<Picture> pictures;
  for (const auto& entry : fs::directory_iterator(folder))
    pictures.push_back({entry.path().stem().string(), read_text(entry.path())});
  std::ranges::sort(pictures, {}, &Picture::stem);
  return pictures;
}

// Drawn by Node.js into a private folder, so that the renderer overwrites no file and follows no link.
std::vector<Picture> draw(const std::string& data, const PlotOptions& options, PlotResult& result) {
  const fs::path renderer = options.assets / "render.mjs";
  if (!has_asset(renderer, "SVG and PNG", result)) return {};
  const LaunchDirectory folder;
  std::vector<std::string> command{options.node, renderer.string(), folder.path()};
  if (!options.chart.empty()) command.insert(command.end(), {"--chart", options.chart});
  if (!options.state.empty()) command.insert(command.end(), {"--state", options.state});
  if (output_of(command, data, "drawing SVG")) return read_pictures(folder.path());
  result.lacking.push_back(fmt::format(
      "No SVG and PNG: Node.js draws them, and there is no `{}` here. Install version 18 or later "
      "(Debian: apt-get install nodejs). The HTML page does not need it.",
      options.node));
  return {};
}

void write_png(const std::vector<Picture>& pictures, const PlotOptions& options, PlotResult& result) {
  for (const Picture& picture : pictures) {
    // Twice the size, for screens and print of more than 96 dots per inch.
    const auto png = output_of({options.rsvg_convert, "--zoom=2"}, picture.svg, "making PNG of SVG");
    if (!png) {
      result.lacking.push_back(fmt::format(
          "No PNG: rsvg-convert makes them of SVG, and there is no `{}` here. Install it (Debian: apt-get "
          "install --no-install-recommends librsvg2-bin). The page and SVG do not need it.",
          options.rsvg_convert));
      return;
    }
    result.written.push_back(options.out_dir / (picture.stem + ".png"));
    write_whole_file(result.written.back(), *png);
  }
}

void write_svg(const std::vector<Picture>& pictures, const PlotOptions& options, PlotResult& result) {
  for (const Picture& picture : pictures) {
    result.written.push_back(options.out_dir / (picture.stem + ".svg"));
    write_whole_file(result.written.back(), picture.svg);
  }
}

}  // namespace

PlotResult plot(const std::vector<NamedReport>& reports, const PlotOptions& options) {
  check(reports);
  fs::create_directories(options.out_dir);
  const std::string data = chart_data_json(reports, options.comparison);
  PlotResult result;
  if (options.html) write_page(reports, data, options, result);
  if (!options.svg && !options.png) return result;
  const std::vector<Picture> pictures = draw(data, options, result);
  if (options.svg) write_svg(pictures, options, result);
  if (options.png) write_png(pictures, options, result);
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
