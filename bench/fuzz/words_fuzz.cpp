// Splitting a command in one argument, and suggesting names for its words.
#include <algorithm>

#include "bench/cli/arguments.hpp"
#include "harness/fuzz/invariant.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  try {
    std::size_t bytes = 0;
    for (const std::string& word : split_words("--base", text)) {
      bytes += word.size();
      const auto meant = nearest(word, {"pipe", "fifo", "unix_stream"});
      require(!meant || edit_distance(word, *meant) <= std::max<std::size_t>(word.size() / 3, 2),
              "near is near");
    }
    require(bytes <= text.size(), "words come from the text");
  } catch (const UsageError&) {
    return 0;
  }
  return 0;
}
