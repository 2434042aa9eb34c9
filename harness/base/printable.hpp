// Text that may have come from anywhere (a file, an argument, another program), made fit to be shown.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace ipcbench {

// One line of printable UTF-8: control characters become '?' (C0 and C1, which some terminals obey like an
// escape, DEL, and the two characters that XML has no way to write), bytes that are not UTF-8 U+FFFD.
std::string printable_line(std::string_view text);

// The same of several lines: line ends and tabs stay.
std::string printable_text(std::string_view text);

// At most `most_bytes` of a line that is printable (and a few more for the dots): its beginning, which says
// where the trouble is, and its end, which says what would be right.
std::string shortened_line(std::string_view line, std::size_t most_bytes);

}  // namespace ipcbench
