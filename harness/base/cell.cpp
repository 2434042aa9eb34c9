#include "harness/base/cell.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace axis_detail {
namespace {

constexpr std::uint64_t kFastestPerSecond = 1'000'000'000;
constexpr std::chrono::nanoseconds kShortestIdle = std::chrono::microseconds(1);
constexpr std::chrono::nanoseconds kLongestIdle = std::chrono::seconds(1);
constexpr std::uint64_t kMostPercent = 1000;  // overload is worth measuring, too

std::uint64_t parse_whole(std::string_view text, std::string_view digits, std::uint64_t min,
                          std::uint64_t max) {
  const auto number = parse_number<std::uint64_t>(digits);
  if (number && *number >= min && *number <= max) return *number;
  throw std::invalid_argument(fmt::format("'{}' is not a whole number from {} to {}", text, min, max));
}

// The messages of a mix have lengths of their own. The cell's size is the longest.
void assign_mix(Cell& cell, const StreamMix& mix) {
  cell.load = load_of(mix, cell.load.arrivals);
  cell.size_bytes = mix.longest_bytes();
}

}  // namespace

void refuse_value(std::string_view text, const std::vector<CellAxis::Value>& values) {
  std::vector<std::string_view> names;
  names.reserve(values.size());
  for (const auto& value : values) names.push_back(value.name);
  throw std::invalid_argument(fmt::format("\"{}\" is not one of {}", text, fmt::join(names, ", ")));
}

std::string rate_text(const Cell& cell) {
  const OfferedLoad& load = cell.load;
  if (!load.mix.empty()) return text_of(load.mix);
  return load.percent != 0 ? fmt::format("{}%", load.percent) : fmt::format("{}", load.per_second);
}

std::string describe_rate(const Cell& cell) {
  const OfferedLoad& load = cell.load;
  if (!load.mix.empty()) {
    std::vector<std::string> streams;
    for (const MessageStream& each : load.mix.streams()) streams.push_back(describe(each));
    return fmt::format("{}", fmt::join(streams, " and "));
  }
  return load.percent != 0 ? fmt::format("{} % of capacity", load.percent)
                           : format_count(static_cast<double>(load.per_second)) + " msg/s";
}

void assign_rate(Cell& cell, std::string_view text) {
  if (text.find('@') != std::string_view::npos) return assign_mix(cell, parse_mix(text));
  const bool share = text.ends_with('%');
  const std::string_view digits = text.substr(0, text.size() - (share ? 1 : 0));
  const std::uint64_t number = share ? parse_whole(digits, digits, 1, kMostPercent) : parse_rate(text);
  if (number < 1 || number > kFastestPerSecond) {
    throw std::invalid_argument(
        fmt::format("'{}' is not a rate from 1 to {} messages a second", text, kFastestPerSecond));
  }
  cell.load = {.per_second = share ? 0 : number,
               .percent = share ? static_cast<std::uint32_t>(number) : 0,
               .arrivals = cell.load.arrivals};
}

void copy_rate(Cell& to, const Cell& from) {
  if (!from.load.mix.empty()) return assign_mix(to, from.load.mix);
  to.load = {.per_second = from.load.per_second, .percent = from.load.percent, .arrivals = to.load.arrivals};
}

void assign_size(Cell& cell, std::string_view text) { cell.size_bytes = parse_size(text); }

std::vector<std::string> expand_sizes(std::string_view list) {
  const std::vector<std::uint64_t> sizes = parse_size_list(list);
  if (sizes.back() > kLargestMessageBytes) {
    throw std::invalid_argument(fmt::format("{} is too long for a message; allowed: up to {}",
                                            format_size(sizes.back()), format_size(kLargestMessageBytes)));
  }
  std::vector<std::string> texts;
  texts.reserve(sizes.size());
  for (const std::uint64_t size : sizes) texts.push_back(std::to_string(size));
  return texts;
}

std::uint32_t parse_count(std::string_view text, std::uint32_t least, std::uint32_t most) {
  return static_cast<std::uint32_t>(parse_whole(text, text, least, most));
}

std::string describe_fan(const Cell& cell) {
  const auto count = [](std::uint32_t ends, std::string_view side) {
    return ends == 1 ? fmt::format("one {}", side) : fmt::format("{} {}s", ends, side);
  };
  const bool in = cell.pattern == Pattern::fanin;
  return fmt::format("{} to {}", count(in ? cell.fan : 1, "producer"), count(in ? 1 : cell.fan, "consumer"));
}

std::string describe_batch(const Cell& cell) {
  return cell.batch == 1 ? "each message by itself" : fmt::format("{} messages at once", cell.batch);
}

