// The answer for a terminal.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "bench/study/advise/advice.hpp"
#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using Parts = std::vector<std::string>;

std::size_t lines_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

// The first line as it is, the others indented.
std::string hanging(const std::string& whole, std::size_t columns) {
  std::string first = wrap_paragraph("", whole, columns);
  const std::size_t end = first.find('\n');
  if (end + 1 >= first.size()) return first;
  std::string rest = first.substr(end + 1);
  std::ranges::replace(rest, '\n', ' ');
  rest.pop_back();
  return first.substr(0, end + 1) + wrap_paragraph("  ", rest, columns);
}

// A paragraph that may give up its last parts to keep to a number of lines of 80 columns.
struct Paragraph {
  std::string head;  // "Runner-up: "
  Parts parts;
  std::string separator = ", ";
  std::size_t most_lines = 2;

  // As many of the parts as fit, one at least, and the number of the others.
  [[nodiscard]] std::string text(std::size_t columns) const {
    constexpr std::size_t kUsualColumns = 80;
    const std::size_t most = (most_lines * kUsualColumns + columns - 1) / columns;
    for (std::size_t shown = parts.size(); shown > 0; --shown) {
      std::string text =
          head +
          fmt::format("{}", fmt::join(parts.begin(), parts.begin() + static_cast<long>(shown), separator));
      if (shown < parts.size()) text += fmt::format("{}{} more", separator, parts.size() - shown);
      text = hanging(text, columns);
      if (lines_of(text) <= most || shown == 1) return text;
    }
    return "";
  }
};

// --- Figures ------------------------------------------------------------------------------------------

// "12.3 us (12.1-12.6)"; both ends have units where they differ.
std::string interval(double value, double low, double high) {
  const std::string low_text = format_duration_ns(low);
  const std::string high_text = format_duration_ns(high);
  const auto unit = [](const std::string& text) { return text.substr(text.find(' ')); };
  const bool alike = unit(low_text) == unit(high_text);
  const auto bare = [&](const std::string& text) { return alike ? text.substr(0, text.find(' ')) : text; };
  return fmt::format("{} ({}-{})", format_duration_ns(value), bare(low_text), bare(high_text));
}

std::string p50_text(const StreamFigures& stream) {
  const auto& [median, low, high, confidence] = stream.p50_ns;
  return median > 0 ? interval(median, low, high) : "too few messages";
}

std::string p99_text(const StreamFigures& stream) {
  const auto& p99 = stream.p99_ns;
  return p99 ? interval(p99->value, p99->low, p99->high) : "too few messages";
}

// Of both ends: "0.55-0.75".
std::string cpus_text(const Load& load) {
  if (load.cpus_at_most) return fmt::format("at most {:.2f}", load.cpus.high);
  const std::string low = fmt::format("{:.2f}", load.cpus.low);
  const std::string high = fmt::format("{:.2f}", load.cpus.high);
  return low == high ? low : fmt::format("{}-{}", low, high);
}

Parts figures(const Load& load) {
  return {fmt::format("p50 {}", format_duration_ns(load.p50_ns.median)),
          fmt::format("p99 {}", load.p99_ns() ? format_duration_ns(*load.p99_ns()) : "unknown"),
          fmt::format("{} CPUs", cpus_text(load))};
}

std::string figures_text(const Load& load) { return fmt::format("{}", fmt::join(figures(load), ", ")); }

std::string way_text(const Way& way) {
  std::string text = fmt::format("wait:{}", name_of(way.wait));
  for (const auto& [name, value] : way.parameters) text += fmt::format(" {}:{}", name, value);
  return text;
}

// --- What fits ----------------------------------------------------------------------------------------

