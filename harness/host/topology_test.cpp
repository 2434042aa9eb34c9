#include "harness/host/topology.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cerrno>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A /sys in a temporary directory, built from an lscpu-like description.
class FakeSysfs : public FakeHost {
 public:
  void cpu(int number, const std::string& siblings, int package) {
    write(cpu_file(number, "topology/thread_siblings_list"), siblings);
    write(cpu_file(number, "topology/physical_package_id"), std::to_string(package));
  }
  void cache(int cpu, int index, int level, const std::string& type, const std::string& shared) {
    const std::string directory = "cache/index" + std::to_string(index) + "/";
    write(cpu_file(cpu, directory + "level"), std::to_string(level));
    write(cpu_file(cpu, directory + "type"), type);
    write(cpu_file(cpu, directory + "shared_cpu_list"), shared);
  }
  void capacity(int cpu, std::int64_t value) { write(cpu_file(cpu, "cpu_capacity"), std::to_string(value)); }
  void node(int number, const std::string& cpus) {
    write("devices/system/node/node" + std::to_string(number) + "/cpulist", cpus);
  }
  void online(const std::string& cpus) { write("devices/system/cpu/online", cpus); }

  [[nodiscard]] std::vector<Placement> placements(const std::string& allowed) const {
    return find_placements(parse_cpu_list(allowed), root());
  }

 private:
  static std::string cpu_file(int cpu, const std::string& name) {
    return "devices/system/cpu/cpu" + std::to_string(cpu) + "/" + name;
  }
};

const Placement kFree{Cpus::free, {}, {}};

// One EPYC of 16 cores without SMT, four cores to an L3.
TEST(PlacementTest, EpycWithManyLastLevelCaches) {
  FakeSysfs sys;
  sys.online("0-15");
  sys.node(0, "0-15");
  for (int cpu = 0; cpu < 16; ++cpu) {
    const int first = cpu / 4 * 4;
    sys.cpu(cpu, std::to_string(cpu), 0);
    sys.cache(cpu, 2, 2, "Unified", std::to_string(cpu));
    sys.cache(cpu, 3, 3, "Unified", std::to_string(first) + "-" + std::to_string(first + 3));
  }
  // Catches: an L2 or the package taken for the last-level cache.
  EXPECT_THAT(sys.placements("0-15"), ElementsAre(Placement{Cpus::same, 0, 0}, Placement{Cpus::llc, 0, 1},
                                                  Placement{Cpus::socket, 0, 4}, kFree));
  // Catches: classes of CPUs that the affinity mask excludes.
  EXPECT_THAT(sys.placements("6,8,12"),
              ElementsAre(Placement{Cpus::same, 6, 6}, Placement{Cpus::socket, 6, 8}, kFree));
}

// Two sockets of two cores with two threads each, numbered as Intel does: 0-3 first threads, 4-7 second ones.
TEST(PlacementTest, TwoSocketsWithSmt) {
  FakeSysfs sys;
  sys.node(0, "0-1,4-5");
  sys.node(1, "2-3,6-7");
  for (int cpu = 0; cpu < 8; ++cpu) {
    const int core = cpu % 4;
    sys.cpu(cpu, std::to_string(core) + "," + std::to_string(core + 4), core / 2);
    sys.cache(cpu, 0, 1, "Data", std::to_string(core) + "," + std::to_string(core + 4));
    sys.cache(cpu, 3, 3, "Unified", core < 2 ? "0-1,4-5" : "2-3,6-7");
  }
  EXPECT_THAT(sys.placements("0-7"),
              ElementsAre(Placement{Cpus::same, 0, 0}, Placement{Cpus::smt, 0, 4}, Placement{Cpus::llc, 0, 1},
                          Placement{Cpus::node, 0, 2}, kFree));
  // Catches: threads of one core taken for two cores with a common cache.
  EXPECT_THAT(sys.placements("2,6"),
              ElementsAre(Placement{Cpus::same, 2, 2}, Placement{Cpus::smt, 2, 6}, kFree));
}

