// The list of claims.
#include <array>
#include <cctype>
#include <optional>

#include "bench/study/claims/file_claims.hpp"
#include "bench/study/claims/key_claims.hpp"
#include "bench/study/claims/memory_claims.hpp"
#include "bench/study/claims/pipe_claims.hpp"
#include "bench/study/claims/queue_claims.hpp"
#include "bench/study/claims/report_claims.hpp"
#include "bench/study/claims/semaphore_claims.hpp"
#include "bench/study/claims/signal_claims.hpp"
#include "bench/study/claims/socket_claims.hpp"
#include "bench/study/claims/thread_claims.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

struct ChapterTable {
  Chapter chapter;
  std::span<const Claim> (*claims)();
  std::optional<MechanismKind> kind;  // of the mechanisms that it is about
};
constexpr std::array kTables{
    ChapterTable{Chapter::shared_memory, memory_claims, MechanismKind::shared_memory},
    ChapterTable{Chapter::queues, queue_claims, MechanismKind::queue},
    ChapterTable{Chapter::keys, key_claims, std::nullopt},
    ChapterTable{Chapter::semaphores, semaphore_claims, MechanismKind::synchronisation},
    ChapterTable{Chapter::pipes, pipe_claims, MechanismKind::pipe},
    ChapterTable{Chapter::signals, signal_claims, MechanismKind::signal},
    ChapterTable{Chapter::files, file_claims, MechanismKind::file},
    ChapterTable{Chapter::sockets, socket_claims, MechanismKind::socket},
    ChapterTable{Chapter::threads, thread_claims, std::nullopt}};

std::vector<Claim> join_tables() {
  std::vector<Claim> all;
  for (const ChapterTable& table : kTables) {
    for (Claim claim : table.claims()) {
      claim.chapter = table.chapter;
      all.push_back(claim);
    }
  }
  return all;
}

Answer answer_from(const ReportTest& test, const Report* report) {
  const std::string remedy = fmt::format("`{} --out report.json` and `ipcbench claims report.json` answer it",
                                         measuring_command(test));
  if (report == nullptr) return untested("no report was given; " + remedy);
  Answer answer = test.test != nullptr ? test.test(*report) : judge_contest(*test.contest, *report);
  if (answer.verdict != ClaimVerdict::untested) return answer;
  return {ClaimVerdict::not_answerable, answer.finding + "; " + remedy, std::move(answer.evidence)};
}

// Letters and digits in lower case, everything else as spaces, with a space at both ends: " sem_undo frees ".
std::string words_of(std::string_view text) {
  std::string words = " ";
  for (const char c : text) {
    const auto letter = static_cast<unsigned char>(c);
    words += std::isalnum(letter) != 0 ? static_cast<char>(std::tolower(letter)) : ' ';
  }
  return words + ' ';
}

bool has_word(std::string_view text, std::string_view word) {
  const std::string wanted = words_of(word);
  if (wanted.find_first_not_of(' ') == std::string::npos) return false;
  const std::string stem = wanted.substr(0, wanted.size() - 1);
  const std::string words = words_of(text);
  return words.find(wanted) != std::string::npos || words.find(stem + "s ") != std::string::npos;
}

}  // namespace

std::span<const Claim> claims() {
  static const std::vector<Claim> kClaims = join_tables();
  return kClaims;
}

bool is_about(const Claim& claim, std::string_view subject) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  if (std::ranges::none_of(subject, is_letter)) return false;  // "0" is in many statements
  const MechanismEntry* const mechanism = find_mechanism(subject);
  const auto kind = mechanism != nullptr ? mechanism->traits.kind : parse_axis<MechanismKind>(subject);
  const auto table = std::ranges::find(kTables, claim.chapter, &ChapterTable::chapter);
  return (kind && kind == table->kind) || has_word(name_of(claim.chapter), subject) ||
         has_word(claim.name, subject) || has_word(claim.statement, subject);
}

std::string measuring_command(const ReportTest& test) {
  std::string command = "ipcbench run --profile quick";
  std::vector<std::string_view> names;
  for (const MechanismEntry& entry : mechanisms()) {
    const MechanismInfo info = info_of(entry.traits);
    if (test.contest != nullptr && (test.contest->is_subject(info) || test.contest->is_reference(info)))
      names.push_back(entry.traits.name);
  }
  if (!names.empty()) command += fmt::format(" --mechanism {}", fmt::join(names, ","));
  return test.options.empty() ? command : fmt::format("{} {}", command, test.options);
}

std::string_view kind_of(const Claim& claim) {
  return std::holds_alternative<ReportTest>(claim.test) ? "report" : "experiment";
}

Answer answer(const Claim& claim, const Report* report) {
  try {
    if (const auto* const test = std::get_if<ReportTest>(&claim.test)) return answer_from(*test, report);
    Answer tried = std::get<Experiment>(claim.test)();
    if (claim.beside != nullptr && report != nullptr) {
      for (std::string& line : claim.beside(*report)) tried.evidence.push_back(std::move(line));
    }
    return tried;
  } catch (const std::exception& error) {
    return untested(error.what());
  }
}

ClaimAnswers answers_from(const Report& report, std::string report_file) {
  ClaimAnswers answers{.system = {},
                       .kernel = {},
                       .report_file = std::move(report_file),
                       .report_host = report.context.host_name,
                       .answers = {}};
  for (const Claim& claim : claims()) {
    const bool tried = std::holds_alternative<Experiment>(claim.test);
    answers.answers.push_back(
        {&claim,
         tried ? untested(fmt::format("`ipcbench claims --claim {}` tries it on this kernel", claim.name))
               : answer(claim, &report)});
  }
  return answers;
}

}  // namespace ipcbench
