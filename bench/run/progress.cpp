#include "bench/run/progress.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bench/cli/console.hpp"
#include "harness/base/printable.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;

constexpr auto kBetweenUpdates = std::chrono::milliseconds(100);
constexpr auto kBetweenLines = std::chrono::seconds(10);
constexpr std::size_t kLineColumns = 110;  // without a terminal
constexpr std::size_t kBarCells = 20;
constexpr std::size_t kFewestColumnsWithBar = 80;

std::vector<std::string> parts_of(std::string_view name) {
  std::vector<std::string> parts;
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    parts.emplace_back(name.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::string bar_of(int percent) {
  const std::size_t full = kBarCells * static_cast<std::size_t>(percent) / 100;
  return fmt::format("[{}{}] ", std::string(full, '#'), std::string(kBarCells - full, '-'));
}

std::string launch_text(const ProgressState& state) {
  if (state.launch == 0) return "";
  if (state.launches == 0) return fmt::format("launch {}  ", state.launch);
  return fmt::format("launch {} of {}{}  ", state.launch, state.may_change ? "about " : "", state.launches);
}

}  // namespace

CellLabels::CellLabels(const std::vector<std::string>& names) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    const std::vector<std::string> parts = parts_of(names[i]);
    const std::set<std::string, std::less<>> own(parts.begin(), parts.end());
    if (i == 0) common_ = own;
    std::erase_if(common_, [&](const std::string& part) { return !own.contains(part); });
  }
}

std::string CellLabels::operator()(std::string_view name) const {
  std::string label;
  for (const std::string& part : parts_of(name)) {
    if (!common_.contains(part)) label += fmt::format("{}{}", label.empty() ? "" : " ", part);
  }
  return label.empty() ? std::string(name) : label;
}

nanoseconds ShownTimeLeft::show(nanoseconds elapsed, nanoseconds estimate) {
  constexpr double kMostInOneStep = 0.4;
  constexpr double kMostInASecond = 0.2;
  constexpr nanoseconds kShort = std::chrono::seconds(2);  // below that anything is allowed
  if (shown_) {
    const nanoseconds passed = std::max(elapsed - at_, nanoseconds::zero());
    const double most =
        1 + std::min(kMostInASecond * std::chrono::duration<double>(passed).count(), kMostInOneStep);
    const auto scaled = [](nanoseconds duration, double factor) {
      return nanoseconds(static_cast<nanoseconds::rep>(static_cast<double>(duration.count()) * factor));
    };
    const nanoseconds due = std::max(*shown_ - passed, nanoseconds::zero());
    estimate = std::clamp(estimate, scaled(due, 1 / most), scaled(std::max(*shown_, kShort), most));
  }
  at_ = elapsed;
  shown_ = estimate;
  return estimate;
}

std::string status_line(const ProgressState& state, int percent, std::size_t columns, bool bar) {
  const bool has_bar = bar && columns + 1 >= kFewestColumnsWithBar;
  const std::string front = fmt::format("{}{:3} %  {}{} left  ", has_bar ? bar_of(percent) : "", percent,
                                        launch_text(state), clock_text(state.left));
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

int Progress::percent_of(nanoseconds elapsed, nanoseconds left) {
  const auto all = static_cast<double>((elapsed + left).count());
  if (all > 0)
    percent_ = std::max(percent_, static_cast<int>(100 * static_cast<double>(elapsed.count()) / all));
  return percent_;
}

void Progress::show(const ProgressState& state) {
  if (style_ == Style::none || state.elapsed < next_) return;
  ProgressState shown = state;
  const std::string label = labels_(state.cell);
  shown.cell = label;
  shown.left = time_left_.show(state.elapsed, state.left);
  const int percent = percent_of(shown.elapsed, shown.left);
  if (style_ == Style::lines) {
    next_ = state.elapsed + kBetweenLines;
    sink_(status_line(shown, percent, kLineColumns, false));
  } else {
    next_ = state.elapsed + kBetweenUpdates;
    // The last column stays free, or some terminals wrap.
    const std::size_t columns = std::max<std::size_t>(error_columns(), 2) - 1;
    sink_(fmt::format("\r{}\033[K", status_line(shown, percent, columns, true)));
    on_screen_ = true;
  }
}

void Progress::clear() {
  if (on_screen_) sink_("\r\033[K");
  on_screen_ = false;
}

}  // namespace ipcbench