// One package of two nodes, and a second package. The pair across packages is the more distant one.
TEST(PlacementTest, NodePrefersAnotherPackage) {
  FakeSysfs sys;
  for (int cpu = 0; cpu < 3; ++cpu) {
    sys.cpu(cpu, std::to_string(cpu), cpu == 2 ? 1 : 0);
    sys.node(cpu, std::to_string(cpu));
    // Catches: sub-NUMA clusters that share the L3 taken for neighbours.
    sys.cache(cpu, 3, 3, "Unified", cpu == 2 ? "2" : "0-1");
  }
  EXPECT_THAT(sys.placements("0-2"),
              ElementsAre(Placement{Cpus::same, 0, 0}, Placement{Cpus::node, 0, 2}, kFree));
  EXPECT_THAT(sys.placements("0-1"),
              ElementsAre(Placement{Cpus::same, 0, 0}, Placement{Cpus::node, 0, 1}, kFree));
}

// A laptop: efficient cores 0-3 without SMT, fast cores 4-5 and 6-7 with it, one L3.
TEST(PlacementTest, HybridTakesFastCoresOfEqualSpeed) {
  FakeSysfs sys;
  sys.online("0-7");
  for (int cpu = 0; cpu < 8; ++cpu) {
    sys.cpu(cpu, cpu < 4 ? std::to_string(cpu) : (cpu < 6 ? "4-5" : "6-7"), 0);
    sys.cache(cpu, 3, 3, "Unified", "0-7");
    sys.capacity(cpu, cpu < 4 ? 600 : 1024);
  }
  EXPECT_THAT(sys.placements("0-7"), ElementsAre(Placement{Cpus::same, 4, 4}, Placement{Cpus::smt, 4, 5},
                                                 Placement{Cpus::llc, 4, 6}, kFree));
  // Catches: a mixed pair although there is an equal pair of slower cores.
  EXPECT_THAT(sys.placements("0-1,4"),
              ElementsAre(Placement{Cpus::same, 4, 4}, Placement{Cpus::llc, 0, 1}, kFree));
  // A mixed pair is better than none.
  EXPECT_THAT(sys.placements("3,4"),
              ElementsAre(Placement{Cpus::same, 4, 4}, Placement{Cpus::llc, 3, 4}, kFree));
}

// A board that describes neither caches nor nodes, with an unknown package. Its cores share a cache.
TEST(PlacementTest, BoardWithoutCacheDescription) {
  FakeSysfs sys;
  sys.online("0-3");
  for (int cpu = 0; cpu < 4; ++cpu) {
    sys.cpu(cpu, std::to_string(cpu), -1);
    sys.cache(cpu, 0, 1, "Data", std::to_string(cpu));
    sys.cache(cpu, 1, 1, "Instruction", std::to_string(cpu));
  }
  const auto expected = ElementsAre(Placement{Cpus::same, 0, 0}, Placement{Cpus::llc, 0, 1}, kFree);
  EXPECT_THAT(sys.placements("0-3"), expected);
  // Catches: an instruction cache of the second level taken for the last level of data.
  for (int cpu = 0; cpu < 4; ++cpu) sys.cache(cpu, 2, 2, "Instruction", std::to_string(cpu));
  EXPECT_THAT(sys.placements("0-3"), expected);
}

// Four little cores, a big one and a bigger one. The pair of equal speed wins although it is slower.
TEST(PlacementTest, ThreeSpeeds) {
  FakeSysfs sys;
  for (int cpu = 0; cpu < 6; ++cpu) sys.capacity(cpu, cpu < 4 ? 400 : 200 * cpu);
  EXPECT_THAT(sys.placements("0-5"),
              ElementsAre(Placement{Cpus::same, 5, 5}, Placement{Cpus::llc, 0, 1}, kFree));
}

// Catches: a crash or an empty answer if nothing can be read, as in a container without /sys.
TEST(PlacementTest, NoSysfsAtAll) {
  const FakeSysfs sys;
  EXPECT_THAT(sys.placements("3,5"),
              ElementsAre(Placement{Cpus::same, 3, 3}, Placement{Cpus::llc, 3, 5}, kFree));
  EXPECT_THAT(sys.placements("3"), ElementsAre(Placement{Cpus::same, 3, 3}, kFree));
  EXPECT_THAT(sys.placements(""), ElementsAre(kFree));
}

