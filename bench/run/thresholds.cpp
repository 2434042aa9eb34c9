#include "bench/run/thresholds.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

#include "bench/cli/arguments.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using Figure = std::optional<double>;

Figure estimate_of(const std::optional<PooledQuantile>& quantile) {
  return quantile ? Figure(quantile->value) : std::nullopt;
}
Figure median_of(const std::optional<Estimate>& estimate) {
  return estimate ? Figure(estimate->median) : std::nullopt;
}

double parse_ns(std::string_view text) { return static_cast<double>(parse_duration(text).count()); }
double parse_messages(std::string_view text) { return static_cast<double>(parse_rate(text)); }
double parse_bytes(std::string_view text) { return static_cast<double>(parse_bytes_per_second(text)); }

double parse_plain(std::string_view text) {
  double number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && stop == text.data() + text.size();
  if (whole && number >= 0 && number <= 1e6) return number;
  throw std::invalid_argument(fmt::format("'{}' is not a number from 0 to 1000000, such as 1.5", text));
}
double parse_share(std::string_view text) {
  const bool percent = text.ends_with('%');
  if (percent) text.remove_suffix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return parse_plain(text) / (percent ? 100 : 1);
}

std::string format_messages(double rate) { return format_count(rate) + " msg/s"; }
std::string format_plain(double number) { return fmt::format("{:.3g}", number); }
std::string format_share(double share) { return fmt::format("{:.3g} %", share * 100); }

bool any(Pattern) { return true; }
bool has_rate(Pattern pattern) { return !is_ping_pong(pattern); }
bool is_paced(Pattern pattern) { return pattern == Pattern::paced; }

constexpr std::array kFigures{
    ThresholdFigure{"p50", "the median time",
                    [](const CellSummary& cell) { return Figure(cell.time_ns.median); }, parse_ns,
                    format_duration_ns, times_messages},
    ThresholdFigure{"p90", "percentiles of the time",
                    [](const CellSummary& cell) { return estimate_of(cell.p90); }, parse_ns,
                    format_duration_ns, times_messages},
    ThresholdFigure{"p99", "", [](const CellSummary& cell) { return estimate_of(cell.p99); }, parse_ns,
                    format_duration_ns, times_messages},
    ThresholdFigure{"p999", "", [](const CellSummary& cell) { return estimate_of(cell.p999); }, parse_ns,
                    format_duration_ns, times_messages},
    ThresholdFigure{"messages_per_second", "received",
                    [](const CellSummary& cell) { return median_of(cell.messages_per_second); },
                    parse_messages, format_messages, has_rate},
    ThresholdFigure{"bytes_per_second", "",
                    [](const CellSummary& cell) { return median_of(cell.bytes_per_second); }, parse_bytes,
                    format_bytes_per_second, has_rate},
    ThresholdFigure{"cpus_busy", "CPUs that all ends keep busy",
                    [](const CellSummary& cell) { return Figure(cell.cpus_busy); }, parse_plain, format_plain,
                    any},
    ThresholdFigure{"cpu_per_message", "CPU time of all ends",
                    [](const CellSummary& cell) { return Figure(cell.cpu_ns_per_message); }, parse_ns,
                    format_duration_ns, any},
    ThresholdFigure{"lost", "share of messages",
                    [](const CellSummary& cell) { return Figure(cell.lost_share); }, parse_share,
                    format_share, any},
    ThresholdFigure{
        "unsent", "share of messages that were not sent in time",
        [](const CellSummary& cell) { return cell.load ? Figure(cell.load->unsent_share) : std::nullopt; },
        parse_share, format_share, is_paced}};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

const ThresholdFigure& figure_named(std::string_view argument, std::string_view name) {
  std::vector<std::string> known;
  for (const ThresholdFigure& figure : kFigures) {
    if (figure.name == name) return figure;
    known.emplace_back(figure.name);
  }
  throw UsageError(unknown_name(argument, name, known));
}

