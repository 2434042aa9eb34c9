// How many disturbed launches may be made again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>

namespace ipcbench {

class Repetitions {
 public:
  // One launch is repeated twice at most. What disturbs three in a row is there to stay, perhaps because the
  // mechanism itself has threads in the kernel: the cell's later launches are not repeated.
  static constexpr unsigned kMostOfOneLaunch = 2;
  // One in ten planned launches, and at least one, may be repeated.
  static constexpr std::size_t kPlannedPerRepetition = 10;

  void plan(std::size_t launches) { planned_ += launches; }

  // Whether a launch of the cell that was already repeated `times` may be repeated once more. If so, it
  // counts.
  bool take(std::size_t cell, unsigned times) {
    const std::size_t most = (planned_ + kPlannedPerRepetition - 1) / kPlannedPerRepetition;
    if (times >= kMostOfOneLaunch) hopeless_.insert(cell);
    if (hopeless_.contains(cell) || made_ >= most) return false;
    ++made_;
    return true;
  }

  [[nodiscard]] std::uint32_t made() const { return made_; }

 private:
  std::size_t planned_ = 0;
  std::uint32_t made_ = 0;
  std::set<std::size_t> hopeless_;  // cells
};

}  // namespace ipcbench
