#include "harness/base/printable.hpp"

#include <boost/locale/utf.hpp>
#include <cstdint>

namespace ipcbench {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

bool is_control(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0xFFFE || code == 0xFFFF;
}

std::string printable(std::string_view text, std::string_view allowed) {
  std::string shown;
  shown.reserve(text.size());
  for (const char* at = text.data(); at != text.data() + text.size();) {
    const char* next = at;
    const auto code = boost::locale::utf::utf_traits<char>::decode(next, text.data() + text.size());
    if (!boost::locale::utf::is_valid_codepoint(code)) {
      shown += kReplacement;
      next = at + 1;
    } else if (is_control(code) && allowed.find(*at) == std::string_view::npos) {
      shown += '?';
    } else {
      shown.append(at, next);
    }
    at = next;
  }
  return shown;
}

// The next position where a character begins.
std::size_t next_beginning(std::string_view text, std::size_t at) {
  while (at < text.size() && is_continuation(text[at])) ++at;
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
