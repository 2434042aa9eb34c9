// ftok() on files that keep and that change their inode.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/testing/expect_steps.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// Like the shell's "> file": the inode stays.
void truncate(const fs::path& file) { const std::ofstream emptied(file, std::ios::trunc); }

// The old file still exists while the new one is created, so the inodes differ. The key uses their low 16
// bits, which differ on every file system that numbers its files consecutively.
void replace_by_another(const fs::path& file) {
  const fs::path other = file.string() + "-other";
  truncate(other);
  fs::rename(other, file);
}

TEST(FtokOfRecreatedFiles, TellAnotherInodeFromTheSame) {
  const LaunchDirectory directory;
  const Answer replaced = ftok_of_recreated_files(replace_by_another, {directory.path()}).answer();
  EXPECT_EQ(replaced.verdict, ClaimVerdict::confirmed);
  EXPECT_THAT(replaced.evidence.front(), HasSubstr("another inode 16 times, another key 16"));
  const Answer kept = ftok_of_recreated_files(truncate, {directory.path()}).answer();
  EXPECT_EQ(kept.verdict, ClaimVerdict::refuted);
  EXPECT_THAT(kept.evidence.front(), HasSubstr("another inode 0 times, another key 0"));
}

// The result depends on the file system, but a key never changes without the inode. Nothing is left behind.
TEST(FtokOfRecreatedFiles, FollowTheInode) {
  const LaunchDirectory directory;
  const std::string step =
      ftok_of_recreated_files(delete_and_create, {directory.path()}).answer().evidence.front();
  unsigned inodes = 0;
  unsigned keys = 0;
  const char* const result = step.c_str() + step.find("another inode");
  ASSERT_EQ(std::sscanf(result, "another inode %u times, another key %u", &inodes, &keys), 2) << step;
  EXPECT_LE(keys, inodes);
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST(FtokOfRecreatedFiles, NeedADirectoryToWriteIn) {
  const Answer nowhere = ftok_of_recreated_files(truncate, {"/nowhere"}).answer();
  EXPECT_EQ(nowhere.verdict, ClaimVerdict::untested);
  EXPECT_THAT(nowhere.finding, HasSubstr("cannot create /nowhere"));
}

TEST(FtokOfRecreatedFiles, AreTriedOnTheUsualFileSystems) {
  testing::expect_answer(ftok_of_recreated_files(replace_by_another), ClaimVerdict::confirmed);
  testing::expect_answer(ftok_of_recreated_files(truncate), ClaimVerdict::refuted);
}

}  // namespace
}  // namespace ipcbench
