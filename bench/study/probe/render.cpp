// Writes the findings of the probes as text, JSON and Markdown.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "bench/study/parts/rendering.hpp"
#include "bench/study/probe/finding.hpp"
#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;
using Mechanisms = std::span<const ProbedMechanism>;
using Rows = std::vector<std::vector<std::string>>;

using Columns = std::span<const Guarantee>;
constexpr auto kColumns = [] {
  using enum Guarantee;
  return std::array{unrelated,   duplex,      boundaries, order,   reliable, when_full, capacity, largest,
                    writer_gone, reader_gone, opening,    senders, updates,  lifetime,  rights};
}();
// The text output has three tables, because more columns do not fit.
constexpr std::array<std::size_t, 3> kTables{6, 5, 4};

constexpr std::string_view kLegend =
    "Tried with the kernel's object; *: by design of what this program builds on it (a ring, a mailbox, a "
    "mode). -: does not apply. ?: could not be tried. --explain COLUMN says how a column is tried, "
    "--evidence "
    "what was done and what happened.";

std::string marked(const ProbeFinding& finding) {
  using State = ProbeFinding::State;
  if (finding.state == State::not_applicable) return "-";
  if (finding.state == State::not_tried) return "?";
  return finding.answer + (finding.state == State::by_design ? "*" : "");
}

bool was_tried(const ProbedMechanism& mechanism) {
  return std::ranges::any_of(mechanism.findings, [](const ProbeFinding& finding) {
    return finding.state != ProbeFinding::State::not_tried;
  });
}

// The headings, and a row for each mechanism that was tried.
Rows table(Mechanisms mechanisms, Columns columns, std::string_view name_format) {
  Rows rows{{"mechanism"}};
  for (const Guarantee column : columns) rows.front().emplace_back(question_of(column).heading);
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (!was_tried(mechanism)) continue;
    rows.push_back({fmt::format(fmt::runtime(name_format), mechanism.name)});
    for (const Guarantee column : columns) {
      const auto finding = std::ranges::find(mechanism.findings, column, &ProbeFinding::guarantee);
      rows.back().push_back(finding == mechanism.findings.end() ? "?" : marked(*finding));
    }
  }
  return rows;
}

// Headings in two lines.
std::string text_table(Mechanisms mechanisms, Columns columns) {
  Rows rows = table(mechanisms, columns, "{}");
  if (rows.size() == 1) return "";
  std::vector<std::string> below{""};
  std::swap(below.front(), rows.front().front());
  for (std::string& heading : std::span(rows.front()).subspan(1)) {
    const std::size_t end = heading.find('\n');
    below.push_back(heading.substr(end + 1));
    heading.resize(end);
  }
  rows.insert(rows.begin() + 1, below);
  return align_columns(rows) + "\n";
}

// The mechanisms that were not tried, grouped by the reason, and the failures.
std::string reasons(Mechanisms mechanisms) {
  std::map<std::string, std::vector<std::string_view>> names_by_reason;
  std::string failures;
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (!was_tried(mechanism) && !mechanism.findings.empty())
      names_by_reason[mechanism.findings.front().evidence].push_back(mechanism.name);
    for (const ProbeFinding& finding : mechanism.findings) {
      if (finding.state != ProbeFinding::State::failed) continue;
      failures += wrap_paragraph(
          "  ", fmt::format("{}, {}: {}", mechanism.name, name_of(finding.guarantee), finding.evidence));
    }
  }
  std::string not_tried;
  for (const auto& [reason, names] : names_by_reason)
    not_tried += wrap_paragraph("  ", fmt::format("{}: {}", fmt::join(names, ", "), reason));
  return (not_tried.empty() ? "" : "Not tried:\n" + not_tried + '\n') +
         (failures.empty() ? "" : "Failed:\n" + failures + '\n');
}

std::string details(const ProbedMechanism& mechanism) {
  std::string text = wrap_paragraph("", fmt::format("{}: {}", mechanism.name, mechanism.summary));
  for (const ProbeFinding& finding : mechanism.findings) {
    text += fmt::format("  {:<13} {}\n", name_of(finding.guarantee), marked(finding));
    text += wrap_paragraph("                ", finding.evidence);
  }
  return text + "\n";
}

}  // namespace

std::string probe_text(Mechanisms mechanisms, bool evidence) {
  std::string text;
  std::size_t shown = 0;
  for (const std::size_t width : kTables) {
    text += text_table(mechanisms, Columns(kColumns).subspan(shown, width));
    shown += width;
  }
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (evidence && was_tried(mechanism)) text += details(mechanism);
  }
  return text + reasons(mechanisms) + wrap_paragraph("", kLegend);
}

std::string probe_json(Mechanisms mechanisms) {
  Json json;
  json["version"] = IPCBENCH_VERSION;
  for (const auto& question : kAxis<Guarantee>)
    json["questions"][std::string(question.name)] = question.label;
  for (const ProbeQuestion& question : probe_questions())
    json["tried"][std::string(name_of(question.guarantee))] = question.tried;
  json["mechanisms"] = Json::array();
  for (const ProbedMechanism& mechanism : mechanisms) {
    Json findings = Json::array();
    for (const ProbeFinding& finding : mechanism.findings) {
      findings.push_back({{"guarantee", name_of(finding.guarantee)},
                          {"state", name_of(finding.state)},
                          {"answer", finding.answer},
                          {"evidence", finding.evidence}});
    }
    json["mechanisms"].push_back(
        {{"name", mechanism.name}, {"summary", mechanism.summary}, {"findings", findings}});
  }
  return json_text(json);
}

std::string probe_markdown(Mechanisms mechanisms, bool evidence) {
  std::string text = markdown_table(table(mechanisms, kColumns, "`{}`"));
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (!was_tried(mechanism) && !mechanism.findings.empty()) {
      text += fmt::format("\n- `{}`: not tried: {}", mechanism.name, mechanism.findings.front().evidence);
    } else if (evidence) {
      text += fmt::format("\n- `{}`\n", mechanism.name);
      for (const ProbeFinding& finding : mechanism.findings) {
        text += fmt::format("  - {}: **{}**; {}\n", name_of(finding.guarantee), marked(finding),
                            finding.evidence);
      }
    }
  }
  return text.ends_with('\n') ? text : text + "\n";
}

}  // namespace ipcbench