std::string heading(const Advice& advice, const Requirement& requirement, bool details, std::size_t columns) {
  const Expectation& best = *advice.best;
  std::string settings = way_text(best.way);
  if (requirement.streams.size() > 1)
    settings += best.links.size() == 1 ? ", one link for all streams" : ", a link for each stream";
  settings += fmt::format(" (peers:{} cpus:{})", name_of(requirement.peers), name_of(requirement.cpus));
  Parts names{best.way.mechanism};
  for (const Expectation& other : advice.tied) names.push_back(other.way.mechanism);
  if (names.size() == 1) return hanging(names.front() + ", " + settings, columns);
  return Paragraph{.head = "", .parts = names, .separator = " or ", .most_lines = details ? SIZE_MAX / 80 : 1}
             .text(columns) +
         wrap_paragraph("  ", "alike; " + settings, columns);
}

std::string table(const Expectation& expectation, std::size_t columns) {
  std::vector<std::vector<std::string>> rows{{"", "p50", "p99", "CPUs busy"}};
  for (const Load& load : expectation.links) {
    const bool shared = load.streams.size() > 1;
    for (const StreamFigures& each : load.streams)
      rows.push_back(
          {"  " + describe(each.stream), p50_text(each), p99_text(each), shared ? "" : cpus_text(load)});
    if (shared) rows.push_back({"  all at once", "", "", cpus_text(load)});
  }
  return align_columns(rows, columns);
}

// What a table's figures are.
std::string notes(const Expectation& expectation, std::size_t left_out, std::size_t columns) {
  std::string text = "Figures: times count from when a message is due";
  if (expectation.main().streams.size() > 1) text += "; the streams were measured at once, over one link";
  if (expectation.links.size() > 1) text += "; each stream was measured by itself, so that CPUs add up";
  if (left_out > 0) text += fmt::format("; disturbed launches left out: {}", left_out);
  text += "; CPUs: of both ends";
  if (expectation.main().cpus_at_most) text += ", of which this report only bounds the sender's";
  return hanging(text, columns);
}

std::string limits_kept(const Advice& advice, const Requirement& requirement, std::size_t columns) {
  Parts parts;
  const auto p99 = advice.best->p99_ns();
  if (requirement.max_p99_ns && p99) {
    parts.push_back(
        fmt::format("p99 {} of {}", format_duration_ns(*p99), format_duration_ns(*requirement.max_p99_ns)));
  }
  if (requirement.max_cpus)
    parts.push_back(fmt::format("{:.2f} of {:g} CPUs", advice.best->cpus(), *requirement.max_cpus));
  return parts.empty() ? "" : hanging(fmt::format("Limits kept: {}", fmt::join(parts, ", ")), columns);
}

Paragraph design_line(const Advice& advice) {
  return {.head = "Kept by this program's design, not by the kernel: ", .parts = advice.by_design};
}

// On what those that cannot be told apart differ; their answers too where these fit a line, or with details.
Paragraph differences(const Advice& advice, bool details, std::size_t columns) {
  Paragraph answers{.head = "They differ in: ", .parts = {}, .separator = "; "};
  Paragraph names{.head = answers.head, .parts = {}};
  for (const Difference& difference : advice.differences) {
    Parts each;
    each.reserve(difference.answers.size());
    for (const auto& [mechanism, found] : difference.answers)
      each.push_back(fmt::format("{} {}", mechanism, found.empty() ? "not tried" : found));
    names.parts.emplace_back(name_of(difference.guarantee));
    answers.parts.push_back(fmt::format("{}: {}", names.parts.back(), fmt::join(each, ", ")));
  }
  if (names.parts.empty() && !advice.tied.empty())
    answers.parts.emplace_back("nothing that was tried; take either");
  const std::string whole = fmt::format("{}{}", answers.head, fmt::join(answers.parts, answers.separator));
  return details || names.parts.empty() || whole.size() <= columns ? answers : names;
}

