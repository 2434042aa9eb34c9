// ipcbench export: a report in the formats of other tools.
#include "results/export/export.hpp"

#include <fmt/format.h>

#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "results/index/indexed_report.hpp"

namespace ipcbench {
namespace {

struct ExportArguments {
  std::string report;
  std::string reader;
  std::string out;
};

// None of the other tools shows a doubt beside the number.
void say_doubts_of(const Report& report) {
  for (const Doubt& doubt : report.doubts) {
    if (doubt.level == Doubt::Level::invalid) say(fmt::format("ipcbench: invalid: {}", doubt.what));
  }
  if (!report.session.complete) say(fmt::format("ipcbench: not complete: {}", report.session.note));
}

std::string reader_names(std::string_view between) {
  std::string names;
  for (const ExportFormat& format : export_formats()) {
    names += fmt::format("{}{}", names.empty() ? "" : between, format.name);
  }
  return names;
}

Outcome export_report(const ExportArguments& arguments) {
  if (arguments.reader.empty()) {
    throw UsageError(fmt::format("--for: is missing; choose one of {}, as in --for {}", reader_names(", "),
                                 export_formats().front().name));
  }
  const ExportFormat& format = parse_choice("--for", arguments.reader, export_formats());
  const auto [report, digest] = read_with_digest(arguments.report, Dash::is_standard_input);
  if (report.cells.empty()) {
    throw UsageError(fmt::format("{}: has no measured cell to export.", arguments.report));
  }
  OutputFile(arguments.out).write(format.write(report, digest));
  say_doubts_of(report);
  return Outcome::success;
}

std::string footer() {
  std::string text = "Readers, each with one row per cell, the median over its launches:\n";
  for (const ExportFormat& format : export_formats())
    text += fmt::format("  {:<16} {}\n", format.name, format.summary);
  text.pop_back();
  return text;
}

}  // namespace

CommandAction declare_export(CLI::App& app) {
  auto arguments = std::make_shared<ExportArguments>();
  app.add_option("REPORT", arguments->report, "A report that `ipcbench run` wrote")
      ->type_name("")
      ->required();
  app.add_option("--for", arguments->reader, "The reader, see below")->type_name(reader_names("|"));
  app.add_option("-o,--out", arguments->out, "Where it goes (default: standard output)")->type_name("FILE");
  app.footer(footer());
  return [arguments](const Invocation&) { return export_report(*arguments); };
}

}  // namespace ipcbench
