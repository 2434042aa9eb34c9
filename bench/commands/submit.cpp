// ipcbench submit: a report on its way to a collection, without what names its machine.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>

#include "bench/cli/console.hpp"
#include "bench/commands/command.hpp"
#include "harness/cleanup/whole_file.hpp"
#include "results/report/compression.hpp"
#include "results/report/input_file.hpp"
#include "results/submission/submission.hpp"

namespace ipcbench {
namespace {

struct SubmitArguments {
  std::string report;
  std::string out;
  bool check = false;
};

// Of this machine and of whoever calls the program, wherever the report comes from.
PrivateNames own_names() {
  PrivateNames names;
  std::array<char, 256> host{};
  if (gethostname(host.data(), host.size() - 1) == 0) {
    names.hosts.emplace_back(host.data());
    names.hosts.push_back(names.hosts.front().substr(0, names.hosts.front().find('.')));
  }
  for (const char* variable : {"USER", "LOGNAME", "SUDO_USER"}) {
    if (const char* const user = std::getenv(variable)) names.users.emplace_back(user);
  }
  if (const char* const home = std::getenv("HOME")) names.paths.emplace_back(home);
  if (const passwd* const entry = getpwuid(geteuid())) {
    names.users.emplace_back(entry->pw_name);
    names.paths.emplace_back(entry->pw_dir);
  }
  return names;
}

std::string whole_text(InputFile& input) {
  std::string text;
  for (std::string_view piece = input.next(); !piece.empty(); piece = input.next()) text += piece;
  return text;
}

std::string how_to_send(const std::string& file, const std::string& digest) {
  const std::string target = fmt::format("results/fleet/{}.json.zst", digest);
  return fmt::format(
      "\nReady: {0}. Nothing was sent. In a clone of your fork of ipcbench, these commands make the "
      "request:\n"
      "  git switch -c report-{1}\n"
      "  cp {0} {2}\n"
      "  git add {2}\n"
      "  git commit -m 'Add a report of MACHINE'\n"
      "  git push -u origin report-{1}\n"
      "then open a pull request for that branch, and say in it what kind of machine it was.\n",
      file, digest.substr(0, 12), target);
}

Outcome outcome_of(const Submission& submission) {
  if (!submission.reasons.empty()) return Outcome::regressed;
  return submission.too_few.empty() ? Outcome::success : Outcome::too_weak;
}

// A report that is ready as it is needs no second file, unless one is asked for.
std::string write_redacted(const SubmitArguments& arguments, const Submission& submission) {
  const std::string usual = submission.digest + ".json.zst";
  std::string file = arguments.out.empty() ? usual : arguments.out;
  const bool is_there = std::filesystem::path(arguments.report).filename() == usual;
  if (arguments.out.empty() && is_there) return arguments.report;
  write_whole_file(file, compressed(submission.redacted.text, compression_of(file)));
  return file;
}

Outcome submit(const SubmitArguments& arguments) {
  if (!arguments.check) {
    throw UsageError("--check: is missing; ipcbench itself sends nothing",
                     "`ipcbench submit --check REPORT` says what would leave, and how to send it");
  }
  InputFile input(arguments.report, Dash::is_standard_input);
  const std::string text = whole_text(input);
  const Submission submission = prepare_submission(text, input.name(), own_names());
  const TextStyle style = output_style();
  print(leaving_text(submission, style));
  print(judgement_text(submission, style));
  const Outcome outcome = outcome_of(submission);
  if (outcome == Outcome::success) {
    print(how_to_send(write_redacted(arguments, submission), submission.digest));
  } else {
    print("\nNot ready: nothing was written.\n");
  }
  return outcome;
}

}  // namespace

CommandAction declare_submit(CLI::App& app) {
  auto arguments = std::make_shared<SubmitArguments>();
  app.add_option("REPORT", arguments->report, "A report that `ipcbench run` wrote")
      ->type_name("")
      ->required();
  app.add_flag("--check", arguments->check,
               "Replace what is private, check the rest, and say what would leave; sends nothing");
  app.add_option("-o,--out", arguments->out, "Where the redacted report goes (default: DIGEST.json.zst here)")
      ->type_name("FILE");
  return [arguments](const Invocation&) { return submit(*arguments); };
}

}  // namespace ipcbench
