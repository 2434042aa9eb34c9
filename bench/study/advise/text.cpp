// The answer for a terminal.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "bench/study/advise/advice.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kColumns = 80;
constexpr std::size_t kMostAlternatives = 3;
constexpr std::size_t kMostDifferences = 3;

// A sentence or two after a word: "Runner-up: ...", the other lines indented.
std::string paragraph(std::string_view word, const std::string& text) {
  const std::string whole = fmt::format("{}: {}", word, text);
  std::string first = wrap_paragraph("", whole, kColumns);
  const std::size_t end = first.find('\n');
  if (end + 1 >= first.size()) return first;
  std::string rest = first.substr(end + 1);
  std::ranges::replace(rest, '\n', ' ');
  rest.pop_back();
  return first.substr(0, end + 1) + wrap_paragraph("  ", rest, kColumns);
}

// "12.3 us (12.1-12.6)"; both ends have units where they differ.
std::string interval(double value, double low, double high) {
  const std::string low_text = format_duration_ns(low);
  const std::string high_text = format_duration_ns(high);
  const auto unit = [](const std::string& text) { return text.substr(text.find(' ')); };
  const bool alike = unit(low_text) == unit(high_text);
  const auto bare = [&](const std::string& text) { return alike ? text.substr(0, text.find(' ')) : text; };
  return fmt::format("{} ({}-{})", format_duration_ns(value), bare(low_text), bare(high_text));
}

std::string p50_text(const Load& load) {
  return interval(load.p50_ns.median, load.p50_ns.low, load.p50_ns.high);
}

std::string p99_text(const Load& load) {
  return load.p99_ns ? interval(load.p99_ns->value, load.p99_ns->low, load.p99_ns->high) : "too few messages";
}

// From the receiver's share alone to that of both, the sender's at most.
std::string cpus_text(const Load& load) {
  return fmt::format("{:.2f}-{:.2f}", load.receiver_cpus.low, load.receiver_cpus.high + load.sender_cpus);
}

std::string way_text(const Way& way) {
  std::string text = fmt::format("wait:{}", name_of(way.wait));
  for (const auto& [name, value] : way.parameters) text += fmt::format(" {}:{}", name, value);
  return text;
}

std::string figures_text(const Load& load) {
  return fmt::format("p50 {}, p99 {}, {} CPUs", format_duration_ns(load.p50_ns.median),
                     load.p99_ns ? format_duration_ns(load.p99_ns->value) : "unknown", cpus_text(load));
}

std::string heading(const Advice& advice, const Requirement& requirement) {
  const Expectation& best = *advice.best;
  std::vector<std::string> names{best.way.mechanism};
  for (const Expectation& other : advice.tied) names.push_back(other.way.mechanism);
  std::string text = fmt::format("{}{}, {}", fmt::join(names, " or "),
                                 advice.tied.empty() ? "" : " (no difference seen)", way_text(best.way));
  if (requirement.streams.size() > 1)
    text += best.one_link ? ", one link for all streams" : ", a link for each stream";
  return wrap_paragraph(
      "", text + fmt::format(" (peers:{} cpus:{})", name_of(requirement.peers), name_of(requirement.cpus)),
      kColumns);
}

std::string table(const Expectation& expectation) {
  std::vector<std::vector<std::string>> rows{{"", "p50", "p99", "CPUs busy"}};
  const auto add = [&](std::string name, const Load& load) {
    rows.push_back({"  " + std::move(name), p50_text(load), p99_text(load), cpus_text(load)});
  };
  for (const Load& load : expectation.streams) add(text_of(load.stream), load);
  if (expectation.together) add("all at once", *expectation.together);
  return align_columns(rows);
}

// What a table's figures are.
std::string notes(const Expectation& expectation, std::size_t left_out, bool details) {
  const std::string together = expectation.together
                                   ? fmt::format("one stream of {}, which is more than the streams",
                                                 text_of(expectation.together->stream))
                                   : "";
  if (!details) return together.empty() ? "" : paragraph("All at once", together);
  std::string text = "times count from when a message is due";
  if (!together.empty()) text += "; all at once was measured as " + together;
  if (left_out > 0) text += fmt::format("; disturbed launches left out: {}", left_out);
  return paragraph("Figures", text + "; CPUs: the receiver's, to both with the sender's at most");
}

std::string limits_kept(const Advice& advice, const Requirement& requirement) {
  std::vector<std::string> parts;
  const auto p99 = advice.best->p99_ns();
  if (requirement.max_p99_ns && p99) {
    parts.push_back(
        fmt::format("p99 {} of {}", format_duration_ns(*p99), format_duration_ns(*requirement.max_p99_ns)));
  }
  if (requirement.max_cpus)
    parts.push_back(fmt::format("{:.2f} of {:g} CPUs at most", advice.best->cpus(), *requirement.max_cpus));
  return parts.empty() ? "" : paragraph("Limits kept", fmt::format("{}", fmt::join(parts, ", ")));
}

std::string design_line(const Advice& advice) {
  if (advice.by_design.empty()) return "";
  return paragraph("Kept by this program's design, not by the kernel",
                   fmt::format("{}", fmt::join(advice.by_design, ", ")));
}

