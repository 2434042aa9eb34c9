#include "bench/run/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/cli/console.hpp"
#include "harness/base/printable.hpp"

namespace ipcbench {
namespace {

constexpr auto kBetweenUpdates = std::chrono::milliseconds(100);
constexpr auto kBetweenLines = std::chrono::seconds(10);
constexpr std::size_t kLineColumns = 110;  // without a terminal

std::string clock_time(std::chrono::nanoseconds duration) {
  const auto count =
      std::chrono::duration_cast<std::chrono::seconds>(duration + std::chrono::milliseconds(500)).count();
  return fmt::format("{}:{:02}", count / 60, count % 60);
}

}  // namespace

std::string status_line(const ProgressState& state, std::size_t columns) {
  const auto elapsed = static_cast<double>(state.elapsed.count());
  const auto all = elapsed + static_cast<double>(state.left.count());
  const int percent = all > 0 ? static_cast<int>(100 * elapsed / all) : 0;
  const std::string front = fmt::format("{:3} %  {} left  ", percent, clock_time(state.left));
  const std::string cell = printable_line(state.cell);  // the other program of a duet chose the name
  const std::string back = state.failures > 0 ? fmt::format("  {} failed", state.failures) : "";
  const std::size_t used = front.size() + back.size();
  return front + cell.substr(0, columns > used ? columns - used : 0) + back;
}

Progress Progress::on_standard_error(bool quiet) {
  if (quiet) return {Style::none, {}};
  if (!error_is_terminal()) return {Style::lines, [](std::string_view text) { say(text); }};
  return {Style::in_place, [](std::string_view text) { say_unfinished(text); }};
}

void Progress::show(const ProgressState& state) {
  if (style_ == Style::none || state.elapsed < next_) return;
  if (style_ == Style::lines) {
    next_ = state.elapsed + kBetweenLines;
    sink_(status_line(state, kLineColumns));
  } else {
    next_ = state.elapsed + kBetweenUpdates;
    // The last column stays free, or some terminals wrap.
    sink_(fmt::format("\r{}\033[K", status_line(state, std::max<std::size_t>(error_columns(), 2) - 1)));
    on_screen_ = true;
  }
}

void Progress::clear() {
  if (on_screen_) sink_("\r\033[K");
  on_screen_ = false;
}

}  // namespace ipcbench
