#include "results/submission/submission.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "harness/base/units.hpp"
#include "results/report/compression.hpp"
#include "results/report/digest.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

std::string digest_of(std::string_view text) {
  ReportDigest digest;
  digest.add(text);
  return digest.finish();
}

// "0123...ef.json.zst": the digest that a file's name says its content has.
std::optional<std::string> named_digest(const std::string& name) {
  constexpr std::size_t kDigits = 64;
  const std::filesystem::path file = uncompressed_name(name);
  std::string stem = file.stem().string();
  const bool is_digest =
      stem.size() == kDigits && stem.find_first_not_of("0123456789abcdef") == std::string::npos;
  return is_digest ? std::optional(std::move(stem)) : std::nullopt;
}

std::string fact_of(const Report& report, std::string_view name) {
  const auto fact = std::ranges::find(report.host, name, &Fact::name);
  return fact == report.host.end() ? "" : fact->value;
}

void judge_program(const Report& report, Submission& submission) {
  const std::string build = fact_of(report, "build_type");
  if (build != "release")
    submission.reasons.push_back(fmt::format("The program was a {} build; measure with a release build.",
                                             build.empty() ? "nameless" : build));
  if (const std::string sanitizers = fact_of(report, "build_sanitizers"); !sanitizers.empty())
    submission.reasons.push_back(fmt::format("The program had sanitizers built in ({}).", sanitizers));
  if (const std::string commit = fact_of(report, "program_commit"); commit.ends_with("-changed"))
    submission.remarks.push_back(
        fmt::format("The program's source was changed after its commit ({}).", commit));
}

void judge_session(const Report& report, Submission& submission) {
  const Session& session = report.session;
  if (!session.complete)
    submission.reasons.push_back(fmt::format("The run is not complete: {}", session.note));
  if (session.duet)
    submission.reasons.emplace_back(
        "It is one side of a duet, whose later blocks measure only what looked slower; send a run.");
  for (const Doubt& doubt : report.doubts) {
    auto& lines = doubt.level == Doubt::Level::invalid ? submission.reasons : submission.remarks;
    lines.push_back(fmt::format("{}: {}", name_of(doubt.level), doubt.what));
  }
  if (!report.failed.empty())
    submission.remarks.push_back(fmt::format("{} failed, the first: {}: {}",
                                             counted(report.failed.size(), "launch"),
                                             report.failed.front().cell, report.failed.front().reason));
}

void judge_cells(const Report& report, Submission& submission) {
  submission.cells = report.cells.size();
  submission.launches = report.cells.launches();
  if (report.cells.empty()) submission.reasons.emplace_back("No cell was measured.");
  const auto is_thin = [](const ReportCell& cell) { return cell.launches.size() < kFewestToSubmit; };
  const auto thin = static_cast<std::size_t>(std::ranges::count_if(report.cells, is_thin));
  if (thin == 0) return;
  const auto first = std::ranges::find_if(report.cells, is_thin);
  submission.too_few.push_back(fmt::format(
      "{} of {} have fewer than {} launches, such as {} with {}: fewer give no interval of 95 % for a "
      "median. Measure fewer mechanisms (-m), longer (--budget), or with --repetitions {}.",
      thin, counted(report.cells.size(), "cell"), kFewestToSubmit, first->name, first->launches.size(),
      kFewestToSubmit));
}

void judge_name(std::string_view text, const std::string& name, Submission& submission) {
  const auto claimed = named_digest(name);
  if (!claimed) return;
  if (const std::string digest = digest_of(text); digest != *claimed)
    submission.reasons.push_back(
        fmt::format("Its name is {}, but its content has the digest {}.", *claimed, digest));
  if (!submission.redacted.changes.empty())
    submission.reasons.emplace_back("Its name is a digest, but it has to be redacted first.");
}

void judge_redaction(Submission& submission) {
  for (const Redaction& each : submission.redacted.left)
    submission.reasons.push_back(
        fmt::format("{} still has the name {}: \"{}\".", each.place, each.after, each.before));
}

// Those of `others`, and the users of the machine that the report was fetched from.
PrivateNames with_users_in(std::string_view text, PrivateNames others) {
  std::ranges::move(users_of_homes(text), std::back_inserter(others.users));
  return others;
}

}  // namespace

Submission prepare_submission(std::string_view text, const std::string& name, const PrivateNames& others) {
  const Report report = parse_report(std::string(text), name);
  const PrivateNames names = searchable_names(report, with_users_in(text, others));
  Submission submission;
  try {
    submission.redacted = redacted(text, report, names);
  } catch (const ReportError& error) {
    throw with_origin(error, name);
  }
  submission.digest = digest_of(submission.redacted.text);
  submission.compressed_bytes = compressed(submission.redacted.text, Compression::zstd).size();
  judge_name(text, name, submission);
  judge_redaction(submission);
  judge_program(report, submission);
  judge_session(report, submission);
  judge_cells(report, submission);
  for (const std::string& hidden : names.unsearchable)
    submission.remarks.push_back(fmt::format(
        "The name \"{}\" was not looked for in sentences: it is a word of the report, or too short.",
        hidden));
  return submission;
}

}  // namespace ipcbench
