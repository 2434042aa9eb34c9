#include "bench/duet/quiet_blocks.hpp"

#include <algorithm>

namespace ipcbench {

std::uint32_t QuietBlocks::disturbed() const {
  const bool invalid = std::ranges::any_of(activity_doubts(from_, read_()), [](const Doubt& doubt) {
    return doubt.level == Doubt::Level::invalid;
  });
  return invalid ? blocks_ : 0;
}

std::vector<std::pair<std::size_t, Row>> QuietBlocks::keep(std::chrono::nanoseconds now) {
  std::vector<std::pair<std::size_t, Row>> rows = std::move(rows_);
  begin_again(now);
  return rows;
}

void QuietBlocks::drop(std::chrono::nanoseconds now) {
  dropped_ += blocks_;
  const HostActivity from = from_;
  begin_again(now);
  left_out_.emplace_back(from, from_);
}

HostActivity QuietBlocks::after() const {
  HostActivity after = read_();
  for (const auto& [from, to] : left_out_) leave_out(after, from, to);
  return after;
}

void QuietBlocks::begin_again(std::chrono::nanoseconds now) {
  rows_.clear();
  blocks_ = 0;
  since_ = now;
  from_ = read_();
}

}  // namespace ipcbench
