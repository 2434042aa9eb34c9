// Which cells stand in one table, and how a table and its lines are named.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/cell.hpp"

namespace ipcbench {

// The cells of one table agree on every axis but the mechanism and the size. Groups sort as the tables do.
using Group = std::vector<std::uint64_t>;
Group group_of(const Cell& cell);

// A line: what the table shows, and the axes on which its cells agree.
std::string heading(std::string_view what, const Cell& cell);

// The mechanism and its parameters: "pipe pipe_bytes:4096".
std::string label_of(const Cell& cell);

inline constexpr std::size_t kToken = 0;
std::string size_text(std::size_t size);  // "64 B"; "token" for messages without bytes

}  // namespace ipcbench
