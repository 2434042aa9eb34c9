// Where a probe writes down what it finds, at once: what it knew before it hung or crashed is kept.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "bench/study/probe/finding.hpp"

namespace ipcbench {

class Notebook {
 public:
  explicit Notebook(std::function<void(const ProbeFinding&)> write) : write_(std::move(write)) {}

  void found(Guarantee guarantee, std::string answer, std::string evidence) const {
    write_({guarantee, ProbeFinding::State::found, std::move(answer), std::move(evidence)});
  }
  void not_tried(Guarantee guarantee, std::string reason) const {
    write_({guarantee, ProbeFinding::State::not_tried, "not tried", std::move(reason)});
  }

 private:
  std::function<void(const ProbeFinding&)> write_;
};

// "1 message", "2 messages".
inline std::string counted(std::uint64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace ipcbench
