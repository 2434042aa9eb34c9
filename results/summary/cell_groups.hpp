// Which cells stand in one table, and how a table and its lines are named.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/cell.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {

// The cells of one table agree on every axis but the mechanism and the size. Groups sort as the tables do.
using Group = std::vector<std::uint64_t>;
Group group_of(const Cell& cell);

// What a table of such cells shows: "Median round trip".
std::string what(const Cell& cell);

// A line, or two: what the table shows, and the axes on which its cells agree.
std::string heading(std::string_view what, const Cell& cell, std::size_t columns);

// The mechanism and its parameters: "pipe pipe_bytes:4096".
std::string label_of(const Cell& cell);

std::string per_second_text(double per_second);  // "1.2 M/s"

// The cell's median: a time, bytes per second, or messages per second for tokens; "-" if it has none.
std::string figure_text(const CellSummary& summary);

// The sizes that a reader sees first, a column each: a token, a small message, and those that fill a page, a
// pipe and a cache.
inline constexpr std::array<std::size_t, 5> kReadFirst{0, 64, 4096, 65536, std::size_t{1} << 20};

inline constexpr std::size_t kToken = 0;
std::string size_text(std::size_t size);  // "64 B"; "token" for messages without bytes

}  // namespace ipcbench
