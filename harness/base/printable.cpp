#include "harness/base/printable.hpp"

#include <algorithm>
#include <cstdint>

namespace ipcbench {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

constexpr auto byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

bool is_continuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

// The length of the character that begins with this byte; 0: no character does.
std::size_t length_of(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) return 2;
  if (first >= 0xE0 && first <= 0xEF) return 3;
  return first >= 0xF0 && first <= 0xF4 ? 4 : 0;
}

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 0;  // 0: not UTF-8
};

// RFC 3629, section 4: neither overlong forms, nor surrogates, nor anything beyond U+10FFFF.
Character first_character(std::string_view text) {
  const std::size_t length = length_of(byte_at(text, 0));
  if (length == 0 || length > text.size()) return {};
  if (length == 1) return {byte_at(text, 0), 1};
  std::uint32_t code = byte_at(text, 0) & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if (!is_continuation(byte_at(text, i))) return {};
    code = code << 6 | (byte_at(text, i) & 0x3FU);
  }
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kLeast[length] || surrogate || code > 0x10FFFF) return {};
  return {code, length};
}

bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFFFE || code == 0xFFFF;
}

std::string printable(std::string_view text, std::string_view allowed) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const auto [code, length] = first_character(text);
    if (length == 0) {
      shown += kReplacement;
    } else if (is_control(code) && allowed.find(text.front()) == std::string_view::npos) {
      shown += '?';
    } else {
      shown += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return shown;
}

// The next position where a character begins.
std::size_t next_beginning(std::string_view text, std::size_t at) {
  while (at < text.size() && is_continuation(byte_at(text, at))) ++at;
  return at;
}

}  // namespace

std::string printable_line(std::string_view text) { return printable(text, ""); }

std::string printable_text(std::string_view text) { return printable(text, "\n\t"); }

std::string shortened_line(std::string_view line, std::size_t most_bytes) {
  if (line.size() <= most_bytes) return std::string(line);
  const std::size_t first = next_beginning(line, most_bytes / 2);
  const std::size_t second = next_beginning(line, line.size() - most_bytes / 2);
  return std::string(line.substr(0, first)).append(" [...] ").append(line.substr(second));
}

}  // namespace ipcbench