// "--max-p99 1.40 ms": what the limit would have to be.
std::string take_text(const std::string& take, const Alternative& alternative) {
  const auto& expectation = alternative.expectation;
  if (take == "max-p99" && expectation) {
    const auto p99 = expectation->p99_ns();
    return p99 ? fmt::format("--max-p99 {}", format_duration_ns(*p99)) : "--max-p99, which is unknown";
  }
  if (take == "max-cpus" && expectation) return fmt::format("--max-cpus {:.2f}", expectation->cpus());
  if (take == "rate") return "the rate";
  return take;
}

std::string takes_text(const Alternative& alternative) {
  Parts takes;
  takes.reserve(alternative.takes.size());
  for (const std::string& take : alternative.takes) takes.push_back(take_text(take, alternative));
  return fmt::format("{}", fmt::join(takes, " and "));
}

Paragraph runner_up(const Advice& advice) {
  Paragraph paragraph{.head = "Runner-up: ", .parts = {}};
  const auto add_figures = [&](const Expectation& of) {
    for (std::string& figure : figures(of.main())) paragraph.parts.push_back(std::move(figure));
  };
  if (!advice.others.empty()) {
    const Expectation& next = advice.others.front();
    const double ratio = next.main().p50_ns.median / advice.best->main().p50_ns.median;
    paragraph.parts.push_back(
        fmt::format("{} {}, {:.2f}x the p50", next.way.mechanism, way_text(next.way), ratio));
    add_figures(next);
  } else if (advice.alternatives.empty()) {
    paragraph.parts.emplace_back("none");
  } else {
    const Alternative& nearest = advice.alternatives.front();
    paragraph.parts.push_back(
        fmt::format("none fits; without {}: {}", takes_text(nearest), nearest.mechanism));
    if (nearest.expectation) add_figures(*nearest.expectation);
    if (!nearest.expectation) paragraph.parts.emplace_back("not measured");
  }
  return paragraph;
}

// "wait:spin 2.49 us, 2.00 CPUs": the setting in which it differs, and what that brings.
std::string setting_text(const OtherSetting& other, const Way& best, bool details) {
  std::string text;
  if (other.way.wait != best.wait) text += fmt::format("wait:{}", name_of(other.way.wait));
  if (other.way.parameters != best.parameters) {
    for (const auto& [name, value] : other.way.parameters)
      text += fmt::format("{}{}:{}", text.empty() ? "" : " ", name, value);
  }
  if (other.tied) return text + " no difference seen";
  if (details) return fmt::format("{} {}", text, figures_text(other.load));
  return fmt::format("{} {}, {}{:.2f} CPUs", text, format_duration_ns(other.load.p50_ns.median),
                     other.load.cpus_at_most ? "at most " : "", other.load.cpus.median);
}

Paragraph settings(const Advice& advice, bool details) {
  Paragraph paragraph{.head = details ? "Settings: " : "Settings, p50: ", .parts = {}, .separator = "; "};
  for (const OtherSetting& other : advice.settings)
    paragraph.parts.push_back(setting_text(other, advice.best->way, details));
  return paragraph;
}

// --- What does not fit --------------------------------------------------------------------------------

// The least of each kind, in order.
std::string relaxations(const Advice& advice, std::size_t columns) {
  constexpr std::size_t kMostAlternatives = 3;
  std::string text = "What would have to give, least first:\n";
  std::set<Parts> shown;
  for (const Alternative& alternative : advice.alternatives) {
    if (shown.size() == kMostAlternatives) break;
    if (!shown.insert(alternative.takes).second) continue;
    const std::string figures =
        alternative.expectation ? figures_text(alternative.expectation->main()) : "not measured";
    text += wrap_paragraph(fmt::format("  {}. ", shown.size()),
                           fmt::format("{}: {}, {}", takes_text(alternative), alternative.mechanism, figures),
                           columns);
  }
  return text;
}

