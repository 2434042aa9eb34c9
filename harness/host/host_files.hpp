// Reads the small text files of /proc and /sys. Any of them may be absent, unreadable or empty.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

// The file's text, at most about 16 MiB of it, without white space and zero bytes at its end. Empty if it
// cannot be read, is not a regular file, or nothing is left.
std::optional<std::string> read_text(const std::filesystem::path& file);

// The integer at the beginning of the file; empty if there is none.
std::optional<std::int64_t> read_integer(const std::filesystem::path& file);

// The value of the first line that begins with `key` followed by white space, a colon or "=", as in
// "MemTotal:  5 kB", "model name\t: X" and "nr_throttled 3". Empty if there is no such line or it has no
// value.
std::optional<std::string> read_field(const std::filesystem::path& file, std::string_view key);

// The integer at the beginning of such a value.
std::optional<std::int64_t> read_integer_field(const std::filesystem::path& file, std::string_view key);

// The entries of a directory, by name; none if there is no such directory.
std::vector<std::filesystem::path> sorted_entries(const std::filesystem::path& directory);

// Those whose names are `prefix` and a number ("cpu0", "cpu1", ...), ascending by number.
std::vector<std::filesystem::path> numbered_entries(const std::filesystem::path& directory,
                                                    std::string_view prefix);

// Parses the kernel's lists of CPUs and nodes: "0-3,8" is {0, 1, 2, 3, 8}, ascending, each once; "" is no
// CPU. Throws std::invalid_argument for anything else, including numbers from 2^20 on, which no kernel has.
std::vector<int> parse_cpu_list(std::string_view text);

// The inverse: {0, 1, 2, 3, 8} as "0-3,8".
std::string format_cpu_list(const std::vector<int>& cpus);

}  // namespace ipcbench
