// One status line: how far a run has come, what it does, what failed, how long it will take.
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

// " 12 %  1:23 left  pipe/latency/size:64/...  2 failed", at most `columns` wide: the cell is what is cut.
std::string status_line(const ProgressState& state, std::size_t columns);

class Progress {
 public:
  enum class Style { none, lines, in_place };
  using Sink = std::function<void(std::string_view)>;

  // Writes to `sink`: in place, at most ten times a second; lines, every ten seconds.
  Progress(Style style, Sink sink) : style_(style), sink_(std::move(sink)) {}
  // On standard error, as it suits what that is.
  static Progress on_standard_error(bool quiet);

  void show(const ProgressState& state);
  // Wipes the line, so that something else can be printed.
  void clear();

 private:
  Style style_;
  Sink sink_;
  std::chrono::nanoseconds next_{};  // not before then
  bool on_screen_ = false;
};

}  // namespace ipcbench