std::string describe_watched(const Cell& cell) {
  return cell.watched == 0
             ? "no idle descriptors"
             : fmt::format("{} idle descriptors", format_count(static_cast<double>(cell.watched)));
}

// Plain digits are nanoseconds, as in names of cells.
void assign_idle(Cell& cell, std::string_view text) {
  const auto digits = parse_number<std::uint64_t>(text);
  if (digits == 0) {
    cell.idle_ns = 0;
    return;
  }
  const auto idle =
      digits ? std::chrono::nanoseconds(std::min<std::uint64_t>(*digits, INT64_MAX)) : parse_duration(text);
  if (idle < kShortestIdle || idle > kLongestIdle)
    throw std::invalid_argument(fmt::format("'{}' is not 0, nor a pause from 1us to 1s", text));
  cell.idle_ns = static_cast<std::uint64_t>(idle.count());
}

std::string describe_idle(const Cell& cell) {
  return cell.idle_ns == 0
             ? "no pause"
             : fmt::format("a pause of {}", format_duration_ns(static_cast<double>(cell.idle_ns)));
}

std::string describe_pairs(const Cell& cell) {
  return cell.pairs == 1 ? "one pair" : fmt::format("{} pairs at once", cell.pairs);
}

std::string describe_chain(const Cell& cell) {
  return cell.chain == 2 ? "there and back" : fmt::format("around {} ends", cell.chain);
}

}  // namespace axis_detail

namespace {

std::vector<std::string> non_empty_items(std::string_view list) {
  const std::vector<std::string_view> items = split_at_commas(list);
  if (std::ranges::find(items, "") == items.end()) return {items.begin(), items.end()};
  throw std::invalid_argument(fmt::format("'{}' has an empty item", list));
}

std::string name_part(const CellAxis& axis, const Cell& cell) {
  if (!has_axis(axis, cell)) return "";
  if (axis.naming == CellAxis::Naming::unless_default && is_default(axis, cell)) return "";
  if (axis.naming == CellAxis::Naming::bare) return fmt::format("/{}", axis.text(cell));
  return fmt::format("/{}:{}", axis.name, axis.text(cell));
}

}  // namespace

bool is_default(const CellAxis& axis, const Cell& cell) { return axis.text(cell) == axis.text(Cell{}); }

std::span<const CellAxis* const> named_axes() {
  static const std::vector<const CellAxis*> axes = [] {
    std::vector<const CellAxis*> named;
    for (const CellAxis& axis : kCellAxes) {
      if (named.empty() || named.back()->name != axis.name) named.push_back(&axis);
    }
    return named;
  }();
  return axes;
}

const CellAxis& axis_named(std::string_view name) {
  const auto found = std::ranges::find(kCellAxes, name, &CellAxis::name);
  if (found == kCellAxes.end()) throw std::logic_error(fmt::format("there is no axis '{}'", name));
  return *found;
}

std::string describe_value(const CellAxis& axis, const Cell& cell) {
  if (axis.describe != nullptr) return axis.describe(cell);
  std::string text = axis.text(cell);
  if (axis.values == nullptr) return text;
  const auto values = axis.values();
  const auto found = std::ranges::find(values, text, &CellAxis::Value::name);
  return found == values.end() ? text : std::string(found->label);
}

std::string describe_axes(const Cell& cell, std::span<const std::string_view> names) {
  std::string text;
  for (const CellAxis& axis : kCellAxes) {
    if (std::ranges::find(names, axis.name) == names.end() || !has_axis(axis, cell)) continue;
    if (axis.naming == CellAxis::Naming::unless_default && is_default(axis, cell)) continue;
    text += fmt::format("{}{}:{}", text.empty() ? "" : " ", axis.name, axis.text(cell));
  }
  return text;
}

std::vector<std::string> parse_axis_values(const CellAxis& axis, std::string_view list) {
  std::vector<std::string> values;
  Cell cell;
  for (const std::string& item : axis.expand == nullptr ? non_empty_items(list) : axis.expand(list)) {
    axis.assign(cell, item);
    std::string text = axis.text(cell);
    if (std::ranges::find(values, text) == values.end()) values.push_back(std::move(text));
  }
  return values;
}

std::string cell_name(const Cell& cell, std::string_view without) {
  std::string name;
  for (const CellAxis& axis : kCellAxes) {
    if (axis.name != without) name += name_part(axis, cell);
  }
  for (const auto& [parameter, value] : cell.parameters) name += fmt::format("/{}:{}", parameter, value);
  return name.substr(1);
}

}  // namespace ipcbench
