// What a stretch of work costs the calling thread: CPU time, context switches, page faults.
#pragma once

#include <cstdint>

#include "harness/base/measurement.hpp"

namespace ipcbench {

class CostMeter {
 public:
  void start();
  // The cost since start(). `cpu` is left empty: the placement is read elsewhere.
  [[nodiscard]] SideCost stop() const;

 private:
  SideCost at_start_;
};

}  // namespace ipcbench
