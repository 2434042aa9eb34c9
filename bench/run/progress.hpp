// The status line of a run: how far it is, the time left, what is being measured, and failures.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

struct ProgressState {
  std::chrono::nanoseconds elapsed{};
  std::chrono::nanoseconds left{};  // estimated
  std::size_t launch = 0;           // the current one, from 1; 0: not counted
  std::size_t launches = 0;         // how many there will be; 0: unknown
  bool may_change = false;          // that number is an estimate
  std::string_view cell;            // being launched: its name
  std::size_t failures = 0;
};

// What tells cells apart: the parts of their names that not all of them have.
class CellLabels {
 public:
  CellLabels() = default;
  explicit CellLabels(const std::vector<std::string>& names);
  // "pipe size:64": without the parts that all cells share; the whole name if nothing is left.
  [[nodiscard]] std::string operator()(std::string_view name) const;

 private:
  std::set<std::string, std::less<>> common_;
};

// The time left as it is shown. It follows the estimate, but from one time to the next it grows by at most 40
// % and falls to no less than 70 % of what the clock leaves, and within a second by a fifth: estimates jump
// when a round ends or cells turn out to be uncertain.
class ShownTimeLeft {
 public:
  std::chrono::nanoseconds show(std::chrono::nanoseconds elapsed, std::chrono::nanoseconds estimate);

 private:
  std::optional<std::chrono::nanoseconds> shown_;
  std::chrono::nanoseconds at_{};
};

// "[####----------------]  21 %  launch 37 of 144  1:30 left  pipe size:64  2 failed", at most `columns`
// wide: the bar goes first, then the end of the cell. `percent`: 0 to 100. `bar`: whether there is one at
// all.
std::string status_line(const ProgressState& state, int percent, std::size_t columns, bool bar);

class Progress {
 public:
  enum class Style { none, lines, in_place };
  using Sink = std::function<void(std::string_view)>;

  // Writes to `sink`: in_place at most ten times a second, lines every ten seconds.
  Progress(Style style, Sink sink) : style_(style), sink_(std::move(sink)) {}
  // On standard error, in the style that fits a terminal or a file.
  static Progress on_standard_error(bool quiet);

  // The cells that are to come, so that the line can leave out what they share.
  void expect(const std::vector<std::string>& cells) { labels_ = CellLabels(cells); }
  void show(const ProgressState& state);
  // Wipes the line before other output.
  void clear();

 private:
  // Never falls.
  int percent_of(std::chrono::nanoseconds elapsed, std::chrono::nanoseconds left);

  Style style_;
  Sink sink_;
  CellLabels labels_;
  ShownTimeLeft time_left_;
  int percent_ = 0;
  std::chrono::nanoseconds next_{};  // not before then
  bool on_screen_ = false;
};

}  // namespace ipcbench