TEST(PlacementTest, OfflineCpusAndNonsenseAreLeftOut) {
  FakeSysfs sys;
  sys.online("1-2");
  EXPECT_THAT(sys.placements("0-3"),
              ElementsAre(Placement{Cpus::same, 1, 1}, Placement{Cpus::llc, 1, 2}, kFree));
  sys.online("what?");
  EXPECT_THAT(sys.placements("0"), ElementsAre(Placement{Cpus::same, 0, 0}, kFree));
  // The smallest number has no opposite.
  for (const int cpu : {0, 1}) sys.capacity(cpu, std::numeric_limits<std::int64_t>::min());
  EXPECT_THAT(sys.placements("0"), ElementsAre(Placement{Cpus::same, 0, 0}, kFree));
}

// Catches: CPUs of another class, and CPUs that the affinity mask excludes.
TEST(PlacementTest, CpusAtADistance) {
  FakeSysfs sys;
  sys.online("0-7");
  for (int cpu = 0; cpu < 8; ++cpu) {
    const int core = cpu / 2 * 2;
    sys.cpu(cpu, std::to_string(core) + "-" + std::to_string(core + 1), cpu / 4);
  }
  const auto allowed = parse_cpu_list("0-6");
  EXPECT_THAT(cpus_at_distance(Cpus::same, 1, allowed, sys.root()), ElementsAre(1));
  EXPECT_THAT(cpus_at_distance(Cpus::smt, 1, allowed, sys.root()), ElementsAre(0));
  EXPECT_THAT(cpus_at_distance(Cpus::llc, 1, allowed, sys.root()), ElementsAre(2, 3));
  EXPECT_THAT(cpus_at_distance(Cpus::node, 1, allowed, sys.root()), ElementsAre(4, 5, 6));
  EXPECT_THAT(cpus_at_distance(Cpus::free, 1, allowed, sys.root()), ElementsAre());
}

// Catches: a slower core, another node, two threads of one core, and CPUs that the affinity mask excludes.
TEST(PlacementTest, CpusLikeAnother) {
  FakeSysfs sys;
  sys.online("0-9");
  sys.node(0, "0-7");
  sys.node(1, "8-9");
  for (int cpu = 0; cpu < 10; ++cpu) {
    const int first = cpu / 2 * 2;
    sys.cpu(cpu, fmt::format("{}-{}", first, first + 1), cpu / 8);
    sys.capacity(cpu, cpu == 4 || cpu == 5 ? 400 : 1024);
  }
  const std::vector<int> allowed = parse_cpu_list("0-5,7-9");
  EXPECT_THAT(cpus_like(2, allowed, sys.root()), ElementsAre(2, 0, 7));
  EXPECT_THAT(cpus_like(3, allowed, sys.root()), ElementsAre(3, 0, 7));
  EXPECT_THAT(cpus_like(6, allowed, sys.root()), ElementsAre(6));
  EXPECT_THAT(cpus_like(0, {0, 1}, FakeHost().root()), ElementsAre(0, 1));
}

// Two last-level caches of four CPUs, the last two of them slow; two threads a core.
// Catches a hop of another distance, an end on a CPU that another one has while there is a free one, and a
// chain that does not end where there is none.
TEST(CpusOfChain, AreEachAtTheDistanceOfThePlacement) {
  FakeSysfs sys;
  sys.online("0-3");
  sys.node(0, "0-3");
  for (int cpu = 0; cpu < 4; ++cpu) {
    sys.cpu(cpu, fmt::format("{}-{}", cpu / 2 * 2, cpu / 2 * 2 + 1), 0);
    sys.cache(cpu, 3, 3, "Unified", "0-3");
  }
  const auto of = [&](const Placement& placement, std::size_t ends) {
    return cpus_of_chain(placement, ends, parse_cpu_list("0-3"), sys.root());
  };
  EXPECT_THAT(of({Cpus::llc, 0, 2}, 4), ElementsAre(0, 2, 1, 3));
  EXPECT_THAT(of({Cpus::llc, 0, 2}, 6), ElementsAre(0, 2, 1, 3, 1, 3));
  EXPECT_THAT(of({Cpus::smt, 0, 1}, 4), ElementsAre(0, 1, 0, 1));
  EXPECT_THAT(of({Cpus::same, 2, 2}, 3), ElementsAre(2, 2, 2));
  EXPECT_TRUE(of({Cpus::free, std::nullopt, std::nullopt}, 3).empty());
}