Paragraph excluded(const Advice& advice, bool details) {
  Paragraph paragraph{.head = fmt::format("Excluded, of {}: ", advice.mechanisms),
                      .parts = {},
                      .separator = details ? "; " : ", "};
  std::vector<std::pair<std::string, Parts>> by_count(advice.excluded.begin(), advice.excluded.end());
  std::ranges::stable_sort(by_count, std::greater(), [](const auto& each) { return each.second.size(); });
  for (const auto& [requirement, mechanisms] : by_count) {
    paragraph.parts.push_back(details ? fmt::format("{} by {}", fmt::join(mechanisms, ", "), requirement)
                                      : fmt::format("{} by {}", mechanisms.size(), requirement));
  }
  for (const auto& [mechanism, reason] : advice.not_possible)
    paragraph.parts.push_back(fmt::format("{}: {}", mechanism, reason));
  return paragraph;
}

std::string missing(const Advice& advice, const std::string& command, std::size_t columns) {
  if (advice.unmeasured.empty()) return "";
  return hanging(fmt::format("Not measured: {}, which may fit. This measures it:",
                             fmt::join(advice.unmeasured, ", ")),
                 columns) +
         fmt::format("  {}\n", command);
}

// In as few lines as needed, of which those that a reader misses least are given up first.
std::string within(std::size_t most_lines, std::vector<Paragraph> paragraphs, std::size_t columns) {
  const auto text_of = [&] {
    std::string text;
    for (const Paragraph& each : paragraphs) text += each.text(columns);
    return text;
  };
  for (const std::size_t place : {2U, 3U, 0U, 1U}) {
    if (lines_of(text_of()) <= most_lines) break;
    paragraphs[place].most_lines = 1;
  }
  return text_of();
}

// What one link does not carry may fit on several.
std::string links_hint(const Advice& advice, std::size_t columns) {
  const bool at_once = std::ranges::any_of(advice.alternatives, [](const Alternative& each) {
    return each.expectation && each.expectation->main().streams.size() > 1 &&
           each.takes == each.expectation->breaks;
  });
  return at_once ? hanging("A link for each stream may keep the limits: add --links each.", columns) : "";
}

std::string unfit_text(const Advice& advice, const std::string& command, bool details, std::size_t columns) {
  // Where nothing was measured, nobody knows yet what has to give.
  const bool knows =
      advice.unmeasured.empty() || (!advice.alternatives.empty() && advice.alternatives.front().expectation);
  Paragraph reasons = excluded(advice, details);
  if (details) reasons.most_lines = SIZE_MAX / kTextColumns;
  return missing(advice, command, columns) +
         (knows && !advice.alternatives.empty() ? relaxations(advice, columns) : "") +
         links_hint(advice, columns) + reasons.text(columns);
}

}  // namespace

std::string advice_text(const Advice& advice, const Requirement& requirement, const std::string& command,
                        const AdviceStyle& style) {
  const auto [columns, colours] = style.text;
  const bool details = style.details;
  if (!advice.fits()) {
    const std::string first =
        advice.unmeasured.empty() ? "Nothing fits.\n" : "Nothing that was measured fits.\n";
    return coloured(first, Colour::red, colours) +
           printable_text(unfit_text(advice, command, details, columns));
  }
  const std::string head = heading(advice, requirement, details, columns);
  const std::string figures = table(*advice.best, columns);
  const std::string more =
      details ? notes(*advice.best, advice.left_out, columns) + limits_kept(advice, requirement, columns)
              : "";
  std::vector<Paragraph> paragraphs{differences(advice, details, columns), runner_up(advice),
                                    settings(advice, details), excluded(advice, details),
                                    design_line(advice)};
  if (details) {
    for (Paragraph& each : paragraphs) each.most_lines = SIZE_MAX / kTextColumns;
  }
  const std::size_t most = kAdviceLines + requirement.streams.size();
  const std::size_t left = most - std::min(most, lines_of(head) + lines_of(figures));
  return coloured(printable_text(head), Colour::green, colours) +
         printable_text(figures + more + within(details ? SIZE_MAX : left, std::move(paragraphs), columns)) +
         coloured(printable_text(missing(advice, command, columns)), Colour::yellow, colours);
}

}  // namespace ipcbench
