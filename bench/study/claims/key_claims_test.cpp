// ftok() on files that keep and that change their inode.
#include "bench/study/claims/key_claims.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "bench/study/claims/testing/expect_steps.hpp"
#include "harness/base/error.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// Like the shell's "> file": the inode stays.
void truncate(const fs::path& file) { const std::ofstream emptied(file, std::ios::trunc); }

// The old file still exists while the new one is created, so the inodes differ. The key uses their low 16
// bits, which differ on every file system that numbers its files consecutively.
void replace_by_another(const fs::path& file) {
  const fs::path other = file.string() + "-other";
  truncate(other);
  fs::rename(other, file);
}

TEST(FtokOfRecreatedFile, TellsAnotherInodeFromTheSame) {
  const LaunchDirectory directory;
  const auto replaced = ftok_of_recreated_file(directory.path(), replace_by_another);
  EXPECT_EQ(replaced.tries, 16U);
  EXPECT_EQ(replaced.other_inode, 16U);
  EXPECT_EQ(replaced.other_key, 16U);
  const auto kept = ftok_of_recreated_file(directory.path(), truncate);
  EXPECT_EQ(kept.other_inode, 0U);
  EXPECT_EQ(kept.other_key, 0U);
}

// The result depends on the file system, but a key never changes without the inode. Nothing is left behind.
TEST(FtokOfRecreatedFile, FollowsTheInode) {
  const LaunchDirectory directory;
  const auto recreated = ftok_of_recreated_file(directory.path());
  EXPECT_LE(recreated.other_key, recreated.other_inode);
  EXPECT_FALSE(recreated.file_system.empty());
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST(FtokOfRecreatedFile, NeedsADirectoryToWriteIn) {
  EXPECT_THROW(ftok_of_recreated_file("/nowhere"), KernelError);
}

TEST(FtokOfRecreatedFiles, IsJudgedByTheInodes) {
  testing::expect_answer(ftok_of_recreated_files(replace_by_another), ClaimVerdict::confirmed);
  testing::expect_answer(ftok_of_recreated_files(truncate), ClaimVerdict::refuted);
}

}  // namespace
}  // namespace ipcbench
