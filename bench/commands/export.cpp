// ipcbench export: a report in the formats of other tools.
#include "results/export/export.hpp"

#include <fmt/format.h>

#include <CLI/App.hpp>
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/exit_code.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

struct ExportArguments {
  std::string report;
  std::string reader;
  std::string out;
  std::string repository;
  std::string branch;
  std::string commit;
  std::string commit_time;
};

const ExportFormat& format_of(const ExportArguments& arguments) {
  std::vector<std::string> names;
  for (const ExportFormat& format : export_formats()) names.emplace_back(format.name);
  const std::string name = parse_names("--for", {arguments.reader}, names).front();
  return *std::ranges::find(export_formats(), name, &ExportFormat::name);
}

std::string environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::string first_given(const std::string& argument, const std::string& otherwise) {
  return argument.empty() ? otherwise : argument;
}

// As GitHub's runners say it: "https://github.com/owner/name".
std::string repository_of_runner() {
  const std::string repository = environment("GITHUB_REPOSITORY");
  if (repository.empty()) return "";
  return fmt::format("{}/{}", first_given(environment("GITHUB_SERVER_URL"), "https://github.com"),
                     repository);
}

Revision revision_of(const ExportArguments& arguments) {
  Revision revision{.repository = first_given(arguments.repository, repository_of_runner()),
                    .branch = first_given(arguments.branch, environment("GITHUB_REF_NAME")),
                    .commit = first_given(arguments.commit, environment("GITHUB_SHA")),
                    .commit_time_s = {}};
  if (!arguments.commit_time.empty()) {
    constexpr std::uint64_t kYear9999 = 253'402'300'799;
    revision.commit_time_s =
        static_cast<std::int64_t>(parse_number("--commit-time", arguments.commit_time, 0, kYear9999));
  }
  return revision;
}

void check_revision(const ExportFormat& format, const Revision& revision) {
  if (!format.needs_revision) return;
  std::string missing;
  for (const auto& [option, value] :
       {std::pair{"--repository", &revision.repository}, std::pair{"--branch", &revision.branch},
        std::pair{"--commit", &revision.commit}}) {
    if (value->empty()) missing += fmt::format("{}{}", missing.empty() ? "" : ", ", option);
  }
  if (missing.empty()) return;
  throw UsageError(
      fmt::format("--for {}: its reader refuses results without a commit; add {}.", format.name, missing));
}

// What no reader shows beside the number.
void say_doubts_of(const Report& report) {
  for (const Doubt& doubt : report.doubts) {
    if (doubt.level == Doubt::Level::invalid) say(fmt::format("ipcbench: invalid: {}", doubt.what));
  }
  if (!report.session.complete) say(fmt::format("ipcbench: not complete: {}", report.session.note));
}

Outcome export_report(const ExportArguments& arguments) {
  const ExportFormat& format = format_of(arguments);
  const Revision revision = revision_of(arguments);
  check_revision(format, revision);
  const Report report = read_report(arguments.report);
  if (report.rows.empty()) {
    throw UsageError(fmt::format("{}: has no measured cell to export.", arguments.report));
  }
  write_out(arguments.out, format.write(report, revision));
  say_doubts_of(report);
  return Outcome::success;
}

std::string footer() {
  std::string text = "Readers, each with one row per cell, the median over its launches:\n";
  for (const ExportFormat& format : export_formats())
    text += fmt::format("  {:<24} {}\n", format.name, format.summary);
  return text +
         "On GitHub's runners repository, branch and commit are taken from GITHUB_SERVER_URL and "
         "GITHUB_REPOSITORY, GITHUB_REF_NAME, GITHUB_SHA.";
}

CommandAction declare_export(CLI::App& app) {
  auto arguments = std::make_shared<ExportArguments>();
  app.add_option("REPORT", arguments->report, "A report that `ipcbench run` wrote")->required();
  app.add_option("--for", arguments->reader, "The reader, see below")->type_name("READER")->required();
  app.add_option("--out", arguments->out, "Where it goes (default: standard output)")->type_name("FILE");
  app.add_option("--repository", arguments->repository, "For conbench and nyrkio: where the source is")
      ->type_name("URL");
  app.add_option("--branch", arguments->branch, "For nyrkio: the branch that was measured")
      ->type_name("NAME");
  app.add_option("--commit", arguments->commit, "For conbench and nyrkio: the commit that was measured")
      ->type_name("HASH");
  app.add_option("--commit-time", arguments->commit_time,
                 "For nyrkio: when it was committed, as `git log -1 --format=%ct` says (default: when it was "
                 "measured)")
      ->type_name("SECONDS");
  app.footer(footer());
  return [arguments](const Invocation&) { return export_report(*arguments); };
}

}  // namespace

const Command kExportCommand{
    .name = "export",
    .summary = "Write a report in the format of another tool: Google Benchmark, CSV, ...",
    .declare = declare_export};

}  // namespace ipcbench
