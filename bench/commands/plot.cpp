// ipcbench plot: charts of reports.
#include "plots/plot.hpp"

#include <fmt/format.h>

#include <memory>

#include "bench/cli/console.hpp"
#include "bench/cli/difference_options.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/page_report.hpp"
#include "harness/base/error.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

struct PlotArguments {
  std::vector<std::string> reports;
  std::string out;
  std::string chart;
  std::string state;
  DifferenceOptions differences;
  bool html = false;
  bool svg = false;
  bool png = false;
};

std::vector<NamedReport> read_reports(const std::vector<std::string>& files) {
  std::vector<NamedReport> reports;
  reports.reserve(files.size());
  for (const std::string& file : files) reports.push_back(page_report(read_report(file), file));
  return reports;
}

// Beside the first report by default.
fs::path out_dir(const PlotArguments& arguments) {
  if (!arguments.out.empty()) return arguments.out;
  const fs::path beside = fs::path(arguments.reports.front()).parent_path();
  return beside.empty() ? fs::path(".") : beside;
}

void check(const PlotArguments& arguments) {
  if (!arguments.state.empty() && arguments.chart.empty()) {
    throw UsageError("--state says what one picture shows", "name its chart with --chart");
  }
  if (arguments.html && !arguments.chart.empty()) {
    throw UsageError("--chart draws one picture, and --html writes the page with all charts",
                     "leave one of them out");
  }
  const bool compares = has_session_variance(arguments.differences) || !arguments.differences.across.empty();
  if (compares && arguments.reports.size() < 2) {
    throw UsageError("--calibration, --assume-session-sd and --across are about reports that are compared",
                     "name a second report");
  }
}

// Without a choice of formats: all of them, or SVG for a single picture.
PlotOptions options_of(const PlotArguments& arguments, const fs::path& share) {
  const bool any = !arguments.html && !arguments.svg && !arguments.png;
  const bool one = !arguments.chart.empty();
  return {.out_dir = out_dir(arguments),
          .html = arguments.html || (any && !one),
          .svg = arguments.svg || any,
          .png = arguments.png || (any && !one),
          .assets = share,
          .chart = arguments.chart,
          .state = arguments.state,
          .comparison = compare_options_of(arguments.differences)};
}

Outcome plot_reports(const PlotArguments& arguments, const Invocation& invocation) {
  check(arguments);
  const PlotOptions options = options_of(arguments, invocation.share);
  const PlotResult result = plot(read_reports(arguments.reports), options);
  for (const fs::path& file : result.written) print(fmt::format("{}\n", file.string()));
  for (const std::string& lack : result.lacking) say(fmt::format("ipcbench: {}", lack));
  // A missing chart is an error if the user asked for it. A default chart that this machine cannot draw is
  // not, as long as something was drawn.
  const bool asked = arguments.html || arguments.svg || arguments.png;
  return result.lacking.empty() || (!asked && !result.written.empty()) ? Outcome::success : Outcome::refused;
}

}  // namespace

CommandAction declare_plot(CLI::App& app) {
  auto arguments = std::make_shared<PlotArguments>();
  app.add_option("REPORT", arguments->reports, "Reports that `ipcbench run` wrote")->required();
  app.add_option("-o,--out", arguments->out, "Where the charts go (default: beside the first report)")
      ->type_name("DIR");
  app.add_flag("--html", arguments->html, "The page, with all reports side by side");
  app.add_flag("--svg", arguments->svg, "The main charts as SVG (needs node)");
  app.add_flag("--png", arguments->png, "The main charts as PNG (needs node and rsvg-convert)");
  app.add_option("--chart", arguments->chart, "Draw this chart alone, as SVG unless --png asks for PNG")
      ->type_name("NAME");
  app.add_option("--state", arguments->state,
                 "With --chart: what it shows, as in the page's address: 'size=64&cpus=llc'")
      ->type_name("STATE");
  declare_difference_options(app, arguments->differences);
  app.footer("Without --html, --svg, --png and --chart: every format that this machine can draw.");
  return [arguments](const Invocation& invocation) { return plot_reports(*arguments, invocation); };
}

}  // namespace ipcbench
