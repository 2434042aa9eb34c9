#include "harness/host/topology.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// The position of a CPU. A group has any number that all its members share.
struct Position {
  int cpu = 0;
  int core = 0;
  int llc = 0;
  std::int64_t package = 0;
  int node = 0;
  std::int64_t capacity = 0;  // relative speed; 0: unknown, as on machines whose CPUs are all alike
};

// The CPUs of a list file; none if it is absent or malformed.
std::vector<int> read_cpu_list(const fs::path& file) {
  try {
    return parse_cpu_list(read_text(file).value_or(""));
  } catch (const std::invalid_argument&) {
    return {};
  }
}

// The first CPU of a list file stands for the group.
std::optional<int> first_of(const fs::path& file) {
  const std::vector<int> cpus = read_cpu_list(file);
  return cpus.empty() ? std::nullopt : std::optional(cpus.front());
}

// The first CPU that shares this CPU's highest-level cache. Empty if sysfs describes only the first level, as
// in many virtual machines.
std::optional<int> last_level_cache(const fs::path& cpu) {
  std::int64_t highest = 1;
  std::optional<int> sharing;
  for (const fs::path& cache : numbered_entries(cpu / "cache", "index")) {
    const std::int64_t level = read_integer(cache / "level").value_or(0);
    if (level <= highest || read_text(cache / "type") == "Instruction") continue;
    if (const auto first = first_of(cache / "shared_cpu_list")) {
      highest = level;
      sharing = first;
    }
  }
  return sharing;
}

Position read_position(int number, const fs::path& cpu, int node) {
  return {.cpu = number,
          // The older name of core_cpus_list, kept by all kernels.
          .core = first_of(cpu / "topology" / "thread_siblings_list").value_or(number),
          .llc = last_level_cache(cpu).value_or(-1),
          // -1 for all CPUs if the firmware does not say.
          .package = read_integer(cpu / "topology" / "physical_package_id").value_or(0),
          .node = node,
          .capacity = read_integer(cpu / "cpu_capacity").value_or(0)};
}

std::map<int, int> read_nodes(const fs::path& sysfs_root) {
  std::map<int, int> node_of;
  int node = 0;
  for (const fs::path& directory : numbered_entries(sysfs_root / "devices/system/node", "node")) {
    for (const int cpu : read_cpu_list(directory / "cpulist")) node_of[cpu] = node;
    ++node;
  }
  return node_of;
}

std::vector<Position> read_positions(const std::vector<int>& allowed, const fs::path& sysfs_root) {
  const fs::path directory = sysfs_root / "devices/system/cpu";
  const std::vector<int> online = read_cpu_list(directory / "online");
  const std::map<int, int> node_of = read_nodes(sysfs_root);
  std::vector<Position> positions;
  for (const int cpu : allowed) {
    if (!online.empty() && !std::binary_search(online.begin(), online.end(), cpu)) continue;
    const auto node = node_of.find(cpu);
    positions.push_back(read_position(cpu, directory / ("cpu" + std::to_string(cpu)),
                                      node == node_of.end() ? 0 : node->second));
  }
  return positions;
}

Cpus classify(const Position& a, const Position& b) {
  if (a.cpu == b.cpu) return Cpus::same;
  if (a.core == b.core) return Cpus::smt;
  if (a.package != b.package || a.node != b.node) return Cpus::node;
  return a.llc == b.llc ? Cpus::llc : Cpus::socket;
}

// Smaller is better. CPU numbers need no comparison, because pairs are tried in their order. Inverting all
// bits reverses the order as a minus sign would, but also works for the smallest number.
auto rank(const Position& a, const Position& b) {
  return std::tuple(a.package == b.package, a.capacity != b.capacity, ~std::min(a.capacity, b.capacity));
}

// How much of the machine pairs of ends use already.
class PairsSoFar {
 public:
  void add(const Position& producer, const Position& consumer) {
    for (const Position* end : {&producer, &consumer}) {
      ++on_cpu_[end->cpu];
      ++on_core_[end->core];
    }
  }
  // Of one more pair there; smaller is better. Cores matter only among CPUs that are used alike.
  [[nodiscard]] auto crowd(const Position& producer, const Position& consumer) const {
    const int there = count(on_cpu_, producer.cpu);
    const int here = count(on_cpu_, consumer.cpu);
    return std::tuple(std::max(there, here), there + here,
                      count(on_core_, producer.core) + count(on_core_, consumer.core));
  }

