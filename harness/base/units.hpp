// Formats and parses numbers, sizes, durations and rates as people write them. Nothing else does.
#pragma once

#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// Empty if the whole text is not one number, or if it does not fit.
template <std::integral Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && stopped == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// "a,,b": three items. An empty text has one empty item.
std::vector<std::string_view> split_at_commas(std::string_view list);

// Exact: "64 B", "4 KiB", "1.5 MiB". A size that is no whole or half number of a unit takes a smaller one
// ("4097 B"). parse_size() reads it back.
std::string format_size(std::uint64_t bytes);

// Three significant digits: "980 ns", "3.12 us", "45.0 us", "1.20 ms", "12.0 s".
std::string format_duration_ns(double ns);
// Three significant digits, powers of 1000, as bandwidths are quoted: "1.20 GB/s".
std::string format_bytes_per_second(double bytes_per_second);
// Three significant digits, powers of 1000: "12", "1.20 k", "3.45 M"; below 1000 without trailing zeros.
std::string format_count(double count);
// "1 cell", "2 cells", "2 launches".
std::string counted(std::uint64_t number, std::string_view thing);
// To the second, rounded: "0:07", "12:30", "1:05:00".
std::string clock_text(std::chrono::nanoseconds duration);

// The parsers below throw std::invalid_argument. Its text quotes the input and says what is allowed; the
// caller adds the argument's name.

// "4096", "4096B", "4KiB", "4k", "1.5 MiB": bytes, up to 2^63 - 1. Decimals only where they give whole bytes.
// "4KB", which may mean 4000 or 4096, is refused with both spellings.
std::uint64_t parse_size(std::string_view text);

// "200", "200Hz", "50k", "1.5M/s": messages a second, a whole number up to 2^63 - 1.
std::uint64_t parse_rate(std::string_view text);

// "1.5GB/s", "800 MB/s", "1GiB/s": bytes a second, a whole number up to 2^63 - 1.
std::uint64_t parse_bytes_per_second(std::string_view text);

// Sizes and ranges, separated by commas: "64,4KiB,64..1MiB". A range stands for its ends, the powers of two
// between, and both sides of PIPE_BUF (4095, 4096, 4097) and of a pipe's capacity (65535, 65536, 65537)
// where they lie inside. Ascending, each size once.
std::vector<std::uint64_t> parse_size_list(std::string_view text);

// "500ns", "20us", "1.5ms", "10s", "2m", "1h". The unit is required.
std::chrono::nanoseconds parse_duration(std::string_view text);

}  // namespace ipcbench
