// The mechanisms as this program has them.
#include "harness/registry/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>

namespace ipcbench {
namespace {

// Catches adapters that the linker dropped: every file that registers one has to be in the register.
TEST(Registry, HasEveryAdapterFile) {
  const std::regex registration("^IPCBENCH_REGISTER_MECHANISM\\(");
  std::size_t registrations = 0;
  for (const auto& file : std::filesystem::directory_iterator(IPCBENCH_SOURCE_DIR "/mechanisms")) {
    if (file.path().extension() != ".cpp") continue;
    std::ifstream lines(file.path());
    for (std::string line; std::getline(lines, line);)
      registrations += std::regex_search(line, registration) ? 1U : 0U;
  }
  EXPECT_GT(registrations, 0U);
  EXPECT_EQ(mechanisms().size(), registrations);
}

// Catches names that would break cell names, and the floors losing their place in front.
TEST(Registry, NamesAreFitForCellNames) {
  const std::regex name("[a-z0-9_]+");
  for (const MechanismEntry& entry : mechanisms()) {
    EXPECT_TRUE(std::regex_match(std::string(entry.traits.name), name)) << entry.traits.name;
    EXPECT_FALSE(entry.traits.summary.empty()) << entry.traits.name;
  }
  EXPECT_TRUE(std::ranges::is_partitioned(
      mechanisms(), [](const MechanismEntry& entry) { return entry.traits.delivery == Delivery::none; }));
}

}  // namespace
}  // namespace ipcbench
