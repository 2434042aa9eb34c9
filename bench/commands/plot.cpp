// ipcbench plot: charts of reports.
#include "plots/plot.hpp"

#include <fmt/format.h>

#include <memory>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "bench/study/claims/claim.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

struct PlotArguments {
  std::vector<std::string> reports;
  std::string out;
  bool html = false;
  bool svg = false;
  bool png = false;
};

std::vector<NamedReport> read_reports(const std::vector<std::string>& files) {
  std::vector<NamedReport> reports;
  reports.reserve(files.size());
  for (const std::string& file : files) {
    Report report = read_report(file);
    std::string claims = claims_json(answers_from(report, file));
    reports.push_back({fs::path(file).stem().string(), std::move(report), std::move(claims)});
  }
  return reports;
}

// Beside the first report by default.
fs::path out_dir(const PlotArguments& arguments) {
  if (!arguments.out.empty()) return arguments.out;
  const fs::path beside = fs::path(arguments.reports.front()).parent_path();
  return beside.empty() ? fs::path(".") : beside;
}

Outcome plot_reports(const PlotArguments& arguments, const Invocation& invocation) {
  const bool all = !arguments.html && !arguments.svg && !arguments.png;
  const PlotResult result = plot(read_reports(arguments.reports), {.out_dir = out_dir(arguments),
                                                                   .html = all || arguments.html,
                                                                   .svg = all || arguments.svg,
                                                                   .png = all || arguments.png,
                                                                   .assets = assets_of(invocation.program)});
  for (const fs::path& file : result.written) print(fmt::format("{}\n", file.string()));
  for (const std::string& lack : result.lacking) say(fmt::format("ipcbench: {}", lack));
  // A missing chart is an error if the user asked for it. A default chart that this machine cannot draw is
  // not, as long as something was drawn.
  return result.lacking.empty() || (all && !result.written.empty()) ? Outcome::success : Outcome::refused;
}

}  // namespace

CommandAction declare_plot(CLI::App& app) {
  auto arguments = std::make_shared<PlotArguments>();
  app.add_option("REPORT", arguments->reports, "Reports that `ipcbench run` wrote")->required();
  app.add_option("--out", arguments->out, "Where the charts go (default: beside the first report)")
      ->type_name("DIR");
  app.add_flag("--html", arguments->html, "The page");
  app.add_flag("--svg", arguments->svg, "The main charts as SVG (needs node)");
  app.add_flag("--png", arguments->png, "The main charts as PNG (needs node)");
  app.footer("Without --html, --svg and --png: every format that this machine can draw.");
  return [arguments](const Invocation& invocation) { return plot_reports(*arguments, invocation); };
}

}  // namespace ipcbench
