// The arguments of `ipcbench run`, one per line, from words to cells as the program reads them. Google
// Benchmark's flags follow a line "--".
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Error.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "bench/cli/exit_code.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/fuzz/invariant.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;
using Words = std::vector<std::string>;

Words lines_of(std::string_view text) {
  Words lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

RunArguments parse(Words words) {
  CLI::App app;
  RunArguments arguments;
  declare_run_arguments(app, arguments);
  declare_run_only(app, arguments);
  std::ranges::reverse(words);  // as CLI11 wants them
  app.parse(words);
  return arguments;
}

// An empty value is refused earlier, and no argument has a zero byte.
bool cannot_be(std::string_view text, const Words& words) {
  return text.find('\0') != std::string_view::npos || std::ranges::find(words, "") != words.end();
}

void read(const Words& words, const Words& flags) {
  const RunArguments arguments = parse(words);
  const Words line = command_line(arguments);
  require(command_line(parse(line)) == line, "arguments are read as they are handed on");
  const RunRequest request = interpret(arguments, parse_benchmark_flags(flags));
  const std::vector<Placement> placements{{Cpus::same, 0, 0}, {Cpus::llc, 0, 1}, {Cpus::free, {}, {}}};
  const auto cells = requested_cells(request, placements).cells;
  require(!cells.empty() && cells.size() <= 100'000, "some cells");
  for (const Cell& cell : cells) require(cell.size_bytes <= std::size_t{1} << 30, "no message is too long");
  require(request.profile.launches > 0 && request.profile.timed.count() > 0, "something is measured");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  Words words = lines_of(text);
  if (cannot_be(text, words)) return 0;
  const auto dashes = std::ranges::find(words, "--");
  const Words flags(dashes == words.end() ? dashes : dashes + 1, words.end());
  words.erase(dashes, words.end());
  try {
    read(words, flags);
  } catch (const UsageError& error) {
    require(std::string_view(error.what()).size() > 5, "a mistake is explained");
  } catch (const CLI::Error&) {
    return 0;
  }
  return 0;
}
