// Names of cells and families as a reader says them: "ring_spin latency 64 B spin same".
#pragma once

#include <string>
#include <vector>

#include "results/comparison/comparison.hpp"

namespace ipcbench {

class ShortNames {
 public:
  // `cells`: the names of all cells that are shown. A setting that all of them share is left out.
  explicit ShortNames(const std::vector<std::string>& cells);

  // "pipe/latency/size:64/wait:block/peers:fork/cpus:same": "pipe latency 64 B block same", if all cells have
  // peers:fork. Any other name (of a plain Google Benchmark report, of a family of the settings) stays as it
  // is. Printable.
  [[nodiscard]] std::string cell(const std::string& name) const;
  // The same with ", all sizes" or " (family)" behind it.
  [[nodiscard]] std::string family(const std::string& name) const;
  // The settings that are left out: "peers:fork, cpus:same". Empty if there are none.
  [[nodiscard]] std::string shared() const;

 private:
  std::vector<std::string> shared_;  // in the order of the names
};

// The names of the cells of a comparison, also of those that one side lacks.
std::vector<std::string> cell_names(const Comparison& comparison);

}  // namespace ipcbench