class PlacementsOfPairs : public ::testing::Test {
 protected:
  PlacementsOfPairs() {
    sys_.online("0-7");
    sys_.node(0, "0-7");
    for (int cpu = 0; cpu < 8; ++cpu) {
      sys_.cpu(cpu, fmt::format("{}-{}", cpu / 2 * 2, cpu / 2 * 2 + 1), 0);
      sys_.cache(cpu, 3, 3, "Unified", cpu < 4 ? "0-3" : "4-7");
      sys_.capacity(cpu, cpu < 6 ? 1024 : 400);
    }
  }
  std::vector<Placement> of(const Placement& first, std::size_t pairs) {
    return placements_of_pairs(first, pairs, parse_cpu_list("0-7"), sys_.root());
  }

 private:
  FakeSysfs sys_;
};

// Catches pairs that share a CPU while others are free, another class, and slower CPUs.
TEST_F(PlacementsOfPairs, AreOnCpusOfTheirOwnWhileThereAreSome) {
  EXPECT_THAT(of({Cpus::same, 0, 0}, 4),
              ElementsAre(Placement{Cpus::same, 0, 0}, Placement{Cpus::same, 2, 2},
                          Placement{Cpus::same, 4, 4}, Placement{Cpus::same, 1, 1}));
  EXPECT_THAT(of({Cpus::smt, 0, 1}, 2), ElementsAre(Placement{Cpus::smt, 0, 1}, Placement{Cpus::smt, 2, 3}));
}

// Catches a third pair that is put where two are already.
TEST_F(PlacementsOfPairs, ShareCpusEvenlyWhereThereAreTooFew) {
  const std::vector<Placement> placements = of({Cpus::llc, 0, 2}, 4);
  std::map<int, int> ends;
  for (const Placement& each : placements) {
    EXPECT_EQ(each.cpus, Cpus::llc);
    ++ends[each.producer_cpu.value()];
    ++ends[each.consumer_cpu.value()];
  }
  for (const auto& [cpu, count] : ends) EXPECT_LE(count, 2) << "CPU " << cpu;
  EXPECT_EQ(of({Cpus::free, {}, {}}, 2), std::vector(2, Placement{Cpus::free, {}, {}}));
}

// Threads can be pinned to every placement of the machine that runs the test.
// Nodes without memory or without CPUs, and numbers with a gap. Catches a position in the list taken for a
// node's number.
TEST(NodesTest, HaveTheKernelsNumbers) {
  FakeSysfs sys;
  sys.node(0, "0-1");
  sys.node(2, "2-3");
  sys.write("devices/system/node/has_memory", "0,2-3");
  EXPECT_EQ(memory_nodes(sys.root()), (std::vector{0, 2, 3}));
  EXPECT_EQ(node_of_cpu(1, sys.root()), 0);
  EXPECT_EQ(node_of_cpu(3, sys.root()), 2);
  EXPECT_EQ(node_of_cpu(4, sys.root()), std::nullopt);
  EXPECT_THAT(memory_nodes(FakeSysfs().root()), ::testing::IsEmpty());
}

TEST(PinningTest, IsReadBack) {
  for (const Placement& placement : find_placements()) {
    if (!placement.producer_cpu) continue;
    // A thread of its own, so that the test program stays unpinned.
    std::thread([cpu = *placement.producer_cpu] {
      pin_to(cpu);
      EXPECT_EQ(pinned_cpu(), cpu);
      EXPECT_THAT(allowed_cpus(), ElementsAre(cpu));
    }).join();
  }
  EXPECT_FALSE(allowed_cpus().empty());
}

// Catches a thread that may run anywhere and is reported as pinned. On a machine with one CPU every thread is
// pinned.
TEST(PinningTest, AThreadWithSeveralCpusIsNotPinned) {
  EXPECT_EQ(pinned_cpu().has_value(), allowed_cpus().size() == 1);
}

// Catches: a message without the cause, and a negative number used as an index.
TEST(PinningTest, RefusesCpusThatDoNotExist) {
  for (const int cpu : {-1, 70'000}) {
    try {
      pin_to(cpu);
      ADD_FAILURE() << "pinned to CPU " << cpu;
    } catch (const KernelError& error) {
      EXPECT_EQ(error.number(), EINVAL);
      EXPECT_THAT(error.what(), HasSubstr("cannot pin to CPU " + std::to_string(cpu)));
    }
  }
}

}  // namespace
}  // namespace ipcbench
