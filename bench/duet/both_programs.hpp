// Both programs of a duet, alive for one block.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "bench/duet/duet_program.hpp"

namespace ipcbench {

inline constexpr std::array<const char*, 2> kSideNames{"base", "new"};

class BothPrograms {
 public:
  // `first`: the side that starts first.
  BothPrograms(const std::array<StartProgram, 2>& start, std::size_t first);

  [[nodiscard]] DuetProgram& operator[](std::size_t side) { return *programs_[side]; }

  // A cell that the program no longer has fails.
  DuetAnswer launch(std::size_t side, const std::string& cell, std::uint32_t block);

  // A sentence about what each can measure.
  [[nodiscard]] std::string nothing_in_common() const;

 private:
  std::array<std::unique_ptr<DuetProgram>, 2> programs_;
  std::array<std::unordered_map<std::string, std::size_t>, 2> places_;  // in the greeting, by name
};

}  // namespace ipcbench
