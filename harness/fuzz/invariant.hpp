// For fuzz targets: the input as text, and the invariants for any input.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/base/printable.hpp"

namespace ipcbench::fuzz {

inline std::string text_of(const std::uint8_t* data, std::size_t size) { return {data, data + size}; }

// Ends the program as a crash, which is a finding.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

// Text for a terminal or a line of a log must be printable.
inline void require_printable(std::string_view text) { require(printable_text(text) == text, "printable"); }
inline void require_printable_line(std::string_view line) {
  require(printable_line(line) == line, "one printable line");
}

// A reader's error about the file "input".
inline void require_error_of_input(std::string_view message) {
  require_printable_line(message);
  require(message.starts_with("input: ") && message.size() < 1100, "errors name the file and are short");
}

// Removes and returns the text before the next line "---", so that one input can be several files.
inline std::string take_part(std::string_view& rest) {
  constexpr std::string_view kSeparator = "\n---\n";
  const std::size_t end = rest.find(kSeparator);
  const std::string part(rest.substr(0, end));
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + kSeparator.size());
  return part;
}

}  // namespace ipcbench::fuzz
