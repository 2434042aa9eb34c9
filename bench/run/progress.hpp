// The status line of a run: progress, remaining time, the current cell, and failures.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace ipcbench {

struct ProgressState {
  std::chrono::nanoseconds elapsed{};
  std::chrono::nanoseconds left{};  // estimated
  std::string_view cell;            // being launched
  std::size_t failures = 0;
};

// " 12 %  1:23 left  pipe/latency/size:64/...  2 failed", at most `columns` wide, by shortening the cell.
std::string status_line(const ProgressState& state, std::size_t columns);

class Progress {
 public:
  enum class Style { none, lines, in_place };
  using Sink = std::function<void(std::string_view)>;

  // Writes to `sink`: in_place at most ten times a second, lines every ten seconds.
  Progress(Style style, Sink sink) : style_(style), sink_(std::move(sink)) {}
  // On standard error, in the style that fits a terminal or a file.
  static Progress on_standard_error(bool quiet);

  void show(const ProgressState& state);
  // Wipes the line before other output.
  void clear();

 private:
  Style style_;
  Sink sink_;
  std::chrono::nanoseconds next_{};  // not before then
  bool on_screen_ = false;
};

}  // namespace ipcbench
