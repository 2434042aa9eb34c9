// Text made printable is printable, valid UTF-8 for any input, and does not change if made so again.
#include "harness/fuzz/invariant.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

bool has_control_character(std::string_view line) {
  for (const char c : line) {
    if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return true;
  }
  return false;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  const std::string line = printable_line(text);
  require(!has_control_character(line), "no control character");
  fuzz::require_printable_line(line);
  fuzz::require_printable(printable_text(text));
  const std::string shortened = shortened_line(line, 20);
  fuzz::require_printable_line(shortened);
  require(shortened.size() <= 20 + 7 + 6, "short");
  return 0;
}
