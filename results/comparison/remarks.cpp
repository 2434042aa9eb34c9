#include "results/comparison/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <optional>
#include <utility>

#include "harness/base/units.hpp"
#include "results/comparison/findings.hpp"
#include "results/statistics/statistics.hpp"

namespace ipcbench {
namespace {

constexpr double kManyUnsteady = 0.1;
constexpr double kLonger = 4.0 / 3;
constexpr std::chrono::seconds kOneHour{3600};

// "2026-01-31T12:34:56Z".
std::optional<std::chrono::seconds> seconds_of(const std::string& utc) {
  std::tm time{};
  const char* end = strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::seconds(timegm(&time));
}

bool swapped(const SampledReport& base, const SampledReport& candidate) {
  const auto& a = base.session.duet;
  const auto& b = candidate.session.duet;
  return a && b && a->id == b->id && a->side == "new" && b->side == "base";
}

// NaN if it is unknown.
double median_of(const SampledCell& cell, double Sample::*figure) {
  std::vector<double> values;
  values.reserve(cell.samples.size());
  for (const Sample& sample : cell.samples) {
    if (std::isfinite(sample.*figure)) values.push_back(sample.*figure);
  }
  return values.empty() ? std::nan("") : median(std::move(values));
}

}  // namespace

std::vector<Doubt> doubts_about_sides(const SampledReport& base, const SampledReport& candidate) {
  const Session& old = base.session;
  const Session& fresh = candidate.session;
  if (swapped(base, candidate)) {
    return {{Doubt::Level::warn,
             fmt::format("The sides are swapped: {} is the new side of this duet, {} its base.", base.origin,
                         candidate.origin),
             fmt::format("Give {} first; as two sessions, the sides lose their pairs.", candidate.origin)}};
  }
  const bool one_duet = old.duet && fresh.duet && old.duet->id == fresh.duet->id;
  if (!old.id.empty() && old.id == fresh.id && !(one_duet && old.duet->side != fresh.duet->side)) {
    return {{Doubt::Level::warn,
             fmt::format("{} and {} are the same session ({}).", base.origin, candidate.origin, old.id),
             "Give a report of another session: nothing can differ here."}};
  }
  const auto began = seconds_of(old.started_utc);
  const auto began_new = seconds_of(fresh.started_utc);
  if (one_duet || !began || !began_new || *began <= *began_new) return {};
  return {{Doubt::Level::warn,
           fmt::format("The base is newer than the new report: {} began at {}, {} at {}.", base.origin,
                       old.started_utc, candidate.origin, fresh.started_utc),
           "If the sides are swapped, give the other one first."}};
}

std::vector<Doubt> doubts_about(const SampledReport& report) {
  std::vector<Doubt> doubts;
  if (!report.session.complete) {
    doubts.push_back({Doubt::Level::warn,
                      fmt::format("{} is not complete{}{}", report.origin,
                                  report.session.note.empty() ? "." : ": ", report.session.note),
                      "Cells may have fewer launches than planned: measure it to its end."});
  }
  std::size_t launches = 0;
  std::size_t unsteady = 0;
  for (const SampledCell& cell : report.cells) {
    launches += cell.samples.size();
    unsteady += static_cast<std::size_t>(std::ranges::count(cell.samples, false, &Sample::steady));
  }
  if (unsteady == 0) return doubts;
  const bool many = static_cast<double>(unsteady) >= kManyUnsteady * static_cast<double>(launches);
  doubts.push_back({many ? Doubt::Level::warn : Doubt::Level::info,
                    fmt::format("{} of {} launches of {} drifted while they were measured.", unsteady,
                                launches, report.origin),
                    "Warm up longer, or measure when nothing else runs."});
  return doubts;
}

std::vector<Doubt> doubts_about_lengths(const SampledReport& base, const SampledReport& candidate) {
  std::size_t unlike = 0;
  std::string worst;
  double furthest = 0;
  const std::vector<CellPair> cells = common_cells(base, candidate);
  for (const auto& [old, fresh] : cells) {
    const double old_ns = median_of(*old, &Sample::elapsed_ns);
    const double fresh_ns = median_of(*fresh, &Sample::elapsed_ns);
    const double times = fresh_ns / old_ns;
    const double messages = median_of(*fresh, &Sample::messages) / median_of(*old, &Sample::messages);
    const bool longer = times >= kLonger && messages >= kLonger;
    const bool shorter = times <= 1 / kLonger && messages <= 1 / kLonger;
    if (!longer && !shorter) continue;
    ++unlike;
    const double factor = std::max(times, 1 / times);
    if (factor <= furthest) continue;
    furthest = factor;
    worst = fmt::format("{}: {} and {}", old->name, format_duration_ns(old_ns), format_duration_ns(fresh_ns));
  }
  if (unlike == 0) return {};
  return {{Doubt::Level::warn,
           fmt::format("In {} of {} cells the launches of {} and {} last for different times (such as {}).",
                       unlike, cells.size(), base.origin, candidate.origin, worst),
           "Measure both for the same time (--time), or trust what shares a CPU or spins."}};
}

std::vector<Doubt> doubts_about_times(const std::vector<SampledReport>& bases) {
  std::optional<std::chrono::seconds> first;
  std::optional<std::chrono::seconds> last;
  for (const SampledReport& base : bases) {
    const auto began = seconds_of(base.session.started_utc);
    const auto ended = seconds_of(base.session.ended_utc);
    if (!began || !ended) return {};
    first = std::min(first.value_or(*began), *began);
    last = std::max(last.value_or(*ended), *ended);
  }
  if (!first || *last - *first > kOneHour) return {};
  return {{Doubt::Level::warn,
           fmt::format("All {} bases are of one hour: they do not carry the variance between days.",
                       bases.size()),
           "Take bases of several days, or a new report of the same hour."}};
}

}  // namespace ipcbench
