// Launches as tests make them: for milliseconds, since they look at what happens and not at how fast.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "harness/base/cell.hpp"
#include "harness/host/topology.hpp"
#include "harness/launch/process_pair.hpp"

namespace ipcbench {

inline LaunchOptions brief() {
  return {.placement = {},
          .warm_up = std::chrono::milliseconds(1),
          .timed = std::chrono::milliseconds(2),
          .time_limit = std::chrono::seconds(60)};
}

inline Placement on_one_cpu() {
  const int cpu = allowed_cpus().front();
  return {.cpus = Cpus::same, .producer_cpu = cpu, .consumer_cpu = cpu};
}

// Fails the test, and gives an empty measurement, if the launch failed.
inline Measurement measured(const Cell& cell, const LaunchOptions& options = brief()) {
  const LaunchOutcome outcome = launch(cell, options);
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    ADD_FAILURE() << cell_name(cell) << ": " << failure->reason;
    return {};
  }
  return std::get<Measurement>(outcome);
}

// Fails the test if there was no failure.
inline Failure failed(const Cell& cell, const LaunchOptions& options = brief()) {
  const LaunchOutcome outcome = launch(cell, options);
  if (const auto* failure = std::get_if<Failure>(&outcome)) return *failure;
  ADD_FAILURE() << cell_name(cell) << " was measured, but was to fail";
  return {};
}

}  // namespace ipcbench
