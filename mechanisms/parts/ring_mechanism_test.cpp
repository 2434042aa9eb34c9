// Joining a ring: what is not the ring that was asked for is refused, not used.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <fstream>
#include <string>

#include "harness/cleanup/launch_directory.hpp"
#include "harness/launch/process_pair.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/mirrored_view.hpp"
#include "mechanisms/parts/named_file_memory.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

class RingJoin : public ::testing::Test {
 protected:
  [[nodiscard]] LinkSpec spec(std::uint64_t ring_bytes) const {
    LinkSpec spec =
        spec_for({.mechanism = "posix_shm_ring", .load = {}, .parameters = {}}, directory_.path());
    spec.parameters = {{"ring_bytes", ring_bytes}};
    return spec;
  }
  // What joining says; empty: it worked.
  static std::string refusal(const MechanismEntry& entry, const LinkSpec& spec, const std::string& address) {
    try {
      entry.try_join(spec, address);
      return "";
    } catch (const Error& error) {
      return error.what();
    }
  }

 private:
  LaunchDirectory directory_;
};

// Catches a joiner that maps more than there is, and dies of SIGBUS, and one that wraps around elsewhere.
TEST_F(RingJoin, ComparesTheCapacity) {
  int joined = 0;
  for (const MechanismEntry& entry : mechanisms()) {
    if (std::ranges::find(entry.parameters, "ring_bytes", &Parameter::name) == entry.parameters.end())
      continue;
    if (entry.try_join == nullptr || entry.available()) continue;
    const auto ring = entry.try_out(spec(65'536));
    EXPECT_EQ(refusal(entry, spec(65'536), ring->address()), "") << entry.traits.name;
    EXPECT_THAT(refusal(entry, spec(131'072), ring->address()), HasSubstr("the shared memory has 6"))
        << entry.traits.name;
    EXPECT_THAT(refusal(entry, spec(32'768), ring->address()), HasSubstr("holds 65536 bytes, not 32768"))
        << entry.traits.name;
    ++joined;
  }
  EXPECT_GE(joined, 3);
}

// What this process has mapped by huge pages.
std::size_t huge_kib() {
  std::ifstream file("/proc/self/smaps_rollup");
  std::size_t kib = 0;
  for (std::string word; file >> word;) {
    if (word == "ShmemPmdMapped:") file >> kib;
  }
  return kib;
}

// Catches a ring that is silently in usual pages, or seen by them: its header or either appearance of its
// data, at its creator or at an end that joins.
TEST_F(RingJoin, HugePagesAreWhatBothEndsSee) {
  if (const auto reason = why_no_huge_pages()) GTEST_SKIP() << *reason;
  const std::size_t page_kib = huge_page_bytes() / 1024;
  int tried = 0;
  for (const MechanismEntry& entry : mechanisms()) {
    if (std::ranges::find(entry.parameters, kHugePages.name, &Parameter::name) == entry.parameters.end())
      continue;
    LinkSpec wanted = spec(65'536);
    for (const std::uint64_t is_huge : {0U, 1U}) {
      wanted.parameters[std::string(kHugePages.name)] = is_huge;
      const std::size_t before = huge_kib();
      const auto ring = entry.try_out(wanted);
      ring->attach(Side::producer);
      EXPECT_EQ(huge_kib() - before, is_huge * 3 * page_kib) << entry.traits.name;
      if (entry.try_join == nullptr) continue;
      const auto joined = entry.try_join(wanted, ring->address());
      joined->attach(Side::consumer);
      EXPECT_EQ(huge_kib() - before, is_huge * 6 * page_kib) << entry.traits.name;
    }
    ++tried;
  }
  EXPECT_GE(tried, 4);
}

// Catches a joiner that takes whatever has the name.
TEST_F(RingJoin, RecognisesARing) {
  const MechanismEntry& entry = *find_mechanism("posix_shm_ring");
  if (const auto reason = entry.available()) GTEST_SKIP() << *reason;
  const LinkSpec wanted = spec(65'536);
  const auto memory = NamedFileMemory<PosixShm>::create(spec(65'536), 1 << 20);
  EXPECT_THAT(refusal(entry, wanted, memory.address()), HasSubstr("holds no ring"));
  RingIdentity other{.version = RingIdentity::kVersion + 1, .capacity = 65'536};
  std::memcpy(memory.data(), &other, sizeof other);
  EXPECT_THAT(refusal(entry, wanted, memory.address()), HasSubstr("is of version 2, not 1"));
  other.version = RingIdentity::kVersion;
  std::memcpy(memory.data(), &other, sizeof other);
  EXPECT_EQ(refusal(entry, wanted, memory.address()), "");
}

}  // namespace
}  // namespace ipcbench
