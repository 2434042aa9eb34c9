// Helpers for tests that launch pairs: which mechanisms, which cells, which options, and what comes out.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "harness/contract/feasibility.hpp"
#include "harness/host/topology.hpp"
#include "harness/launch/process_pair.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

// All but those that tests plant.
inline std::vector<const MechanismEntry*> real_mechanisms() {
  std::vector<const MechanismEntry*> found;
  for (const MechanismEntry& entry : mechanisms()) {
    if (!entry.traits.name.starts_with("planted_")) found.push_back(&entry);
  }
  return found;
}

// The size that the mechanism can carry that is nearest to 64 bytes.
inline std::size_t usual_size(const Traits& traits) {
  return std::min<std::size_t>(64, traits.max_message_bytes);
}
inline Wait usual_wait(const Traits& traits) {
  return traits.waits.contains(Wait::block) ? Wait::block : Wait::spin;
}

inline bool can_have(const MechanismEntry& mechanism, Peers peers) {
  if (mechanism.traits.kinship == Kinship::one_process) return peers == Peers::thread;
  return peers != Peers::exec || mechanism.join != nullptr;
}

// peers: empty for the usual ones.
inline Cell usual_cell(const MechanismEntry& mechanism, std::optional<Peers> peers = {}) {
  return {.mechanism = std::string(mechanism.traits.name),
          .size_bytes = usual_size(mechanism.traits),
          .wait = usual_wait(mechanism.traits),
          .peers = peers.value_or(usual_peers(mechanism.traits)),
          .parameters = {}};
}

inline LaunchOptions brief() {
  return {.placement = {},
          .verify = std::chrono::milliseconds(1),
          .warm_up = std::chrono::microseconds(200),
          .timed = std::chrono::milliseconds(1),
          .least_samples = 0,
          .time_limit = std::chrono::seconds(60)};
}

// Another one for each launch: the tests that run beside this one would all wait for the first CPU.
inline Placement on_one_cpu() {
  static auto turn = static_cast<std::size_t>(getpid());
  const std::vector<int> cpus = allowed_cpus();
  const int cpu = cpus[turn++ % cpus.size()];
  return {.cpus = Cpus::same, .producer_cpu = cpu, .consumer_cpu = cpu};
}

// Fails the test, and returns an empty measurement, if the launch failed.
inline Measurement measured(const Cell& cell, const LaunchOptions& options = brief()) {
  const LaunchOutcome outcome = launch(cell, options);
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    ADD_FAILURE() << cell_name(cell) << ": " << failure->reason;
    return {};
  }
  return std::get<Measurement>(outcome);
}

// Fails the test if the launch did not fail.
inline Failure failed(const Cell& cell, const LaunchOptions& options = brief()) {
  const LaunchOutcome outcome = launch(cell, options);
  if (const auto* failure = std::get_if<Failure>(&outcome)) return *failure;
  ADD_FAILURE() << cell_name(cell) << " was measured, but should have failed";
  return {};
}

}  // namespace ipcbench
