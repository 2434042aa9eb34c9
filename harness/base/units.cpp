#include "harness/base/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <limits>
#include <set>
#include <span>
#include <stdexcept>

namespace ipcbench {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array kSizeUnits{Unit{"B", 1}, Unit{"KiB", 1U << 10}, Unit{"MiB", 1U << 20},
                                Unit{"GiB", 1U << 30}};
constexpr std::array kRateUnits{Unit{"B", 1}, Unit{"kB", 1'000}, Unit{"MB", 1'000'000},
                                Unit{"GB", 1'000'000'000}};
constexpr std::array kTimeUnits{Unit{"ns", 1}, Unit{"us", 1'000}, Unit{"ms", 1'000'000},
                                Unit{"s", 1'000'000'000}};
constexpr std::array kCountUnits{Unit{"", 1}, Unit{"k", 1'000}, Unit{"M", 1'000'000},
                                 Unit{"G", 1'000'000'000}};

// The maximum of std::chrono::nanoseconds and off_t.
constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// Decimals that give `value` three significant digits.
int decimals_of(double value) {
  if (value < 9.995) return 2;
  return value < 99.95 ? 1 : 0;
}

// The largest unit that the rounded value fills at least once: 999.6 ns are "1.00 us".
const Unit& unit_for(double value, std::span<const Unit> units) {
  std::size_t chosen = 0;
  while (chosen + 1 < units.size()) {
    const auto next = static_cast<double>(units[chosen + 1].factor);
    if (value < next - static_cast<double>(units[chosen].factor) / 2) break;
    ++chosen;
  }
  return units[chosen];
}

std::string with_unit(double value, std::span<const Unit> units, std::string_view suffix) {
  const double size = std::abs(value);
  const Unit& unit = unit_for(size, units);
  const double scaled = size / static_cast<double>(unit.factor);
  return fmt::format("{}{:.{}f} {}{}", value < 0 ? "-" : "", scaled, size == 0 ? 0 : decimals_of(scaled),
                     unit.name, suffix);
}

// The input of a parser: its units, the name of the smallest, and a description for error messages.
struct Grammar {
  std::span<const Unit> units;
  std::string_view base;
  std::string_view allowed;
};

// A bare letter is a binary unit, as in dd and fio.
constexpr std::array kParsedSizeUnits{Unit{"", 1},           kSizeUnits[0],        kSizeUnits[1],
                                      kSizeUnits[2],         kSizeUnits[3],        Unit{"k", 1U << 10},
                                      Unit{"K", 1U << 10},   Unit{"M", 1U << 20},  Unit{"G", 1U << 30},
                                      Unit{"kib", 1U << 10}, Unit{"Kib", 1U << 10}};
constexpr std::array kParsedTimeUnits{kTimeUnits[0],
                                      kTimeUnits[1],
                                      Unit{"\u00b5s", 1'000},
                                      kTimeUnits[2],
                                      kTimeUnits[3],
                                      Unit{"m", 60'000'000'000},
                                      Unit{"min", 60'000'000'000},
                                      Unit{"h", 3'600'000'000'000}};
constexpr std::array kParsedRateUnits{
    Unit{"", 1},        Unit{"k", 1'000},      Unit{"K", 1'000},       Unit{"M", 1'000'000},
    Unit{"Hz", 1},      Unit{"kHz", 1'000},    Unit{"MHz", 1'000'000}, Unit{"/s", 1},
    Unit{"k/s", 1'000}, Unit{"M/s", 1'000'000}};
constexpr Grammar kSizes{
    kParsedSizeUnits, "bytes",
    "a number of bytes below 2^63, with B, KiB, MiB or GiB behind it if wanted (4096, 4KiB, 1.5MiB)"};
constexpr Grammar kDurations{kParsedTimeUnits, "nanoseconds",
                             "a number with ns, us, ms, s, m or h behind it, up to 292 years (500us, 1.5s)"};
constexpr Grammar kRates{kParsedRateUnits, "messages a second",
                         "a number of messages a second, with k or M and with Hz or /s behind it if wanted "
                         "(200, 50k, 200Hz)"};
constexpr std::array kParsedBandwidthUnits{Unit{"", 1},
                                           kRateUnits[0],
                                           kRateUnits[1],
                                           kRateUnits[2],
                                           kRateUnits[3],
                                           Unit{"B/s", 1},
                                           Unit{"kB/s", 1'000},
                                           Unit{"MB/s", 1'000'000},
                                           Unit{"GB/s", 1'000'000'000},
                                           Unit{"KiB/s", 1U << 10},
                                           Unit{"MiB/s", 1U << 20},
                                           Unit{"GiB/s", 1U << 30}};
constexpr Grammar kBandwidths{
    kParsedBandwidthUnits, "bytes a second",
    "a number with B/s, kB/s, MB/s, GB/s, KiB/s, MiB/s or GiB/s behind it (1.5GB/s)"};
// Some write 1000 bytes in this way and some 1024.
constexpr std::array kAmbiguousSizeUnits{Unit{"kB", 1U << 10}, Unit{"KB", 1U << 10}, Unit{"kb", 1U << 10},
                                         Unit{"Kb", 1U << 10}, Unit{"MB", 1U << 20}, Unit{"mb", 1U << 20},
                                         Unit{"Mb", 1U << 20}, Unit{"GB", 1U << 30}, Unit{"gb", 1U << 30},
                                         Unit{"Gb", 1U << 30}};

[[noreturn]] void refuse(std::string_view text, std::string_view problem, std::string_view allowed) {
  throw std::invalid_argument(fmt::format("'{}' {}; allowed: {}", text, problem, allowed));
}

std::string_view take_digits(std::string_view& rest) {
  const std::size_t length = std::min(rest.find_first_not_of("0123456789"), rest.size());
  const std::string_view digits = rest.substr(0, length);
  rest.remove_prefix(length);
  return digits;
}

// digits * factor / 10^decimals as an exact integer; false if it is not one or exceeds 2^63 - 1.
bool scale(std::string_view digits, std::uint64_t factor, std::size_t decimals, std::uint64_t& result) {
  const auto value = parse_number<std::uint64_t>(digits);
  if (!value || __builtin_mul_overflow(*value, factor, &result)) return false;
  for (; decimals > 0; --decimals, result /= 10) {
    if (result % 10 != 0) return false;
  }
  return result <= kLargest;
}

struct Quantity {
  std::string_view whole;
  std::string_view fraction;  // without trailing zeros
  std::string_view unit;
};

// Splits "1.50 MiB"; one space before the unit is allowed, as the formatters write it.
Quantity split(std::string_view text, const Grammar& grammar) {
  std::string_view rest = text;
  Quantity quantity{take_digits(rest), {}, {}};
  if (quantity.whole.empty()) refuse(text, "does not begin with a digit", grammar.allowed);
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    quantity.fraction = take_digits(rest);
    if (quantity.fraction.empty()) refuse(text, "has no digit behind the point", grammar.allowed);
    quantity.fraction = quantity.fraction.substr(0, quantity.fraction.find_last_not_of('0') + 1);
  }
  if (rest.size() > 1 && rest.front() == ' ') rest.remove_prefix(1);
  quantity.unit = rest;
  return quantity;
}

std::uint64_t parse_quantity(std::string_view text, const Grammar& grammar) {
  const Quantity quantity = split(text, grammar);
  const auto unit = std::find_if(grammar.units.begin(), grammar.units.end(),
                                 [&](const Unit& candidate) { return candidate.name == quantity.unit; });
  if (unit == grammar.units.end()) {
    refuse(text, quantity.unit.empty() ? "has no unit" : "has an unknown unit", grammar.allowed);
  }
  std::uint64_t whole = 0;
  if (!scale(quantity.whole, unit->factor, 0, whole)) refuse(text, "is too large", grammar.allowed);
  if (quantity.fraction.empty()) return whole;

  std::uint64_t part = 0;
  if (!scale(quantity.fraction, unit->factor, quantity.fraction.size(), part)) {
    refuse(text, fmt::format("is not a whole number of {}", grammar.base), grammar.allowed);
  }
  // Both are below 2^63, so the sum does not wrap around.
  if (whole + part > kLargest) refuse(text, "is too large", grammar.allowed);
  return whole + part;
}

// "4KB" is answered with both spellings.
void refuse_ambiguous(std::string_view text) {
  const auto unit = std::ranges::find_if(
      kAmbiguousSizeUnits, [&](const Unit& candidate) { return text.ends_with(candidate.name); });
  if (unit == kAmbiguousSizeUnits.end()) return;
  const std::string_view number = text.substr(0, text.size() - unit->name.size());
  if (number.empty() || number.find_first_not_of("0123456789. ") != std::string_view::npos) return;
  const char prefix = static_cast<char>(std::toupper(static_cast<unsigned char>(unit->name.front())));
  throw std::invalid_argument(fmt::format(
      "'{}' means 1000s of bytes to some and 1024s to others; write {}{}iB, or the number of bytes", text,
      number, prefix));
}

void add_range(std::string_view text, std::size_t dots, std::set<std::uint64_t>& sizes) {
  const std::uint64_t low = parse_size(text.substr(0, dots));
  const std::uint64_t high = parse_size(text.substr(dots + 2));
  if (low > high) refuse(text, "ends below its beginning", "low..high, such as 64..1MiB");

  sizes.insert({low, high});
  // Sizes stay below 2^63, so doubling ends before it overflows.
  for (std::uint64_t power = 1; power <= high; power *= 2) {
    if (power >= low) sizes.insert(power);
  }
  for (const std::uint64_t boundary : {4096U, 65536U}) {
    for (const std::uint64_t size : {boundary - 1, boundary, boundary + 1}) {
      if (low <= size && size <= high) sizes.insert(size);
    }
  }
}

}  // namespace

std::vector<std::string_view> split_at_commas(std::string_view list) {
  std::vector<std::string_view> items;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    items.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return items;
}

std::string format_size(std::uint64_t bytes) {
  const Unit* exact = kSizeUnits.data();
  for (const Unit& unit : kSizeUnits) {
    if (bytes >= unit.factor && bytes % std::max<std::uint64_t>(unit.factor / 2, 1) == 0) exact = &unit;
  }
  return fmt::format("{}{} {}", bytes / exact->factor, bytes % exact->factor != 0 ? ".5" : "", exact->name);
}

std::string format_duration_ns(double ns) { return with_unit(ns, kTimeUnits, ""); }

std::string format_bytes_per_second(double bytes_per_second) {
  return with_unit(bytes_per_second, kRateUnits, "/s");
}

std::string format_count(double count) {
  if (std::abs(count) < 999.5) return fmt::format("{:.3g}", count);
  return with_unit(count, kCountUnits, "");
}

std::string counted(std::uint64_t number, std::string_view thing) {
  const bool hisses =
      thing.ends_with("ch") || thing.ends_with("sh") || thing.ends_with('s') || thing.ends_with('x');
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : hisses ? "es" : "s");
}

std::string clock_text(std::chrono::nanoseconds duration) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(duration + std::chrono::milliseconds(500)).count();
  const std::string below_an_hour = fmt::format("{:02}", seconds % 60);
  if (seconds < 3600) return fmt::format("{}:{}", seconds / 60, below_an_hour);
  return fmt::format("{}:{:02}:{}", seconds / 3600, seconds / 60 % 60, below_an_hour);
}

std::uint64_t parse_size(std::string_view text) {
  refuse_ambiguous(text);
  return parse_quantity(text, kSizes);
}

std::uint64_t parse_rate(std::string_view text) { return parse_quantity(text, kRates); }

std::uint64_t parse_bytes_per_second(std::string_view text) { return parse_quantity(text, kBandwidths); }

std::vector<std::uint64_t> parse_size_list(std::string_view text) {
  std::set<std::uint64_t> sizes;
  for (const std::string_view item : split_at_commas(text)) {
    if (const std::size_t dots = item.find(".."); dots != std::string_view::npos) {
      add_range(item, dots, sizes);
    } else {
      sizes.insert(parse_size(item));
    }
  }
  return {sizes.begin(), sizes.end()};
}

std::chrono::nanoseconds parse_duration(std::string_view text) {
  return std::chrono::nanoseconds(static_cast<std::int64_t>(parse_quantity(text, kDurations)));
}

}  // namespace ipcbench
