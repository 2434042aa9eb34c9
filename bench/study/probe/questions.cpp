// What each question of the probes means, how it is tried, and how to read the answers: questions.json.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "bench/study/probe/finding.hpp"
#include "harness/base/text_layout.hpp"

namespace ipcbench {

std::string_view questions_file();  // questions.json; the build writes its definition

std::span<const ProbeQuestion> probe_questions() {
  static const auto kQuestions = [] {
    const auto json = nlohmann::json::parse(questions_file());
    std::vector<ProbeQuestion> all;
    for (const auto& [guarantee, name, label] : kAxis<Guarantee>) {
      const auto& question = json.at(name);
      all.push_back({guarantee, question.at("heading"), question.at("tried"), question.at("answers")});
    }
    return all;
  }();
  return kQuestions;
}

const ProbeQuestion& question_of(Guarantee guarantee) {
  return *std::ranges::find(probe_questions(), guarantee, &ProbeQuestion::guarantee);
}

std::string explained(const ProbeQuestion& question) {
  const auto& axis = *std::ranges::find(kAxis<Guarantee>, question.guarantee, &AxisValue<Guarantee>::value);
  std::string heading = question.heading;
  std::ranges::replace(heading, '\n', ' ');
  return fmt::format("{} (--json: {})\n{}{}{}\n", heading, axis.name,
                     wrap_paragraph("  asks:    ", axis.label), wrap_paragraph("  tried:   ", question.tried),
                     wrap_paragraph("  answers: ", question.answers));
}

}  // namespace ipcbench
