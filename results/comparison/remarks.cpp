#include "results/comparison/remarks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <optional>

namespace ipcbench {
namespace {

constexpr double kManyUnsteady = 0.1;
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
