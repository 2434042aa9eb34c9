// Writes the findings of the probes as text, JSON and Markdown.
#include <fmt/format.h>

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

struct Column {
  Guarantee guarantee;
  std::string_view heading;
};
constexpr std::array kColumns{
    Column{Guarantee::unrelated, "others"},        Column{Guarantee::duplex, "duplex"},
    Column{Guarantee::boundaries, "apart"},        Column{Guarantee::order, "order"},
    Column{Guarantee::reliable, "reliable"},       Column{Guarantee::when_full, "if full"},
    Column{Guarantee::capacity, "holds"},          Column{Guarantee::largest, "longest"},
    Column{Guarantee::opening, "end alone"},       Column{Guarantee::writer_gone, "writer gone"},
    Column{Guarantee::reader_gone, "reader gone"}, Column{Guarantee::senders, "many senders"},
    Column{Guarantee::lifetime, "lives with"},
};
// The text output has two tables, because more columns do not fit.
constexpr std::span<const Column> kAllColumns = kColumns;
constexpr std::size_t kFirstTable = 8;

constexpr std::string_view kLegend =
    "others: processes that are not related to its creator can use it. duplex: both ways over one object. "
    "apart: keeps message boundaries. if full: what happens to a sender. writer gone, reader gone: what the "
    "other side sees. -: not tried. --evidence says what was done and what happened.";

std::string cell_text(const ProbedMechanism& mechanism, Guarantee guarantee) {
  const auto finding = std::ranges::find(mechanism.findings, guarantee, &ProbeFinding::guarantee);
  const bool answered =
      finding != mechanism.findings.end() && finding->state != ProbeFinding::State::not_tried;
  return answered ? finding->answer : "-";
}

bool was_tried(const ProbedMechanism& mechanism) {
  return std::ranges::any_of(mechanism.findings, [](const ProbeFinding& finding) {
    return finding.state != ProbeFinding::State::not_tried;
  });
}

// The headings, and a row for each mechanism that was tried.
Rows table(Mechanisms mechanisms, std::span<const Column> columns, std::string_view name_format) {
  Rows rows{{"mechanism"}};
  for (const Column& column : columns) rows.front().emplace_back(column.heading);
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (!was_tried(mechanism)) continue;
    rows.push_back({fmt::format(fmt::runtime(name_format), mechanism.name)});
    for (const Column& column : columns) rows.back().push_back(cell_text(mechanism, column.guarantee));
  }
  return rows;
}

std::string text_table(Mechanisms mechanisms, std::span<const Column> columns) {
  const Rows rows = table(mechanisms, columns, "{}");
  return rows.size() == 1 ? "" : align_columns(rows) + "\n";
}

// The mechanisms that were not tried, grouped by the reason.
std::string not_tried_text(Mechanisms mechanisms) {
  std::map<std::string, std::string> names_by_reason;
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (was_tried(mechanism) || mechanism.findings.empty()) continue;
    std::string& names = names_by_reason[mechanism.findings.front().evidence];
    names += fmt::format("{}{}", names.empty() ? "" : ", ", mechanism.name);
  }
  std::string text;
  for (const auto& [reason, names] : names_by_reason) {
    text += wrap_paragraph("  ", fmt::format("{}: {}", names, reason));
  }
  return text.empty() ? "" : fmt::format("Not tried:\n{}\n", text);
}

std::string failures_text(Mechanisms mechanisms) {
  std::string text;
  for (const ProbedMechanism& mechanism : mechanisms) {
    for (const ProbeFinding& finding : mechanism.findings) {
      if (finding.state != ProbeFinding::State::failed) continue;
      text += wrap_paragraph(
          "  ", fmt::format("{}, {}: {}", mechanism.name, name_of(finding.guarantee), finding.evidence));
    }
  }
  return text.empty() ? "" : fmt::format("Failed:\n{}\n", text);
}

std::string details(const ProbedMechanism& mechanism) {
  std::string text = wrap_paragraph("", fmt::format("{}: {}", mechanism.name, mechanism.summary));
  for (const ProbeFinding& finding : mechanism.findings) {
    text += fmt::format("  {:<13} {}\n", name_of(finding.guarantee), finding.answer);
    text += wrap_paragraph("                ", finding.evidence);
  }
  return text + "\n";
}

}  // namespace

std::string probe_text(Mechanisms mechanisms, bool evidence) {
  std::string text = text_table(mechanisms, kAllColumns.first(kFirstTable)) +
                     text_table(mechanisms, kAllColumns.subspan(kFirstTable));
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (evidence && was_tried(mechanism)) text += details(mechanism);
  }
  return text + not_tried_text(mechanisms) + failures_text(mechanisms) + wrap_paragraph("", kLegend);
}

std::string probe_json(Mechanisms mechanisms) {
  Json json;
  json["version"] = IPCBENCH_VERSION;
  for (const auto& question : kAxis<Guarantee>)
    json["questions"][std::string(question.name)] = question.label;
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
  std::string text = markdown_table(table(mechanisms, kAllColumns, "`{}`"));
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (!was_tried(mechanism) && !mechanism.findings.empty()) {
      text += fmt::format("\n- `{}`: not tried: {}", mechanism.name, mechanism.findings.front().evidence);
    } else if (evidence) {
      text += fmt::format("\n- `{}`\n", mechanism.name);
      for (const ProbeFinding& finding : mechanism.findings) {
        text +=
            fmt::format("  - {}: **{}**; {}\n", name_of(finding.guarantee), finding.answer, finding.evidence);
      }
    }
  }
  return text.ends_with('\n') ? text : text + "\n";
}

}  // namespace ipcbench
