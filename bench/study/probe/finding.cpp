#include "bench/study/probe/finding.hpp"

#include <algorithm>

namespace ipcbench {

std::string_view name_of(ProbeFinding::State state) {
  constexpr std::array<std::string_view, 3> kNames{"found", "not_tried", "failed"};
  return kNames[static_cast<std::size_t>(state)];
}

const ProbeFinding* ProbedMechanism::find(Guarantee guarantee) const {
  const auto found = std::ranges::find(findings, guarantee, &ProbeFinding::guarantee);
  return found == findings.end() ? nullptr : &*found;
}

}  // namespace ipcbench
