#include "plots/course.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>
#include <vector>

#include "plots/distribution.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kSteps = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";
constexpr char kNothing = '.';

using Parts = std::vector<double>;  // time per message in ns; NaN: no message

double time_per_message_ns(const Window& part) {
  if (part.messages == 0 || part.elapsed_ns == 0) return std::nan("");
  return static_cast<double>(part.elapsed_ns) / static_cast<double>(part.messages);
}

Parts parts_of(const std::vector<Window>& windows) {
  const std::size_t count = std::min(kMostParts, windows.size());
  std::vector<Window> merged(count);
  for (std::size_t i = 0; i < windows.size(); ++i) {
    Window& part = merged[i * count / windows.size()];
    part.messages += windows[i].messages;
    part.elapsed_ns += windows[i].elapsed_ns;
  }
  Parts parts(count);
  std::ranges::transform(merged, parts.begin(), time_per_message_ns);
  return parts;
}

struct Range {
  double low = std::numeric_limits<double>::infinity();
  double high = 0;
};

Range range_of(const std::vector<Parts>& launches) {
  Range range;
  for (const Parts& parts : launches) {
    for (const double ns : parts) {
      if (std::isnan(ns)) continue;
      range.low = std::min(range.low, ns);
      range.high = std::max(range.high, ns);
    }
  }
  return range;
}

std::string text_of(const Parts& parts, const Range& range) {
  const auto last = static_cast<double>(kSteps.size() - 1);
  const double octaves = std::log2(range.high / range.low);
  std::string text;
  for (const double ns : parts) {
    const double share = octaves > 0 ? std::log2(ns / range.low) / octaves : 0;
    text += std::isnan(ns) ? kNothing : kSteps[static_cast<std::size_t>(std::lround(share * last))];
  }
  return text;
}

}  // namespace

std::string course_of(const ReportCell& cell, const CellSummary& summary) {
  std::vector<Parts> launches;
  for (const Launch* launch : counted_launches(cell, summary)) {
    launches.push_back(parts_of(launch->measurement.windows));
  }
  const Range range = range_of(launches);
  if (range.high == 0) return {};
  std::vector<std::string> texts;
  texts.reserve(launches.size());
  for (const Parts& parts : launches) texts.push_back(text_of(parts, range));
  return fmt::format("{:.5g}:{:.5g}:{}", range.low, range.high, fmt::join(texts, ","));
}

}  // namespace ipcbench
