#include "results/comparison/short_names.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/algorithm/string/split.hpp>
#include <set>
#include <string_view>

#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kSize = "size:";

std::vector<std::string> parts_of(const std::string& name) {
  std::vector<std::string> parts;
  boost::split(parts, name, [](char letter) { return letter == '/'; });
  return parts;
}

// "wait:block", but neither "size:64", in which cells differ by design, nor "std::vector".
bool is_setting(std::string_view part) {
  const std::size_t colon = part.find(':');
  if (colon == 0 || colon == std::string_view::npos || part.starts_with(kSize)) return false;
  return colon + 1 < part.size() && part[colon + 1] != ':';
}

// A name of ours has a mechanism, a pattern and settings.
bool is_ours(const std::vector<std::string>& parts) {
  return parts.size() > 2 && std::ranges::any_of(parts, [](const std::string& part) {
           return part.starts_with("wait:") || part.starts_with("cpus:");
         });
}

// "64 B" for "size:64", and "block" for "wait:block". Values that mean nothing by themselves keep their key.
std::string spoken(const std::string& part) {
  constexpr std::array<std::string_view, 3> kPlain{"wait:", "peers:", "cpus:"};
  if (part.starts_with(kSize)) {
    const auto bytes = parse_number<std::uint64_t>(std::string_view(part).substr(kSize.size()));
    return bytes ? format_size(*bytes) : part;
  }
  const bool plain = std::ranges::any_of(kPlain, [&](std::string_view key) { return part.starts_with(key); });
  return plain ? part.substr(part.find(':') + 1) : part;
}

}  // namespace

ShortNames::ShortNames(const std::vector<std::string>& cells) {
  if (cells.empty()) return;
  shared_ = parts_of(cells.front());
  std::erase_if(shared_, [](const std::string& part) { return !is_setting(part); });
  for (const std::string& name : cells) {
    const std::vector<std::string> parts = parts_of(name);
    if (!is_ours(parts)) shared_.clear();
    std::erase_if(shared_, [&](const std::string& part) { return std::ranges::count(parts, part) == 0; });
  }
}

std::string ShortNames::cell(const std::string& name) const {
  std::vector<std::string> parts = parts_of(name);
  if (!is_ours(parts)) return printable_line(name);
  std::erase_if(parts, [&](const std::string& part) { return std::ranges::count(shared_, part) > 0; });
  for (std::string& part : parts) part = spoken(part);
  return printable_line(fmt::format("{}", fmt::join(parts, " ")));
}

std::string ShortNames::family(const std::string& name) const {
  return cell(name) + (is_ours(parts_of(name)) ? ", all sizes" : " (family)");
}

std::string ShortNames::shared() const { return printable_line(fmt::format("{}", fmt::join(shared_, ", "))); }

std::vector<std::string> cell_names(const Comparison& comparison) {
  std::set<std::string> names;
  for (const Finding& finding : comparison.findings) {
    if (finding.level == Level::cell) names.insert(finding.name);
  }
  for (const Absence& absence : comparison.absences) names.insert(absence.cell);
  return {names.begin(), names.end()};
}

}  // namespace ipcbench
