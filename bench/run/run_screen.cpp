#include "bench/run/run_screen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

#include "harness/base/printable.hpp"
#include "results/summary/overview.hpp"

namespace ipcbench {
namespace {

// On the screen, where the terminal breaks a line that is too long.
std::size_t lines_on_screen(const std::string& text, std::size_t columns) {
  std::size_t lines = 0;
  for (const auto line : std::views::split(text, '\n'))
    lines += (std::max<std::size_t>(std::ranges::size(line), 1) + columns - 1) / columns;
  return lines - 1;  // what follows the last end of a line is empty
}

}  // namespace

std::string pointers(const std::filesystem::path& out) {
  return fmt::format(
      "Report: {0}\nTables: ipcbench show {0} --all\nCharts: ipcbench plot {0}\n"
      "Advice: ipcbench advise {0} --stream SIZE@RATE\n",
      printable_line(out.string()));
}

std::string run_screen(const Report& report, const std::filesystem::path& out, const TextStyle& style) {
  const std::string ending = '\n' + pointers(out);
  const std::size_t taken = std::min(lines_on_screen(ending, style.columns), kScreenLines);
  return overview(report, style, kScreenLines - taken) + ending;
}

}  // namespace ipcbench
