// `ipcbench claims`: tests what textbooks say on this kernel and against a report.
#include <fmt/format.h>
#include <sys/utsname.h>

#include <memory>
#include <optional>
#include <set>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/study/claims/claim.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

struct ClaimsArguments {
  std::string report;
  std::vector<std::string> numbers;
  std::string format = "text";
  std::string out;
  bool quiet = false;
};

struct ClaimsFormat {
  std::string_view name;
  std::string (*write)(const ClaimAnswers&);
};
constexpr std::array kClaimsFormats{ClaimsFormat{"text", claims_text}, ClaimsFormat{"json", claims_json},
                                    ClaimsFormat{"markdown", claims_markdown}};

// All claims if no number is given.
std::vector<const Claim*> chosen_claims(const std::vector<std::string>& numbers) {
  std::set<std::uint64_t> wanted;
  for (const std::string& number : numbers.empty() ? numbers : split_list("--claim", numbers)) {
    wanted.insert(parse_number("--claim", number, 1, claims().size()));
  }
  std::vector<const Claim*> chosen;
  for (const Claim& claim : claims()) {
    if (wanted.empty() || wanted.contains(claim.number)) chosen.push_back(&claim);
  }
  return chosen;
}

std::string system_name() {
  utsname names{};
  uname(&names);
  return fmt::format("{} {}, {}", names.sysname, names.release, names.machine);
}

// The experiments create kernel objects that only this user may open.
std::vector<AnsweredClaim> answers_to(const std::vector<const Claim*>& chosen, const Report* report,
                                      bool quiet) {
  const OwnerOnlyUmask owner_only;
  std::vector<AnsweredClaim> answers;
  answers.reserve(chosen.size());
  StepLine line(quiet);
  for (const Claim* claim : chosen) {
    line.show(fmt::format("testing claim {} ({} of {})", claim->number, answers.size() + 1, chosen.size()));
    answers.push_back({claim, answer(*claim, report)});
  }
  return answers;
}

Outcome test_claims(const ClaimsArguments& arguments) {
  const ClaimsFormat& format = parse_choice("--format", arguments.format, kClaimsFormats);
  const std::vector<const Claim*> chosen = chosen_claims(arguments.numbers);
  OutputFile out(arguments.out);
  std::optional<Report> report;
  ClaimAnswers answers{
      .system = system_name(), .report_file = arguments.report, .report_host = {}, .answers = {}};
  if (!arguments.report.empty()) {
    report = read_report(arguments.report);
    answers.report_host = report->context.host_name;
  }
  const RunDirectory directory(false);
  answers.answers = answers_to(chosen, report ? &*report : nullptr, arguments.quiet);
  out.write(format.write(answers));
  return Outcome::success;
}

}  // namespace

CommandAction declare_claims(CLI::App& app) {
  auto arguments = std::make_shared<ClaimsArguments>();
  app.add_option("REPORT", arguments->report,
                 "A report of `ipcbench run`, which answers the claims about speed");
  app.add_option("--claim", arguments->numbers, "Test only the claims with these numbers")
      ->type_name("N,...")
      ->allow_extra_args(false);
  declare_format(app, arguments->format, {"text", "json", "markdown"});
  app.add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  app.add_option("-o,--out", arguments->out, "The file to write to (default: standard output)")
      ->type_name("FILE");
  app.footer(
      "Without a report, the claims about speed stay untested; the answer names the command that measures "
      "the cells.");
  return [arguments](const Invocation&) { return test_claims(*arguments); };
}

}  // namespace ipcbench
