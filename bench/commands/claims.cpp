// `ipcbench claims`: tests what textbooks say on this kernel and against a report.
#include <fmt/format.h>
#include <sys/utsname.h>

#include <algorithm>
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
  std::vector<std::string> names;
  std::vector<std::string> subjects;
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

// By name, or by the number that some have.
void choose_by_name(const std::vector<std::string>& names, std::set<const Claim*>& chosen) {
  std::vector<std::string> known;
  known.reserve(claims().size());
  for (const Claim& claim : claims()) known.emplace_back(claim.name);
  for (const std::string& name : names) {
    const auto found = std::ranges::find_if(claims(), [&](const Claim& claim) {
      return claim.name == name || (claim.number != 0 && std::to_string(claim.number) == name);
    });
    if (found == claims().end()) throw UsageError(unknown_name("--claim", name, known));
    chosen.insert(&*found);
  }
}

void choose_by_subject(const std::vector<std::string>& subjects, std::set<const Claim*>& chosen) {
  std::vector<std::string> known;
  known.reserve(chapters().size());
  for (const Chapter& chapter : chapters()) known.emplace_back(chapter.name);
  for (const std::string& subject : subjects) {
    bool any = false;
    for (const Claim& claim : claims()) {
      if (!is_about(claim, subject)) continue;
      any = true;
      chosen.insert(&claim);
    }
    if (!any) throw UsageError(unknown_name("--about", subject, known));
  }
}

// All claims if nothing is chosen.
std::vector<const Claim*> chosen_claims(const ClaimsArguments& arguments) {
  std::set<const Claim*> chosen;  // in the order of the catalogue, which is one array
  choose_by_name(split_list("--claim", arguments.names), chosen);
  choose_by_subject(split_list("--about", arguments.subjects), chosen);
  if (!chosen.empty()) return {chosen.begin(), chosen.end()};
  std::vector<const Claim*> all;
  all.reserve(claims().size());
  for (const Claim& claim : claims()) all.push_back(&claim);
  return all;
}

ClaimAnswers on_this_system(const std::string& report_file) {
  utsname names{};
  uname(&names);
  return {.system = fmt::format("{} {}, {}", names.sysname, names.release, names.machine),
          .kernel = names.release,
          .report_file = report_file,
          .report_host = {},
          .answers = {}};
}

// The experiments create kernel objects that only this user may open.
std::vector<AnsweredClaim> answers_to(const std::vector<const Claim*>& chosen, const Report* report,
                                      bool quiet) {
  const OwnerOnlyUmask owner_only;
  std::vector<AnsweredClaim> answers;
  answers.reserve(chosen.size());
  StepLine line(quiet);
  for (const Claim* claim : chosen) {
    line.show(fmt::format("testing {} ({} of {})", claim->name, answers.size() + 1, chosen.size()));
    answers.push_back({claim, answer(*claim, report)});
  }
  return answers;
}

Outcome test_claims(const ClaimsArguments& arguments) {
  const ClaimsFormat& format = parse_choice("--format", arguments.format, kClaimsFormats);
  const std::vector<const Claim*> chosen = chosen_claims(arguments);
  OutputFile out(arguments.out);
  std::optional<Report> report;
  ClaimAnswers answers = on_this_system(arguments.report);
  if (!arguments.report.empty()) {
    report = read_report(arguments.report);
    answers.report_host = report->context.host_name;
  }
  const std::unique_ptr<RunDirectory> directory = run_directory_if_possible();
  answers.answers = answers_to(chosen, report ? &*report : nullptr, arguments.quiet);
  out.write(format.write(answers));
  return Outcome::success;
}

}  // namespace

CommandAction declare_claims(CLI::App& app) {
  auto arguments = std::make_shared<ClaimsArguments>();
  app.add_option("REPORT", arguments->report,
                 "A report of `ipcbench run`, which answers the claims about speed");
  app.add_option("--claim", arguments->names, "Test only the claims of these names, or numbers 1 to 20")
      ->type_name("NAME,...")
      ->allow_extra_args(false);
  app.add_option("--about", arguments->subjects,
                 "Test only the claims about this: a chapter, a kind of mechanism, a mechanism, or a word of "
                 "the statement")
      ->type_name("WORD,...")
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
