#include <algorithm>
#include <map>
#include <utility>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kLeastTimesTheSize = 1000;
constexpr double kMostTimes = 2;

// Two cells that differ in nothing but the size.
struct Rise {
  Entrant shortest;
  Entrant longest;

  [[nodiscard]] double times() const { return longest.ns.median / shortest.ns.median; }
  [[nodiscard]] bool is_constant() const { return times() <= kMostTimes; }
  [[nodiscard]] bool says_something() const {
    return longest.cell->size_bytes / shortest.cell->size_bytes >= kLeastTimesTheSize;
  }
};
using Rises = std::vector<Rise>;

std::map<Payload, Rises> rises_of(const Contest& contest, const Report& report) {
  std::map<std::string, Rise> settings;
  for (const Entrant& each : entrants(report, Quantity::time, contest.is_subject, true)) {
    if (each.cell->pattern != Pattern::latency || each.launches_ns.size() < 2) continue;
    Cell setting = *each.cell;
    setting.size_bytes = 0;
    Rise& rise = settings.try_emplace(cell_name(setting), Rise{each, each}).first->second;
    if (each.cell->size_bytes < rise.shortest.cell->size_bytes) rise.shortest = each;
    if (each.cell->size_bytes > rise.longest.cell->size_bytes) rise.longest = each;
  }
  std::map<Payload, Rises> rises;
  for (const auto& [name, rise] : settings) {
    if (rise.says_something()) rises[rise.longest.cell->payload].push_back(rise);
  }
  return rises;
}

std::string describe(const Rise& rise) {
  return fmt::format("{}: {:.3g} times the {} of {}", cell_name(*rise.longest.cell), rise.times(),
                     format_duration_ns(rise.shortest.ns.median),
                     format_size(rise.shortest.cell->size_bytes));
}

// "untouched: constant in 4 of 4 settings, 0.98 to 1.2 times the time".
std::string describe(Payload payload, const Rises& rises) {
  const auto [least, most] = std::ranges::minmax(rises, {}, &Rise::times);
  return fmt::format("{}: constant in {} of {} settings, {:.3g} to {:.3g} times the time", label_of(payload),
                     std::ranges::count_if(rises, &Rise::is_constant), rises.size(), least.times(),
                     most.times());
}

}  // namespace

Answer judge_constancy(const Contest& contest, const Report& report) {
  const std::map<Payload, Rises> all = rises_of(contest, report);
  if (all.empty()) return {};
  Answer answer{
      .finding = {},
      .evidence = {fmt::format("Constant: at most {} times the time for at least {} times the size.",
                               kMostTimes, kLeastTimesTheSize)}};
  bool any = false;
  bool every = true;
  std::vector<std::string> findings;
  for (const auto& [payload, rises] : all) {
    findings.push_back(describe(payload, rises));
    for (const Rise& rise : rises) {
      any |= rise.is_constant();
      every &= rise.is_constant();
      answer.evidence.push_back(describe(rise));
    }
  }
  answer.verdict = every ? ClaimVerdict::confirmed : any ? ClaimVerdict::depends : ClaimVerdict::refuted;
  answer.finding = fmt::format("{}", fmt::join(findings, "; "));
  return answer;
}

}  // namespace ipcbench
