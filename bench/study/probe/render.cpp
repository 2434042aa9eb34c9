#include "bench/study/probe/render.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>

#include "harness/base/text_layout.hpp"

namespace ipcbench {
namespace {

struct Column {
  Guarantee guarantee;
  std::string_view heading;
};
constexpr std::array kCarries{
    Column{Guarantee::unrelated, "others"},  Column{Guarantee::duplex, "duplex"},
    Column{Guarantee::boundaries, "apart"},  Column{Guarantee::order, "order"},
    Column{Guarantee::reliable, "reliable"}, Column{Guarantee::when_full, "if full"},
    Column{Guarantee::capacity, "holds"},    Column{Guarantee::largest, "longest"},
};
constexpr std::array kEnds{
    Column{Guarantee::opening, "end alone"},       Column{Guarantee::writer_gone, "writer gone"},
    Column{Guarantee::reader_gone, "reader gone"}, Column{Guarantee::senders, "many senders"},
    Column{Guarantee::lifetime, "lives with"},
};

constexpr std::string_view kLegend =
    "others: processes that are not related to its creator can use it. duplex: both ways over one object. "
    "apart: "
    "keeps messages apart. if full: what a sender meets. writer gone, reader gone: what the last one left "
    "sees. "
    "-: not tried. --evidence says what was done and what happened.";

std::string cell_of(const ProbedMechanism& mechanism, Guarantee guarantee) {
  const ProbeFinding* const finding = mechanism.find(guarantee);
  if (finding == nullptr || finding->state == ProbeFinding::State::not_tried) return "-";
  return finding->answer;
}

// A mechanism without a single answer is told of elsewhere, with the reason.
bool was_tried(const ProbedMechanism& mechanism) {
  return std::ranges::any_of(mechanism.findings, [](const ProbeFinding& finding) {
    return finding.state != ProbeFinding::State::not_tried;
  });
}

template <std::size_t N>
std::string table(std::span<const ProbedMechanism> mechanisms, const std::array<Column, N>& columns) {
  std::vector<std::vector<std::string>> rows{{"mechanism"}};
  for (const Column& column : columns) rows.front().emplace_back(column.heading);
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (!was_tried(mechanism)) continue;
    rows.push_back({mechanism.name});
    for (const Column& column : columns) rows.back().push_back(cell_of(mechanism, column.guarantee));
  }
  return rows.size() == 1 ? "" : align_columns(rows) + "\n";
}

// Mechanisms by the reason for which nothing of them was tried.
std::string untried(std::span<const ProbedMechanism> mechanisms) {
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

std::string failures(std::span<const ProbedMechanism> mechanisms) {
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

// A bar would end the cell.
std::string escaped(const std::string& text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string markdown_row(const ProbedMechanism& mechanism) {
  std::string row = fmt::format("| `{}` |", mechanism.name);
  for (const Column& column : kCarries)
    row += fmt::format(" {} |", escaped(cell_of(mechanism, column.guarantee)));
  for (const Column& column : kEnds)
    row += fmt::format(" {} |", escaped(cell_of(mechanism, column.guarantee)));
  return row + "\n";
}

std::string markdown_table(std::span<const ProbedMechanism> mechanisms) {
  std::string headings = "| mechanism |";
  std::string rule = "|---|";
  for (const auto columns : {std::span<const Column>(kCarries), std::span<const Column>(kEnds)}) {
    for (const Column& column : columns) {
      headings += fmt::format(" {} |", column.heading);
      rule += "---|";
    }
  }
  std::string text = fmt::format("{}\n{}\n", headings, rule);
  for (const ProbedMechanism& mechanism : mechanisms) {
    if (was_tried(mechanism)) text += markdown_row(mechanism);
  }
  return text;
}

}  // namespace

std::string probe_text(std::span<const ProbedMechanism> mechanisms, bool evidence) {
  std::string text = table(mechanisms, kCarries) + table(mechanisms, kEnds);
  if (evidence) {
    for (const ProbedMechanism& mechanism : mechanisms) {
      if (was_tried(mechanism)) text += details(mechanism);
    }
  }
  return text + untried(mechanisms) + failures(mechanisms) + wrap_paragraph("", kLegend);
}

std::string probe_json(std::span<const ProbedMechanism> mechanisms) {
  using Json = nlohmann::ordered_json;
  Json json;
  json["version"] = IPCBENCH_VERSION;
  for (const GuaranteeText& text : kGuarantees) json["questions"][std::string(text.name)] = text.question;
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
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string probe_markdown(std::span<const ProbedMechanism> mechanisms, bool evidence) {
  std::string text = markdown_table(mechanisms);
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