 private:
  static int count(const std::map<int, int>& uses, int key) {
    const auto found = uses.find(key);
    return found == uses.end() ? 0 : found->second;
  }

  std::map<int, int> on_cpu_;
  std::map<int, int> on_core_;
};

using TwoPositions = std::pair<Position, Position>;

// Every pair of CPUs of that class whose speeds are those of the first pair.
std::vector<TwoPositions> pairs_like(const TwoPositions& first, const std::vector<Position>& positions) {
  std::vector<TwoPositions> pairs;
  for (const Position& producer : positions) {
    if (producer.capacity != first.first.capacity) continue;
    for (const Position& consumer : positions) {
      const bool same_class = classify(producer, consumer) == classify(first.first, first.second);
      if (same_class && consumer.capacity == first.second.capacity) pairs.emplace_back(producer, consumer);
    }
  }
  return pairs;
}

// The kernel's CPU mask, of any length; cpu_set_t ends at 1024.
using CpuMask = std::vector<unsigned long>;
constexpr std::size_t kWordBits = std::numeric_limits<unsigned long>::digits;
std::size_t bytes_of(const CpuMask& mask) { return mask.size() * sizeof(unsigned long); }

// Whether the kernel accepts it; errno otherwise. It refuses an empty mask with EINVAL.
bool set_affinity(const std::vector<int>& cpus) {
  CpuMask mask(cpus.empty() ? 1 : static_cast<std::size_t>(cpus.back()) / kWordBits + 1);
  for (const int cpu : cpus) {
    const auto bit = static_cast<std::size_t>(cpu);
    mask[bit / kWordBits] |= 1UL << bit % kWordBits;
  }
  return sched_setaffinity(0, bytes_of(mask), reinterpret_cast<const cpu_set_t*>(mask.data())) == 0;
}

}  // namespace

std::vector<int> allowed_cpus() {
  // The kernel refuses a mask shorter than its own with EINVAL, and does not say how long its own is.
  constexpr std::size_t kMostCpus = 1 << 20;
  for (CpuMask mask(16);; mask.resize(2 * mask.size())) {
    if (sched_getaffinity(0, bytes_of(mask), reinterpret_cast<cpu_set_t*>(mask.data())) == 0) {
      std::vector<int> cpus;
      for (std::size_t cpu = 0; cpu < mask.size() * kWordBits; ++cpu) {
        if ((mask[cpu / kWordBits] >> cpu % kWordBits & 1) != 0) cpus.push_back(static_cast<int>(cpu));
      }
      return cpus;
    }
    if (errno != EINVAL || mask.size() * kWordBits >= kMostCpus)
      throw_errno("cannot read the CPU affinity mask (sched_getaffinity)");
  }
}

std::vector<int> memory_nodes(const fs::path& sysfs_root) {
  return read_cpu_list(sysfs_root / "devices/system/node/has_memory");
}

std::optional<int> node_of_cpu(int cpu, const fs::path& sysfs_root) {
  constexpr std::string_view kPrefix = "node";
  for (const fs::path& directory : numbered_entries(sysfs_root / "devices/system/node", kPrefix)) {
    if (!std::ranges::binary_search(read_cpu_list(directory / "cpulist"), cpu)) continue;
    return parse_number<int>(directory.filename().string().substr(kPrefix.size()));
  }
  return std::nullopt;
}

void pin_to(int cpu) {
  if (set_affinity(cpu < 0 ? std::vector<int>() : std::vector{cpu})) return;
  const int error = errno;
  throw KernelError(error, fmt::format("cannot pin to CPU {} (CPUs in the affinity mask: {})", cpu,
                                       format_cpu_list(allowed_cpus())));
}

std::optional<std::string> why_unpinnable() {
  if (set_affinity(allowed_cpus())) return std::nullopt;
  return KernelError(
             errno, "nothing can be pinned to a CPU here (sched_setaffinity)",
             "select --cpus free, or allow the call where a seccomp filter (of the container) forbids it")
      .what();
}