std::string differences(const Advice& advice) {
  if (advice.tied.empty()) return "";
  std::vector<std::string> parts;
  for (const Difference& difference : advice.differences) {
    if (parts.size() == kMostDifferences) break;
    std::vector<std::string> each;
    each.reserve(difference.answers.size());
    for (const auto& [mechanism, found] : difference.answers)
      each.push_back(fmt::format("{} {}", mechanism, found.empty() ? "not tried" : found));
    parts.push_back(fmt::format("{}: {}", name_of(difference.guarantee), fmt::join(each, ", ")));
  }
  if (parts.empty()) return paragraph("They differ", "in nothing that was tried; take either");
  return paragraph("They differ in what they guarantee", fmt::format("{}", fmt::join(parts, "; ")));
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
  std::vector<std::string> takes;
  takes.reserve(alternative.takes.size());
  for (const std::string& take : alternative.takes) takes.push_back(take_text(take, alternative));
  return fmt::format("{}", fmt::join(takes, " and "));
}

std::string alternative_text(const Alternative& alternative) {
  return fmt::format(
      "{}, {}", alternative.mechanism,
      alternative.expectation ? figures_text(alternative.expectation->main()) : "not measured");
}

std::string runner_up(const Advice& advice) {
  if (!advice.others.empty()) {
    const Expectation& next = advice.others.front();
    const double ratio = next.main().p50_ns.median / advice.best->main().p50_ns.median;
    return paragraph("Runner-up", fmt::format("{} {}, p50 {:.2f} times as long ({})", next.way.mechanism,
                                              way_text(next.way), ratio, figures_text(next.main())));
  }
  if (advice.alternatives.empty()) return paragraph("Runner-up", "none");
  const Alternative& nearest = advice.alternatives.front();
  return paragraph("Runner-up", fmt::format("nothing else fits; without {}: {}", takes_text(nearest),
                                            alternative_text(nearest)));
}

// The least of each kind, in order.
std::string relaxations(const Advice& advice) {
  std::string text = "What would have to give, least first:\n";
  std::set<std::vector<std::string>> shown;
  for (const Alternative& alternative : advice.alternatives) {
    if (shown.size() == kMostAlternatives) break;
    if (!shown.insert(alternative.takes).second) continue;
    text += wrap_paragraph(fmt::format("  {}. ", shown.size()),
                           fmt::format("{}: {}", takes_text(alternative), alternative_text(alternative)),
                           kColumns);
  }
  return text;
}

std::string excluded(const Advice& advice, bool details) {
  std::vector<std::string> parts;
  parts.reserve(advice.excluded.size() + advice.not_possible.size());
  std::vector<std::pair<std::string, std::vector<std::string>>> by_count(advice.excluded.begin(),
                                                                         advice.excluded.end());
  std::ranges::stable_sort(by_count, std::greater(), [](const auto& each) { return each.second.size(); });
  for (const auto& [requirement, mechanisms] : by_count) {
    parts.push_back(details ? fmt::format("{} by {}", fmt::join(mechanisms, ", "), requirement)
                            : fmt::format("{} by {}", mechanisms.size(), requirement));
  }
  for (const auto& [mechanism, reason] : advice.not_possible)
    parts.push_back(fmt::format("{}: {}", mechanism, reason));
  if (parts.empty()) return "";
  return paragraph(fmt::format("Excluded, of {} mechanisms", advice.mechanisms),
                   fmt::format("{}", fmt::join(parts, details ? "; " : ", ")));
}

bool differ(const Estimate& a, const Estimate& b) { return a.high < b.low || b.high < a.low; }

std::string settings(const Advice& advice, bool details) {
  std::vector<std::string> parts{fmt::format("{} and default buffers", way_text(advice.best->way))};
  const Load& main = advice.best->main();
  for (const OtherSetting& other : advice.settings) {
    const bool tells = differ(main.p50_ns, other.load.p50_ns) || other.way.wait != advice.best->way.wait;
    const std::string figures =
        details ? figures_text(other.load)
                : fmt::format("p50 {}, {:.2f} CPUs at most", format_duration_ns(other.load.p50_ns.median),
                              other.load.receiver_cpus.high + other.load.sender_cpus);
    parts.push_back(
        fmt::format("{}: {}", way_text(other.way), tells ? figures : "no difference of the p50 seen"));
  }
  return paragraph("Settings", fmt::format("{}", fmt::join(parts, "; ")));
}

std::string missing(const Advice& advice, const std::string& command) {
  if (advice.unmeasured.empty()) return "";
  return paragraph("Not measured",
                   fmt::format("{}, which may fit. This measures it:", fmt::join(advice.unmeasured, ", "))) +
         fmt::format("  {}\n", command);
}

}  // namespace

std::string advice_text(const Advice& advice, const Requirement& requirement, const std::string& command,
                        bool details) {
  if (!advice.fits()) {
    const std::string first =
        advice.unmeasured.empty() ? "Nothing fits.\n" : "Nothing that was measured fits.\n";
    // Where nothing was measured, nobody knows yet what has to give.
    const bool knows = advice.unmeasured.empty() ||
                       (!advice.alternatives.empty() && advice.alternatives.front().expectation);
    return first + missing(advice, command) +
           (knows && !advice.alternatives.empty() ? relaxations(advice) : "") + excluded(advice, details);
  }
  return heading(advice, requirement) + table(*advice.best) + notes(*advice.best, advice.left_out, details) +
         limits_kept(advice, requirement) + design_line(advice) + differences(advice) + runner_up(advice) +
         settings(advice, details) + excluded(advice, details) + missing(advice, command);
}

}  // namespace ipcbench
