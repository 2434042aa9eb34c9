#include "results/comparison/comparison_view.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "harness/base/printable.hpp"

namespace ipcbench {
namespace {

using Places = std::unordered_map<std::string, std::size_t>;

// The element of that name, appended if it is new. `places` holds the index of each.
template <class Element>
Element& named(std::vector<Element>& elements, Places& places, const std::string& name) {
  const auto [place, is_new] = places.try_emplace(name, elements.size());
  if (is_new) elements.emplace_back().name = name;
  return elements[place->second];
}

// Without the per cent sign, which both ends of an interval share.
std::string bare_change(double ratio) {
  constexpr double kFactor = 10;
  if (std::isnan(ratio)) return "?";
  if (std::isinf(ratio)) return "inf";
  if (ratio >= kFactor) return fmt::format("x{:.3g}", ratio);
  // -0.04 % rounds to no change, which has no sign of its own.
  const double percent = std::round((ratio - 1) * 1000) / 10;
  return fmt::format("{:+.1f}", percent == 0 ? 0.0 : percent);
}

std::string side_text(const ComparedSide& side) {
  std::vector<std::string> details;
  if (!side.version.empty()) details.push_back("ipcbench " + side.version);
  if (!side.host_name.empty()) details.push_back("on " + side.host_name);
  if (!side.session.started_utc.empty()) details.push_back(side.session.started_utc);
  return details.empty() ? side.origin : fmt::format("{} ({})", side.origin, fmt::join(details, ", "));
}

// "12", or "10 to 12" where cells differ.
std::string launches_text(const Comparison& comparison, std::size_t Finding::*launches) {
  std::size_t fewest = SIZE_MAX;
  std::size_t most = 0;
  for (const Finding& finding : comparison.findings) {
    if (finding.level != Level::cell) continue;
    fewest = std::min(fewest, finding.*launches);
    most = std::max(most, finding.*launches);
  }
  return fewest >= most ? fmt::format("{}", most) : fmt::format("{} to {}", fewest, most);
}

}  // namespace

Verdict ComparedFamily::verdict() const {
  Verdict worst = Verdict::unchanged;
  if (!findings.empty()) worst = findings.front()->verdict;
  if (!cells.empty()) worst = std::min(worst, cells.front().findings.front()->verdict);
  return worst;
}

// Findings come with the worst first, so the first one of a cell or family decides its place.
ComparedGroups group_findings(const Comparison& comparison) {
  ComparedGroups groups;
  Places families;
  std::unordered_map<std::string, Places> cells;
  for (const Finding& finding : comparison.findings) {
    if (finding.level == Level::whole) {
      groups.whole.push_back(&finding);
      continue;
    }
    const bool is_family = finding.level == Level::family;
    const std::string& name = is_family || finding.family.empty() ? finding.name : finding.family;
    ComparedFamily& family = named(groups.families, families, name);
    FindingGroup& group = is_family ? family : named(family.cells, cells[name], finding.name);
    group.findings.push_back(&finding);
  }
  return groups;
}

std::vector<FindingGroup> list_findings(const ComparedGroups& groups) {
  std::vector<FindingGroup> list{{"all cells", groups.whole}};
  for (const ComparedFamily& family : groups.families) {
    list.push_back({family.name, family.findings});
    list.insert(list.end(), family.cells.begin(), family.cells.end());
  }
  std::erase_if(list, [](const FindingGroup& group) { return group.findings.empty(); });
  return list;
}

Findings telling(const Findings& findings) {
  if (findings.empty()) return {};
  const Verdict worst = findings.front()->verdict;
  const bool all = is_change(worst);
  Findings told;
  for (const Finding* finding : findings) {
    if (finding->verdict == worst && (all || finding->metric == Metric::time)) told.push_back(finding);
  }
  if (told.empty()) told.push_back(findings.front());
  return told;
}

bool is_change(Verdict verdict) {
  return verdict == Verdict::regressed || verdict == Verdict::slower || verdict == Verdict::improved ||
         verdict == Verdict::faster;
}

Verdict verdict_of_cell(const Findings& findings) {
  const Verdict worst = findings.front()->verdict;
  const bool is_noise = worst == Verdict::unguarded || worst == Verdict::inconclusive;
  if (!is_noise) return worst;
  const auto changed = std::ranges::find_if(findings, [](const Finding* f) { return is_change(f->verdict); });
  if (changed != findings.end()) return (*changed)->verdict;
  const auto time = std::ranges::find(findings, Metric::time, &Finding::metric);
  return time == findings.end() ? worst : (*time)->verdict;
}

std::vector<VerdictCount> count_cells(const Comparison& comparison) {
  std::array<std::size_t, kAxis<Verdict>.size()> counts{};
  for (const ComparedFamily& family : group_findings(comparison).families) {
    for (const FindingGroup& cell : family.cells) {
      ++counts[static_cast<std::size_t>(verdict_of_cell(cell.findings))];
    }
  }
  for (const Absence& absence : comparison.absences) ++counts[static_cast<std::size_t>(absence.verdict)];
  std::vector<VerdictCount> counted;
  for (const auto& [verdict, name, label] : kAxis<Verdict>) {
    const std::size_t cells = counts[static_cast<std::size_t>(verdict)];
    if (cells > 0) counted.push_back({verdict, cells});
  }
  return counted;
}

std::string change_text(double ratio) {
  const std::string bare = bare_change(ratio);
  const bool is_percent = bare.front() == '+' || bare.front() == '-';
  return is_percent ? bare + " %" : bare;
}

std::string interval_text(const Ratio& ratio) {
  return fmt::format("[{}, {}]", bare_change(ratio.low), bare_change(ratio.high));
}

std::string share_text(double share) {
  constexpr double kMost = 10;  // beyond it the digits say nothing
  if (!std::isfinite(share)) return "?";
  return share > kMost ? ">1000 %" : fmt::format("{:.1f} %", share * 100);
}

std::string p_text(const Finding& finding) {
  const double p = finding.ratio.estimate < 1 ? finding.p_faster_adjusted : finding.p_slower_adjusted;
  if (!std::isfinite(p)) return "?";
  return p < 0.0001 ? "<0.0001" : fmt::format("{:.4f}", p);
}

std::string finding_sentence(const Finding& finding) {
  return fmt::format("{} {} {}, counts from {}, p {}{}{}", name_of(finding.metric),
                     change_text(finding.ratio.estimate), interval_text(finding.ratio),
                     share_text(finding.smallest_effect), p_text(finding), finding.reason.empty() ? "" : ": ",
                     printable_line(finding.reason));
}

std::string telling_sentences(const Findings& findings) {
  std::vector<std::string> sentences;
  for (const Finding* finding : telling(findings)) sentences.push_back(finding_sentence(*finding));
  return fmt::format("{}", fmt::join(sentences, "; "));
}

std::string verdict_text(const Finding& finding) {
  return fmt::format("{}{}", name_of(finding.verdict), finding.gated ? "" : " (not gated)");
}

std::string sides_sentence(const Comparison& comparison) {
  return printable_line(
      fmt::format("{} against {}", side_text(comparison.candidate), side_text(comparison.base)));
}

std::string method_sentence(const Comparison& comparison) {
  const std::string base = launches_text(comparison, &Finding::base_launches);
  const std::string candidate = launches_text(comparison, &Finding::new_launches);
  switch (comparison.method) {
    case Method::paired:
      return fmt::format("A duet: both in one session, in {} blocks.", base);
    case Method::independent:
      return fmt::format(
          "Two sessions, {} launches a cell against {}; sessions of this host differ by themselves (standard "
          "deviation {}).",
          candidate, base, share_text(comparison.session_sd.value_or(NAN)));
    case Method::several_bases:
      return fmt::format(
          "{} sessions of the base against one new session; their own variance (median standard deviation of "
          "a "
          "session {}) says how much sessions differ by themselves.",
          comparison.bases.size(), share_text(comparison.session_sd.value_or(NAN)));
    case Method::informational:
      break;
  }
  return fmt::format("For information only: two sessions, {} launches a cell against {}.", candidate, base);
}

}  // namespace ipcbench