Judgement judged(const CellSummary& cell, const RunThreshold& threshold) {
  Judgement judgement{.cell = cell.name, .threshold = threshold, .reason = {}};
  const Figure figure = threshold.figure->of(cell);
  if (!figure) {
    judgement.reason = "too few messages; give a longer --time or --budget";
    return judgement;
  }
  judgement.figure = *figure;
  judgement.state = threshold.allows(*figure) ? Judgement::State::met : Judgement::State::missed;
  return judgement;
}

std::string judgement_line(const Judgement& judgement) {
  const RunThreshold& threshold = judgement.threshold;
  if (judgement.state == Judgement::State::unknown) {
    return fmt::format("  unknown  {}: {}\n           {}\n", threshold.text, judgement.reason,
                       judgement.cell);
  }
  return fmt::format("  missed   {} is {}, allowed is {}{} {}\n           {}\n", threshold.figure->name,
                     threshold.figure->format(judgement.figure), threshold.below ? "<" : ">",
                     threshold.or_equal ? "=" : "", threshold.figure->format(threshold.limit),
                     judgement.cell);
}

}  // namespace

bool RunThreshold::allows(double value) const {
  return (or_equal && value == limit) || (below ? value < limit : value > limit);
}

RunThreshold parse_threshold(std::string_view argument, const std::string& text) {
  const std::size_t at = text.find_first_of("<>");
  if (at == std::string::npos) {
    throw UsageError(fmt::format("{}: '{}' is not FIGURE < LIMIT or FIGURE > LIMIT, such as 'p99 < 200us'.",
                                 argument, text));
  }
  const bool or_equal = at + 1 < text.size() && text[at + 1] == '=';
  const std::string_view whole = text;
  RunThreshold threshold{.text = text,
                         .figure = &figure_named(argument, trimmed(whole.substr(0, at))),
                         .below = text[at] == '<',
                         .or_equal = or_equal};
  try {
    threshold.limit = threshold.figure->parse(trimmed(whole.substr(at + (or_equal ? 2 : 1))));
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("{}: '{}': {}.", argument, text, error.what()));
  }
  return threshold;
}

void check_threshold(const RunThreshold& threshold, const std::vector<Cell>& cells) {
  const auto applies = [&](const Cell& cell) { return threshold.figure->applies(cell.pattern); };
  if (std::ranges::any_of(cells, applies)) return;
  std::vector<std::string_view> patterns;
  for (const auto& pattern : kAxis<Pattern>) {
    if (threshold.figure->applies(pattern.value)) patterns.push_back(pattern.name);
  }
  throw UsageError(fmt::format("--threshold: '{}': no selected cell has {}; select --pattern {}.",
                               threshold.text, threshold.figure->name, fmt::join(patterns, " or ")));
}

std::vector<Judgement> judge(const Report& report, const std::vector<CellsThreshold>& thresholds) {
  std::vector<Judgement> judgements;
  if (thresholds.empty()) return judgements;
  const std::vector<CellSummary> cells = summarise(report);
  for (const CellsThreshold& each : thresholds) {
    const std::size_t before = judgements.size();
    for (const CellSummary& cell : cells) {
      if (cell.floor || !each.cells.contains(cell.name)) continue;
      if (each.threshold.figure->applies(cell.cell.pattern))
        judgements.push_back(judged(cell, each.threshold));
    }
    if (judgements.size() > before) continue;
    judgements.push_back({.cell = each.cells.empty() ? "" : *each.cells.begin(),
                          .threshold = each.threshold,
                          .reason = "no cell was measured; the report has the reasons"});
  }
  return judgements;
}

std::string judgements_text(const std::vector<Judgement>& judgements) {
  const auto count = [&](Judgement::State state) {
    return std::ranges::count(judgements, state, &Judgement::state);
  };
  std::string text = fmt::format("Thresholds: {} met, {} missed, {} unknown\n", count(Judgement::State::met),
                                 count(Judgement::State::missed), count(Judgement::State::unknown));
  for (const Judgement& judgement : judgements) {
    if (judgement.state != Judgement::State::met) text += judgement_line(judgement);
  }
  return text;
}

std::string threshold_figures_help() {
  std::string text;
  for (const ThresholdFigure& figure : kFigures) {
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", figure.name,
                        figure.summary.empty() ? "" : fmt::format(" ({})", figure.summary));
  }
  return text;
}

}  // namespace ipcbench