std::optional<int> pinned_cpu() {
  const std::vector<int> cpus = allowed_cpus();
  return cpus.size() == 1 ? std::optional(cpus.front()) : std::nullopt;
}

std::vector<int> cpus_at_distance(Cpus distance, int cpu, const std::vector<int>& allowed,
                                  const fs::path& sysfs_root) {
  const std::vector<Position> positions = read_positions(allowed, sysfs_root);
  const auto self = std::ranges::find(positions, cpu, &Position::cpu);
  std::vector<int> cpus;
  for (const Position& other : positions) {
    if (self != positions.end() && classify(*self, other) == distance) cpus.push_back(other.cpu);
  }
  return cpus;
}

std::vector<int> cpus_of_chain(const Placement& placement, std::size_t ends, const std::vector<int>& allowed,
                               const fs::path& sysfs_root) {
  if (!placement.producer_cpu || !placement.consumer_cpu) return {};
  std::vector<int> cpus{*placement.producer_cpu, *placement.consumer_cpu};
  while (cpus.size() < ends) {
    const std::vector<int> near = cpus_at_distance(placement.cpus, cpus.back(), allowed, sysfs_root);
    const auto unused =
        std::ranges::find_if(near, [&](int cpu) { return std::ranges::find(cpus, cpu) == cpus.end(); });
    cpus.push_back(unused != near.end() ? *unused : cpus[cpus.size() - 2]);
  }
  return cpus;
}

std::vector<Placement> placements_of_pairs(const Placement& first, std::size_t pairs,
                                           const std::vector<int>& allowed, const fs::path& sysfs_root) {
  std::vector<Placement> placements(pairs, first);
  if (pairs < 2 || !first.producer_cpu || !first.consumer_cpu) return placements;
  const std::vector<Position> positions = read_positions(allowed, sysfs_root);
  const auto producer = std::ranges::find(positions, *first.producer_cpu, &Position::cpu);
  const auto consumer = std::ranges::find(positions, *first.consumer_cpu, &Position::cpu);
  if (producer == positions.end() || consumer == positions.end()) return placements;
  const std::vector<TwoPositions> candidates = pairs_like({*producer, *consumer}, positions);
  PairsSoFar used;
  used.add(*producer, *consumer);
  for (std::size_t i = 1; i < pairs; ++i) {
    const auto& [there, here] = *std::ranges::min_element(
        candidates, {}, [&](const TwoPositions& pair) { return used.crowd(pair.first, pair.second); });
    used.add(there, here);
    placements[i].producer_cpu = there.cpu;
    placements[i].consumer_cpu = here.cpu;
  }
  return placements;
}

std::vector<int> cpus_like(int cpu, const std::vector<int>& allowed, const fs::path& sysfs_root) {
  const std::vector<Position> positions = read_positions(allowed, sysfs_root);
  const auto self = std::ranges::find(positions, cpu, &Position::cpu);
  std::vector<int> cpus{cpu};
  if (self == positions.end()) return cpus;
  const auto kind = [](const Position& at) { return std::tuple(at.node, at.package, at.capacity); };
  std::set<int> cores{self->core};
  for (const Position& other : positions) {
    if (kind(other) == kind(*self) && cores.insert(other.core).second) cpus.push_back(other.cpu);
  }
  return cpus;
}

std::vector<Placement> find_placements(const std::vector<int>& allowed, const fs::path& sysfs_root) {
  const std::vector<Position> positions = read_positions(allowed, sysfs_root);
  using Pair = std::pair<const Position*, const Position*>;
  std::map<Cpus, Pair> best;  // in the order of the axis
  for (auto a = positions.begin(); a != positions.end(); ++a) {
    for (auto b = a; b != positions.end(); ++b) {
      const auto [entry, is_first] = best.try_emplace(classify(*a, *b), &*a, &*b);
      Pair& pair = entry->second;
      if (!is_first && rank(*a, *b) < rank(*pair.first, *pair.second)) pair = {&*a, &*b};
    }
  }
  std::vector<Placement> placements;
  placements.reserve(best.size() + 1);
  for (const auto& [cpus, pair] : best) placements.push_back({cpus, pair.first->cpu, pair.second->cpu});
  placements.push_back({Cpus::free, {}, {}});
  return placements;
}

}  // namespace ipcbench
