// Makes text from anywhere (a file, an argument, another program) safe to show.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipcbench {

// One line of printable UTF-8. Control characters become '?': C0, C1 (which some terminals obey like an
// escape), DEL, and the two characters that XML cannot express. Bytes that are not UTF-8 become U+FFFD.
std::string printable_line(std::string_view text);

// The same for several lines: line ends and tabs stay.
std::string printable_text(std::string_view text);

// Cuts a printable line to `most_bytes` (and a few more for the dots). Keeps the beginning, which says where
// the trouble is, and the end, which says what would be right.
std::string shortened_line(std::string_view line, std::size_t most_bytes);

}  // namespace ipcbench
