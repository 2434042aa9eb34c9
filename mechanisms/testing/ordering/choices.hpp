// A tree of choices, walked depth first; each path starts at the root.
#pragma once

#include <cstddef>
#include <stdexcept>
#include <vector>

namespace ipcbench::ordering {

class Choices {
 public:
  // One of 0 to options - 1: the recorded choice while the path repeats an earlier one, 0 beyond that.
  std::size_t take(std::size_t options) {
    if (options <= 1) return 0;
    if (depth_ == path_.size()) path_.push_back({0, options});
    if (path_[depth_].options != options) throw std::logic_error("the program does not repeat itself");
    return path_[depth_++].taken;
  }
  void rewind() { depth_ = 0; }
  // Moves on to the next path. False: that was the last.
  bool advance() {
    while (!path_.empty() && ++path_.back().taken == path_.back().options) path_.pop_back();
    return !path_.empty();
  }

 private:
  struct Choice {
    std::size_t taken = 0;
    std::size_t options = 0;
  };
  std::vector<Choice> path_;
  std::size_t depth_ = 0;
};

}  // namespace ipcbench::ordering
