// Drops the blocks of a duet during which the machine had other things to do.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "harness/host/activity.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// Holds rows back until it is known whether their blocks were disturbed: whether the machine's activity
// during them would make a whole report invalid. Blocks are judged together until a second has passed, since
// the counters' ticks say nothing about less. Neither the sides nor the results decide, so that dropping a
// block favours nobody.
class QuietBlocks {
 public:
  using Read = std::function<HostActivity()>;

  QuietBlocks(Read read, std::chrono::nanoseconds now)
      : read_(std::move(read)), before_(read_()), from_(before_), since_(now) {}

  void add(std::size_t side, Row row) { rows_.emplace_back(side, std::move(row)); }
  // A block has ended, and with it both programs.
  void end_block() { ++blocks_; }

  // Whether the blocks since the last decision are long enough to be judged.
  [[nodiscard]] bool can_judge(std::chrono::nanoseconds now) const {
    return now - since_ >= std::chrono::seconds(1);
  }
  // The blocks since the last decision if they were disturbed, otherwise 0.
  [[nodiscard]] std::uint32_t disturbed() const;

  // Decides about the blocks since the last decision. keep() returns their rows, by side.
  std::vector<std::pair<std::size_t, Row>> keep(std::chrono::nanoseconds now);
  void drop(std::chrono::nanoseconds now);

  [[nodiscard]] std::uint32_t dropped() const { return dropped_; }
  [[nodiscard]] const HostActivity& before() const { return before_; }
  // The activity until now, without that during dropped blocks.
  [[nodiscard]] HostActivity after() const;

 private:
  void begin_again(std::chrono::nanoseconds now);

  Read read_;
  HostActivity before_;
  HostActivity from_;  // at the last decision
  std::chrono::nanoseconds since_{};
  std::vector<std::pair<HostActivity, HostActivity>> left_out_;
  std::vector<std::pair<std::size_t, Row>> rows_;
  std::uint32_t blocks_ = 0;
  std::uint32_t dropped_ = 0;
};

}  // namespace ipcbench
