// The answers to the claims as text, JSON and Markdown.
#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/rendering.hpp"
#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kIndent = 6;

std::string source_text(const ClaimAnswers& answers) {
  if (answers.report_file.empty()) return fmt::format("Tried on {}; no report was given.", answers.system);
  return fmt::format("Tried on {}; speed from {}, measured on {}.", answers.system, answers.report_file,
                     answers.report_host);
}

std::string claim_text(const AnsweredClaim& answered) {
  const auto& [claim, answer] = answered;
  const std::string indent(kIndent, ' ');
  std::string text = fmt::format("  {}: {}\n", claim->name, label_of(answer.verdict));
  text += wrap_paragraph(indent, claim->statement) + wrap_paragraph(indent, answer.finding);
  for (const std::string& line : answer.evidence) text += wrap_paragraph(indent + "- ", line);
  if (!claim->source.empty()) text += fmt::format("{}said at {}\n", indent, claim->source);
  return text;
}

Json claim_json(const AnsweredClaim& answered) {
  const auto& [claim, answer] = answered;
  return {{"name", claim->name},
          {"number", claim->number == 0 ? Json(nullptr) : Json(claim->number)},
          {"chapter", claim->chapter->name},
          {"sentences", claim->sentences},
          {"statement", claim->statement},
          {"source", claim->source.empty() ? Json(nullptr) : Json(claim->source)},
          {"kind", kind_of(*claim)},
          {"verdict", name_of(answer.verdict)},
          {"finding", answer.finding},
          {"evidence", answer.evidence}};
}

// "17 confirmed, 2 refuted, 1 depends"; omits verdicts without claims.
std::string count_verdicts(const std::vector<AnsweredClaim>& answers) {
  std::vector<std::string> counts;
  for (const auto& [verdict, name, label] : kAxis<ClaimVerdict>) {
    const auto count =
        std::ranges::count(answers, verdict, [](const AnsweredClaim& each) { return each.answer.verdict; });
    if (count > 0) counts.push_back(fmt::format("{} {}", count, label));
  }
  return fmt::format("{}", fmt::join(counts, ", "));
}

// Calls `write` with each chapter that has answers, in order.
template <class Write>
void by_chapter(const std::vector<AnsweredClaim>& answers, Write write) {
  for (const Chapter& chapter : chapters()) {
    std::vector<AnsweredClaim> members;
    std::ranges::copy_if(answers, std::back_inserter(members),
                         [&](const AnsweredClaim& each) { return each.claim->chapter == &chapter; });
    if (!members.empty()) write(chapter.title, members);
  }
}

}  // namespace

std::string claims_text(const ClaimAnswers& answers) {
  std::string text = wrap_paragraph("", source_text(answers));
  by_chapter(answers.answers, [&](std::string_view title, const std::vector<AnsweredClaim>& members) {
    text += fmt::format("\n{}\n", title);
    for (const AnsweredClaim& answered : members) text += '\n' + claim_text(answered);
  });
  return text + fmt::format("\n{}\n", count_verdicts(answers.answers));
}

std::string claims_json(const ClaimAnswers& answers) {
  const bool has_report = !answers.report_file.empty();
  Json claims = Json::array();
  for (const AnsweredClaim& answered : answers.answers) claims.push_back(claim_json(answered));
  return json_text({{"version", IPCBENCH_VERSION},
                    {"system", answers.system},
                    {"kernel", answers.kernel},
                    {"report", has_report ? Json(answers.report_file) : Json(nullptr)},
                    {"report_host", has_report ? Json(answers.report_host) : Json(nullptr)},
                    {"claims", claims}});
}

std::string claims_markdown(const ClaimAnswers& answers) {
  std::string text = source_text(answers) + "\n";
  by_chapter(answers.answers, [&](std::string_view title, const std::vector<AnsweredClaim>& members) {
    std::vector<std::vector<std::string>> rows{{"claim", "statement", "answer", "finding"}};
    for (const auto& [claim, answer] : members) {
      rows.push_back({fmt::format("`{}`", claim->name),
                      claim->source.empty()
                          ? claim->statement
                          : fmt::format("{} ([source]({}))", claim->statement, claim->source),
                      std::string(label_of(answer.verdict)), answer.finding});
    }
    text += fmt::format("\n## {}\n\n{}", title, markdown_table(rows));
  });
  return text;
}

}  // namespace ipcbench
