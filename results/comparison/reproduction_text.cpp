#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/comparison/comparison_rows.hpp"
#include "results/comparison/reproduction.hpp"

namespace ipcbench {
namespace {

using Table = std::vector<std::vector<std::string>>;

// What fits on a screen besides the rest.
constexpr std::size_t kFewCells = 12;
constexpr std::size_t kFewFacts = 8;
constexpr std::size_t kFewReasons = 4;

std::string paragraph(const std::string& text, std::size_t columns, std::string_view indent = "") {
  return wrap_paragraph(indent, printable_line(text), columns);
}

std::string counts_sentence(const Reproduction& reproduction) {
  std::vector<std::string> others;
  const auto add = [&others](std::size_t cells, std::string_view what) {
    if (cells > 0) others.push_back(fmt::format("{} {}", cells, what));
  };
  const std::size_t differing = reproduction.count(Reproduced::differs);
  add(differing, differing == 1 ? "differs" : "differ");
  add(reproduction.count(Reproduced::too_weak), "too weak to tell");
  add(reproduction.not_possible.size(), "not possible here");
  add(reproduction.failed.size(), "failed");
  add(reproduction.not_measured.size(), "not measured");
  return fmt::format("Reproduced: {} of {}{}{}.", reproduction.count(Reproduced::reproduced),
                     counted(reproduction.cells.size() + reproduction.not_possible.size() +
                                 reproduction.failed.size() + reproduction.not_measured.size(),
                             "cell"),
                     others.empty() ? "" : "; ", fmt::join(others, "; "));
}

std::string session_place(const ComparedSide& side) {
  return fmt::format("{} ({}, {}, ipcbench {})", side.origin, side.host_name,
                     side.session.started_utc.empty() ? side.session.id : side.session.started_utc,
                     side.version);
}

std::string rule_text(const Reproduction& reproduction) {
  const bool assumed = reproduction.session_sd_from == "assumed";
  return fmt::format(
      "A cell is reproduced if the {:.0f} % interval of new / base is within 1/{:.2f} to {:.2f}, and differs "
      "if it is wholly outside; at most {:.0f} % of each are wrong on average. Sessions are {} to vary by "
      "{:.1f} % themselves "
      "({}).",
      100 * (1 - reproduction.error_rate), 1 + reproduction.within, 1 + reproduction.within,
      100 * reproduction.error_rate, assumed ? "assumed" : "taken", 100 * reproduction.session_sd,
      assumed ? "not measured: --calibration or --assume-session-sd says it better"
              : reproduction.session_sd_from);
}

ShortNames names_in(const Reproduction& reproduction) {
  std::vector<std::string> names;
  names.reserve(reproduction.cells.size());
  for (const ReproducedCell& cell : reproduction.cells) names.push_back(cell.finding.name);
  return ShortNames(names);
}

std::string distances_text(const ReproducedCell& cell) {
  if (std::isnan(cell.base_line_ns) || std::isnan(cell.new_line_ns)) return "-";
  return fmt::format("{:.0f} -> {:.0f} ns", cell.base_line_ns, cell.new_line_ns);
}

std::string ratio_text(const Ratio& ratio) {
  if (std::isnan(ratio.low)) return short_change(ratio.estimate);
  return fmt::format("{} ({})", short_change(ratio.estimate), short_interval(ratio));
}

std::string cells_text(const Reproduction& reproduction, Reproduced verdict, const std::string& title,
                       std::size_t most, std::size_t columns) {
  const ShortNames names = names_in(reproduction);
  Table rows{{title, "base -> here", "change", "line_rtt"}};
  std::size_t cells = 0;
  for (const ReproducedCell& cell : reproduction.cells) {
    if (cell.verdict != verdict || ++cells > most) continue;
    rows.push_back({names.cell(cell.finding.name), times_text(cell.finding), ratio_text(cell.finding.ratio),
                    distances_text(cell)});
  }
  if (cells == 0) return "";
  const std::string more = cells > most ? fmt::format("and {} more; --all lists them\n", cells - most) : "";
  return '\n' + align_columns(rows, columns) + more;
}

std::string list_text(const std::string& title, const std::vector<std::string>& lines, std::size_t most,
                      std::size_t columns) {
  if (lines.empty()) return "";
  std::string text = '\n' + title + '\n';
  for (std::size_t i = 0; i < std::min(lines.size(), most); ++i) text += paragraph(lines[i], columns, "  ");
  if (lines.size() > most) text += fmt::format("  and {} more; --all lists them\n", lines.size() - most);
  return text;
}

// "3 cells such as pipe/latency/...: why", the most frequent first; one line for each cell if `all`.
std::vector<std::string> reasons_in(const std::vector<Omission>& omissions, bool all) {
  std::vector<std::string> lines;
  std::map<std::string, std::vector<std::string>> cells;
  for (const Omission& each : omissions) {
    if (all) lines.push_back(fmt::format("{}: {}", each.cell, each.reason));
    cells[each.reason].push_back(each.cell);
  }
  if (all) return lines;
  for (const auto& [reason, named] : cells) {
    const std::string more = named.size() == 1 ? "" : fmt::format("{} cells such as ", named.size());
    lines.push_back(fmt::format("{}{}: {}", more, named.front(), reason));
  }
  return lines;
}

std::vector<Omission> not_judged(const Reproduction& reproduction) {
  std::vector<Omission> cells;
  for (const ReproducedCell& cell : reproduction.cells) {
    if (!cell.reason.empty()) cells.push_back({cell.finding.name, cell.reason});
  }
  return cells;
}

std::string floors_text(const Reproduction& reproduction, std::size_t columns) {
  if (reproduction.floors.empty()) return "";
  Table rows{{"Floors", "base", "here", "ratio"}};
  for (const FloorPair& floor : reproduction.floors) {
    rows.push_back({floor.name, format_duration_ns(floor.base_ns), format_duration_ns(floor.new_ns),
                    fmt::format("{:.2f}", floor.new_ns / floor.base_ns)});
  }
  return '\n' + align_columns(rows, columns);
}

std::vector<std::string> doubts_in(const Reproduction& reproduction, bool all) {
  std::vector<std::string> lines;
  for (const Doubt& doubt : reproduction.doubts) {
    if (!all && doubt.level == Doubt::Level::info) continue;
    lines.push_back(fmt::format("{}: {}", name_of(doubt.level), doubt.what));
  }
  return lines;
}

}  // namespace

std::string reproduction_text(const Reproduction& reproduction, bool all, std::size_t columns) {
  const auto most = [all](std::size_t few) { return all ? SIZE_MAX : few; };
  const auto list = [&](const char* title, const std::vector<std::string>& lines, std::size_t few) {
    return list_text(title, lines, most(few), columns);
  };
  const bool explains = all || reproduction.count(Reproduced::differs) > 0;
  std::string text = paragraph(counts_sentence(reproduction), columns);
  text += paragraph(fmt::format("Base {}; here {}.", session_place(reproduction.base),
                                session_place(reproduction.candidate)),
                    columns);
  text += paragraph(rule_text(reproduction), columns);
  text += cells_text(reproduction, Reproduced::differs, "Differs", most(kFewCells), columns);
  if (explains) {
    text += list("Facts that differ, and could explain it:", reproduction.facts, kFewFacts);
    text += floors_text(reproduction, columns);
  }
  if (all) {
    text += cells_text(reproduction, Reproduced::too_weak, "Too weak to tell", SIZE_MAX, columns);
    text += cells_text(reproduction, Reproduced::reproduced, "Reproduced", SIZE_MAX, columns);
  }
  text += list("Not judged:", reasons_in(not_judged(reproduction), all), kFewReasons);
  text += list("Not possible here:", reasons_in(reproduction.not_possible, all), kFewReasons);
  text += list("Failed here:", reasons_in(reproduction.failed, all), kFewReasons);
  text += list("Not measured here:", reasons_in(reproduction.not_measured, all), kFewReasons);
  return text + list("Doubts about either session:", doubts_in(reproduction, all), kFewReasons);
}

}  // namespace ipcbench
