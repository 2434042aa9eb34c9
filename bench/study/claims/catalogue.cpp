// The list of claims.
#include <cctype>
#include <nlohmann/json.hpp>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/report_claims.hpp"
#include "harness/base/error.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

std::string_view claims_file();  // claims.json; the build writes its definition

namespace {

using ClaimsJson = nlohmann::json;

struct Catalogue {
  std::vector<Chapter> chapters;
  std::vector<Claim> claims;
};

Claim read_claim(const ClaimsJson& json, const Chapter& chapter) {
  Claim claim{.name = json.at("name"),
              .number = json.value("number", 0U),
              .sentences = json.at("sentences"),
              .statement = json.at("statement"),
              .source = json.value("source", ""),
              .readings = {},
              .chapter = &chapter,
              .trial = {}};
  for (const auto& [verdict, name, label] : kAxis<ClaimVerdict>) {
    if (const auto reading = json.find(name); reading != json.end()) claim.readings[verdict] = *reading;
  }
  const auto trial = std::ranges::find(claim_trials(), claim.name, &ClaimTrial::claim);
  if (trial == claim_trials().end()) throw Error("nothing tests the claim " + claim.name);
  claim.trial = *trial;
  return claim;
}

Catalogue read_catalogue() {
  Catalogue all;
  const ClaimsJson json = ClaimsJson::parse(claims_file());
  for (const ClaimsJson& chapter : json)
    all.chapters.push_back({chapter.at("name"), chapter.at("title"),
                            parse_axis<MechanismKind>(chapter.value("mechanisms", ""))});
  for (std::size_t i = 0; i < json.size(); ++i) {
    for (const ClaimsJson& claim : json[i].at("claims"))
      all.claims.push_back(read_claim(claim, all.chapters[i]));
  }
  return all;
}

const Catalogue& catalogue() {
  static const Catalogue kAll = read_catalogue();
  return kAll;
}

Answer answer_from(const Contest& contest, const Report* report) {
  const auto with_remedy = [&](std::string_view reason) {
    return fmt::format("{}; `{} --out report.json` and `ipcbench claims report.json` answer it", reason,
                       measuring_command(contest));
  };
  if (report == nullptr) return untested(with_remedy("no report was given"));
  Answer answer = judge_contest(contest, *report);
  if (answer.verdict != ClaimVerdict::untested) return answer;
  return {ClaimVerdict::not_answerable, with_remedy(answer.finding), std::move(answer.evidence)};
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
  const std::string words = words_of(text);
  const std::string stem = words_of(word).substr(0, word.size() + 1);
  return words.find(stem + " ") != std::string::npos || words.find(stem + "s ") != std::string::npos;
}

}  // namespace

std::span<const Chapter> chapters() { return catalogue().chapters; }

std::span<const Claim> claims() { return catalogue().claims; }

bool is_about(const Claim& claim, std::string_view subject) {
  const auto is_letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  if (std::ranges::none_of(subject, is_letter)) return false;  // "0" is in many statements
  const MechanismEntry* const mechanism = find_mechanism(subject);
  const auto kind = mechanism != nullptr ? mechanism->traits.kind : parse_axis<MechanismKind>(subject);
  return (kind && kind == claim.chapter->kind) || has_word(claim.chapter->name, subject) ||
         has_word(claim.name, subject) || has_word(claim.statement, subject);
}

std::string_view kind_of(const Claim& claim) {
  return std::holds_alternative<Experiment>(claim.trial.test) ? "experiment" : "report";
}

Answer answer(const Claim& claim, const Report* report) {
  try {
    if (const auto* const contest = std::get_if<const Contest*>(&claim.trial.test))
      return answer_from(**contest, report);
    Answer tried = std::get<Experiment>(claim.trial.test)().answer(claim.readings);
    if (claim.trial.beside != nullptr && report != nullptr) {
      for (std::string& line : claim.trial.beside(*report)) tried.evidence.push_back(std::move(line));
    }
    return tried;
  } catch (const std::exception& error) {
    return untested(error.what());
  }
}

ClaimAnswers answers_from(const Report& report, std::string report_file) {
  ClaimAnswers answers;
  answers.report_file = std::move(report_file);
  answers.report_host = report.context.host_name;
  for (const Claim& claim : claims()) {
    const bool tried = std::holds_alternative<Experiment>(claim.trial.test);
    answers.answers.push_back(
        {&claim,
         tried ? untested(fmt::format("`ipcbench claims --claim {}` tries it on this kernel", claim.name))
               : answer(claim, &report)});
  }
  return answers;
}

}  // namespace ipcbench
