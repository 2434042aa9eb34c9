// `ipcbench probe`: tries what each mechanism guarantees on this kernel.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/mechanism_groups.hpp"
#include "bench/run/selection.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

struct ProbeArguments {
  std::vector<std::string> mechanisms;
  std::string format = "text";
  std::vector<std::string> explain;
  bool evidence = false;
  bool quiet = false;
  std::string out;
};

std::vector<ProbedMechanism> probe_all(const std::vector<const MechanismEntry*>& chosen, bool quiet) {
  StepLine line(quiet);
  const auto show = [&](std::size_t done, std::size_t of) {
    line.show(fmt::format("probed {} of {} mechanisms and their memories", done, of));
  };
  return probe_mechanisms(chosen, {.interrupted = InterruptWatch::flag(), .bytes_too = true}, show);
}

std::string rendered(const std::vector<ProbedMechanism>& probed, const ProbeArguments& arguments) {
  if (arguments.format == "json") return probe_json(probed);
  if (arguments.format == "markdown") return probe_markdown(probed, arguments.evidence);
  constexpr std::size_t kFew = 3;  // short enough to be read in full
  return probe_text(probed, arguments.evidence || probed.size() <= kFew);
}

// Nothing is tried.
Outcome explain(const ProbeArguments& arguments) {
  std::vector<std::string> known;
  known.reserve(kAxis<Guarantee>.size());
  for (const auto& question : kAxis<Guarantee>) known.emplace_back(question.name);
  std::string text;
  for (const std::string& name : parse_names("--explain", arguments.explain, known))
    text += explained(question_of(*parse_axis<Guarantee>(name)));
  OutputFile(arguments.out).write(text);
  return Outcome::success;
}

Outcome probe(const ProbeArguments& arguments) {
  if (!arguments.explain.empty()) return explain(arguments);
  const auto chosen = mechanisms_named(parse_mechanisms("--mechanism", arguments.mechanisms));
  parse_names("--format", {arguments.format}, {"text", "json", "markdown"});
  // A file that cannot be written fails before the work, not after it.
  OutputFile out(arguments.out);
  const std::unique_ptr<RunDirectory> directory = run_directory_if_possible();
  const InterruptWatch watch;
  const std::vector<ProbedMechanism> probed = probe_all(chosen, arguments.quiet);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  out.write(rendered(probed, arguments));
  const bool failed = std::ranges::any_of(probed, [](const ProbedMechanism& mechanism) {
    return std::ranges::find(mechanism.findings, ProbeFinding::State::failed, &ProbeFinding::state) !=
           mechanism.findings.end();
  });
  return failed ? Outcome::measurement_failed : Outcome::success;
}

}  // namespace

CommandAction declare_probe(CLI::App& app) {
  auto arguments = std::make_shared<ProbeArguments>();
  app.add_option("-m,--mechanism", arguments->mechanisms,
                 "The mechanisms to probe: names, patterns or groups, as of `ipcbench run` (default: all)")
      ->type_name("NAME,...")
      ->allow_extra_args(false);
  declare_format(app, arguments->format, {"text", "json", "markdown"});
  app.add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  app.add_flag("--evidence", arguments->evidence, "Show what was tried and what happened, for every answer");
  app.add_option("--explain", arguments->explain,
                 "Only say how these columns are tried, and what their answers mean: duplex, order, ...")
      ->type_name("COLUMN,...")
      ->allow_extra_args(false);
  app.add_option("-o,--out", arguments->out, "The file to write to (default: standard output)")
      ->type_name("FILE");
  return [arguments](const Invocation&) { return probe(*arguments); };
}

}  // namespace ipcbench
