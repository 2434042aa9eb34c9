#include "bench/study/claims/claims_output.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 16;

std::string source_text(const ClaimAnswers& answers) {
  if (answers.report_file.empty()) return fmt::format("Tried on {}; no report was given.", answers.system);
  return fmt::format("Tried on {}; speed from {}, measured on {}.", answers.system, answers.report_file,
                     answers.report_host);
}

std::string claim_text(const AnsweredClaim& answered) {
  const auto& [claim, answer] = answered;
  const std::string indent(kIndent, ' ');
  std::string text =
      wrap_paragraph(fmt::format("{:>3}  {:<11}", claim->number, name_of(answer.verdict)), claim->statement);
  text += wrap_paragraph(indent, answer.finding);
  for (const std::string& line : answer.evidence) text += wrap_paragraph(indent + "- ", line);
  return text;
}

Json claim_json(const AnsweredClaim& answered) {
  const auto& [claim, answer] = answered;
  return {{"number", claim->number},   {"statement", claim->statement},
          {"kind", kind_of(*claim)},   {"verdict", name_of(answer.verdict)},
          {"finding", answer.finding}, {"evidence", answer.evidence}};
}

// As the text of a table's cell.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char letter : text) {
    if (letter == '|') safe += '\\';
    safe += letter == '\n' ? ' ' : letter;
  }
  return safe;
}

}  // namespace

std::string count_verdicts(const std::vector<AnsweredClaim>& answers) {
  std::vector<std::string> counts;
  for (const auto& [verdict, name, label] : kAxis<ClaimVerdict>) {
    const auto count = std::ranges::count_if(answers, [wanted = verdict](const AnsweredClaim& answered) {
      return answered.answer.verdict == wanted;
    });
    if (count > 0) counts.push_back(fmt::format("{} {}", count, name));
  }
  return fmt::format("{}", fmt::join(counts, ", "));
}

std::string claims_text(const ClaimAnswers& answers) {
  std::string text = wrap_paragraph("", source_text(answers));
  for (const AnsweredClaim& answered : answers.answers) text += '\n' + claim_text(answered);
  return text + fmt::format("\n{}\n", count_verdicts(answers.answers));
}

std::string claims_json(const ClaimAnswers& answers) {
  const bool has_report = !answers.report_file.empty();
  Json json;
  json["version"] = IPCBENCH_VERSION;
  json["system"] = answers.system;
  json["report"] = has_report ? Json(answers.report_file) : Json(nullptr);
  json["report_host"] = has_report ? Json(answers.report_host) : Json(nullptr);
  json["claims"] = Json::array();
  for (const AnsweredClaim& answered : answers.answers) json["claims"].push_back(claim_json(answered));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string claims_markdown(const ClaimAnswers& answers) {
  std::string text = source_text(answers) + "\n\n| # | statement | answer | finding |\n|---|---|---|---|\n";
  for (const auto& [claim, answer] : answers.answers) {
    text += fmt::format("| {} | {} | {} | {} |\n", claim->number, escaped(claim->statement),
                        name_of(answer.verdict), escaped(answer.finding));
  }
  return text;
}

}  // namespace ipcbench
