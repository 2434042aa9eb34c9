// Which of several bases fit the new report and each other.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "results/comparison/differing_facts.hpp"
#include "results/comparison/findings.hpp"
#include "results/comparison/several_bases.hpp"

namespace ipcbench {
namespace {

// The first of several lines, and how many more there are.
std::string first_of(const std::vector<std::string>& lines) {
  if (lines.empty()) return "";
  return lines.size() == 1 ? lines.front() : fmt::format("{}, and {} more", lines.front(), lines.size() - 1);
}

std::string why_unlike_the_new(const SampledReport& base, const SampledReport& candidate,
                               const std::vector<std::string>& across) {
  if (base.plain) return "a plain Google Benchmark report, which does not say where it was measured";
  if (base.session.id == candidate.session.id) {
    return fmt::format("the same session as the new report, {}", candidate.origin);
  }
  const auto invalid = std::ranges::find(base.doubts, Doubt::Level::invalid, &Doubt::level);
  if (invalid != base.doubts.end()) return fmt::format("its measurement is invalid: {}", invalid->what);
  return first_of(differences_between(base, candidate, across));
}

// Moves those out for which `why` gives a reason.
template <class Why>
void leave_out(ChosenBases& bases, Why why) {
  std::vector<SampledReport> kept;
  for (SampledReport& base : bases.kept) {
    const std::string reason = why(base);
    if (reason.empty()) {
      kept.push_back(std::move(base));
    } else {
      bases.left_out.push_back({base.origin, reason});
    }
  }
  bases.kept = std::move(kept);
}

std::string usual_version(const std::vector<SampledReport>& bases) {
  std::map<std::string, int> reports;
  for (const SampledReport& base : bases) ++reports[base.version];
  const auto most = std::ranges::max_element(reports, {}, [](const auto& each) { return each.second; });
  return most == reports.end() ? "" : most->first;
}

// The cells of more than half of the bases.
std::vector<std::string> usual_cells(const std::vector<SampledReport>& bases) {
  std::map<std::string, std::size_t> reports;
  for (const SampledReport& base : bases) {
    for (const SampledCell& cell : base.cells) ++reports[cell.name];
  }
  std::vector<std::string> usual;
  for (const auto& [cell, count] : reports) {
    if (2 * count > bases.size()) usual.push_back(cell);
  }
  return usual;
}

std::string why_cells_are_missing(const SampledReport& base, const std::vector<std::string>& usual) {
  const CellsByName cells = cells_by_name(base);
  std::vector<std::string> lacking;
  for (const std::string& cell : usual) {
    if (!cells.contains(cell)) lacking.push_back(cell);
  }
  return lacking.empty() ? "" : fmt::format("lacks {}, which most bases have", first_of(lacking));
}

void require_enough(const ChosenBases& bases, const SampledReport& candidate) {
  if (bases.kept.size() >= kFewestBases) return;
  std::vector<std::string> reasons;
  reasons.reserve(bases.left_out.size());
  for (const auto& [origin, reason] : bases.left_out)
    reasons.push_back(fmt::format("{}: {}", origin, reason));
  throw IncomparableError(
      fmt::format("{} of {} bases fit {}, and at least {} are needed ({})", bases.kept.size(),
                  bases.kept.size() + bases.left_out.size(), candidate.origin, kFewestBases,
                  fmt::join(reasons, "; ")),
      "measure more bases under the same conditions, or allow a difference on purpose with --across NAME");
}

}  // namespace

ChosenBases choose_bases(std::vector<SampledReport> bases, const SampledReport& candidate,
                         const std::vector<std::string>& across) {
  ChosenBases chosen{std::move(bases), {}};
  std::map<std::string, std::string> known;  // origins by session
  leave_out(chosen, [&](const SampledReport& base) -> std::string {
    std::string reason = why_unlike_the_new(base, candidate, across);
    if (!reason.empty()) return reason;
    const auto [place, is_new] = known.try_emplace(base.session.id, base.origin);
    return is_new ? "" : fmt::format("the same session as {}", place->second);
  });
  const bool any_version =
      std::ranges::any_of(across, [](const std::string& pattern) { return matches(pattern, "version"); });
  const std::string version = usual_version(chosen.kept);
  leave_out(chosen, [&](const SampledReport& base) {
    const bool fits = any_version || base.version == version;
    return fits ? "" : fmt::format("version: {}, most bases have {}", base.version, version);
  });
  const std::vector<std::string> cells = usual_cells(chosen.kept);
  leave_out(chosen, [&](const SampledReport& base) { return why_cells_are_missing(base, cells); });
  require_enough(chosen, candidate);
  return chosen;
}

SampledReport merged(const std::vector<SampledReport>& bases) {
  const auto last =
      std::ranges::max_element(bases, {}, [](const SampledReport& base) { return base.session.ended_utc; });
  SampledReport result{static_cast<const ReportFrame&>(*last), {}, false, {}};
  result.origin = fmt::format("{} bases ({} to {})", bases.size(), bases.front().origin, bases.back().origin);
  std::vector<CellsByName> by_name;
  by_name.reserve(bases.size());
  for (const SampledReport& base : bases) by_name.push_back(cells_by_name(base));
  for (const SampledCell& first : bases.front().cells) {
    const bool of_all =
        std::ranges::all_of(by_name, [&](const CellsByName& cells) { return cells.contains(first.name); });
    if (!of_all) continue;
    SampledCell cell = first;
    cell.samples.clear();
    for (std::uint32_t b = 0; b < by_name.size(); ++b) {
      for (Sample sample : by_name[b].at(first.name)->samples) {
        sample.launch = b;
        cell.samples.push_back(sample);
      }
    }
    result.cells.push_back(std::move(cell));
  }
  return result;
}

}  // namespace ipcbench
