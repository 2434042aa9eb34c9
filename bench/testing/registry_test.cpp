// The mechanisms that are linked into the program.
#include "harness/registry/registry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/algorithm/string.hpp>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>
#include <vector>

namespace ipcbench {
namespace {

// Catches mechanisms that the linker dropped: every file that registers one must be in the registry.
TEST(Registry, HasEveryMechanismFile) {
  const std::regex registration("^IPCBENCH_REGISTER_MECHANISM\\(");
  std::size_t registrations = 0;
  for (const char* const room : {"/mechanisms", "/mechanisms/libraries"}) {
    for (const auto& file : std::filesystem::directory_iterator(IPCBENCH_SOURCE_DIR + std::string(room))) {
      if (file.path().extension() != ".cpp") continue;
      std::ifstream lines(file.path());
      for (std::string line; std::getline(lines, line);)
        registrations += std::regex_search(line, registration) ? 1U : 0U;
    }
  }
  EXPECT_GT(registrations, 0U);
  EXPECT_EQ(mechanisms().size(), registrations);
}

// Catches names that would break cell names, and floors that do not come first.
TEST(Registry, NamesAreFitForCellNames) {
  const std::regex name("[a-z0-9_]+");
  for (const MechanismEntry& entry : mechanisms()) {
    EXPECT_TRUE(std::regex_match(std::string(entry.traits.name), name)) << entry.traits.name;
    EXPECT_FALSE(entry.traits.summary.empty()) << entry.traits.name;
  }
  EXPECT_TRUE(std::ranges::is_partitioned(
      mechanisms(), [](const MechanismEntry& entry) { return is_floor(entry.traits); }));
}

std::set<std::string> words_of(std::string_view list) {
  std::vector<std::string> words;
  boost::split(words, list, boost::is_any_of(","));
  for (std::string& word : words) boost::trim(word);
  return {words.begin(), words.end()};
}

// Catches traits that contradict each other: claims and charts select mechanisms by them.
TEST(Registry, TraitsAgreeWithEachOther) {
  for (const MechanismEntry& entry : mechanisms()) {
    const Traits& traits = entry.traits;
    SCOPED_TRACE(traits.name);
    const MechanismInfo info = info_of(traits);
    const bool tokens_only = traits.max_message_bytes == 0;
    EXPECT_EQ(info.carries_bytes, !tokens_only && traits.carries_payload);
    const bool synchronises = traits.kind == MechanismKind::synchronisation;
    EXPECT_TRUE(!synchronises || traits.max_message_bytes <= sizeof(std::uint64_t));
    EXPECT_TRUE(!tokens_only || synchronises || traits.kind == MechanismKind::signal);
    EXPECT_TRUE(traits.kind != MechanismKind::shared_memory || info.in_memory);
    EXPECT_TRUE(!traits.in_place || is_floor(traits) || info.in_memory);
    if (!traits.locks.empty()) {
      const auto objects = words_of(traits.made_of);
      EXPECT_TRUE(std::ranges::includes(objects, words_of(traits.locks))) << traits.locks;
    }
  }
}

// Catches a variant that no profile measures because the mechanism that stands for it does not exist or has
// other messages to carry, and variants of variants.
TEST(Registry, VariantsHaveAnOriginalLikeThem) {
  for (const MechanismEntry& entry : mechanisms()) {
    const Traits& traits = entry.traits;
    if (traits.variant_of.empty()) continue;
    SCOPED_TRACE(traits.name);
    const auto named = [&](const MechanismEntry& other) { return other.traits.name == traits.variant_of; };
    const auto original = std::ranges::find_if(mechanisms(), named);
    ASSERT_NE(original, mechanisms().end());
    EXPECT_TRUE(original->traits.variant_of.empty());
    EXPECT_EQ(original->traits.kind, traits.kind);
    EXPECT_EQ(original->traits.framing, traits.framing);
    EXPECT_EQ(original->traits.max_message_bytes, traits.max_message_bytes);
    for (const auto& wait : kAxis<Wait>) {
      EXPECT_EQ(original->traits.waits.contains(wait.value), traits.waits.contains(wait.value));
    }
  }
}

}  // namespace
}  // namespace ipcbench
