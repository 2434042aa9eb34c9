#include "results/comparison/comparison_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "harness/base/printable.hpp"
#include "results/comparison/comparison_groups.hpp"

namespace ipcbench {
namespace {

// Without the sign of per cent, which an interval's ends share.
std::string bare_change(double ratio) {
  constexpr double kFactor = 10;
  if (std::isnan(ratio)) return "?";
  if (std::isinf(ratio)) return "inf";
  if (ratio >= kFactor) return fmt::format("x{:.3g}", ratio);
  // -0.04 % is no change to one decimal, and has no sign.
  const double percent = std::round((ratio - 1) * 1000) / 10;
  return fmt::format("{:+.1f}", percent == 0 ? 0.0 : percent);
}

std::string side_text(const ComparedSide& side) {
  std::string details;
  const auto add = [&details](const std::string& detail) {
    if (!detail.empty()) details += (details.empty() ? "" : ", ") + detail;
  };
  add(side.version.empty() ? "" : fmt::format("ipcbench {}", side.version));
  add(side.host_name.empty() ? "" : fmt::format("on {}", side.host_name));
  add(side.session.started_utc);
  return details.empty() ? side.origin : fmt::format("{} ({})", side.origin, details);
}

// "12", or "10 to 12" where cells differ.
std::string launches_text(const Comparison& comparison, std::size_t Finding::*launches) {
  std::size_t fewest = 0;
  std::size_t most = 0;
  for (const Finding& finding : comparison.findings) {
    if (finding.level != Level::cell) continue;
    fewest = most == 0 ? finding.*launches : std::min(fewest, finding.*launches);
    most = std::max(most, finding.*launches);
  }
  return fewest == most ? fmt::format("{}", most) : fmt::format("{} to {}", fewest, most);
}

}  // namespace

std::string change_text(double ratio) {
  const std::string bare = bare_change(ratio);
  const bool is_percent = bare.front() == '+' || bare.front() == '-';
  return is_percent ? fmt::format("{} %", bare) : bare;
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
    case Method::informational:
      break;
  }
  return fmt::format("For information only, {} launches a cell against {}: {}", candidate, base,
                     printable_line(comparison.why_informational));
}

std::string verdict_sentence(const Comparison& comparison) {
  std::string counts;
  std::size_t cells = 0;
  for (const auto& [verdict, count] : count_cells(comparison)) {
    counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, name_of(verdict));
    cells += count;
  }
  return fmt::format("Verdict: {} (of {} {}: {})", name_of(comparison.verdict), cells,
                     cells == 1 ? "cell" : "cells", counts);
}

}  // namespace ipcbench
