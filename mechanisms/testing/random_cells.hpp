// Random cells: any valid combination of mechanism, pattern, waiting strategy, peers, size and placement.
#pragma once

#include <array>
#include <random>
#include <vector>

#include "harness/host/topology.hpp"
#include "harness/launch/skip.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {

class RandomCells {
 public:
  explicit RandomCells(std::uint64_t seed) : random_(seed) {}

  // A cell of any mechanism, or of the given mechanism and peers. Empty: a hundred attempts found none that
  // can be launched.
  std::optional<Cell> next() { return next(mechanisms()[below(mechanisms().size())], any<Peers>()); }
  std::optional<Cell> next(const MechanismEntry& entry, Peers peers) {
    for (int tries = 0; tries < 100; ++tries) {
      Cell cell = thrown(entry, peers);
      if (!why_skipped(cell)) return cell;
    }
    return std::nullopt;
  }

  // The CPUs to pin the cell's ends to; none for a free placement.
  Placement placement_of(const Cell& cell) const {
    for (const Placement& placement : placements_) {
      if (placement.cpus == cell.cpus) return placement;
    }
    return {};
  }

 private:
  static constexpr std::array<std::size_t, 10> kSizes{0, 1, 8, 64, 1000, 4096, 4097, 65536, 65537, 1 << 20};

  std::size_t below(std::size_t count) { return random_() % count; }
  template <class Axis>
  Axis any() {
    const auto& axis = kAxis<Axis>;
    return axis[below(std::size(axis))].value;
  }

  Cell thrown(const MechanismEntry& entry, Peers peers) {
    Cell cell;
    cell.mechanism = std::string(entry.traits.name);
    cell.pattern = any<Pattern>();
    cell.size_bytes = std::min(kSizes[below(kSizes.size())], entry.traits.max_message_bytes);
    cell.wait = any<Wait>();
    cell.peers = peers;
    cell.cpus = placements_[below(placements_.size())].cpus;
    cell.payload = any<Payload>();
    if (cell.pattern == Pattern::paced)
      cell.load = {.per_second = 5000, .percent = 0, .arrivals = any<Arrivals>()};
    if (cell.pattern == Pattern::paced && cell.size_bytes > 1 && below(2) == 0) {
      const std::vector<MessageStream> two{{cell.size_bytes, 1000}, {1 + below(cell.size_bytes), 4000}};
      cell.load = load_of(StreamMix(two), cell.load.arrivals);
    }
    if (is_streamed(cell.pattern) && below(3) == 0) cell.batch = static_cast<std::uint32_t>(1 + below(40));
    if (cell.wait == Wait::epoll && below(2) == 0) cell.watched = static_cast<std::uint32_t>(below(100));
    if (cell.pattern == Pattern::latency && below(3) == 0)
      cell.chain = static_cast<std::uint32_t>(2 + below(4));
    if (is_fan(cell.pattern)) cell.fan = static_cast<std::uint32_t>(1 + below(4));
    if (is_fanin(cell.pattern)) cell.links = any<Links>();
    return cell;
  }

  std::mt19937_64 random_;
  std::vector<Placement> placements_ = find_placements();
};

}  // namespace ipcbench
