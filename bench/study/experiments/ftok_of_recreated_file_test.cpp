#include "bench/study/experiments/ftok_of_recreated_file.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "harness/base/error.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// As the shell's "> file" does: the file stays the same.
void truncate(const fs::path& file) { const std::ofstream emptied(file, std::ios::trunc); }

// The old file still has its inode while the new one is made, so that they differ, as their low 16 bits do on
// every file system that numbers its files one after the other.
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

// Which it is depends on the file system, but a key never changes without the inode. Nothing is left behind.
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

}  // namespace
}  // namespace ipcbench
