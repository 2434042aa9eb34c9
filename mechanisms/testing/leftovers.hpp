// The objects that a launch could leave behind, as far as this process can see them.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

namespace ipcbench {

// Objects that outlive a process, one line each: shared memory, POSIX queues, System V objects, temporary
// files. Two sets taken before and after a launch are equal if it cleaned up.
std::set<std::string> lasting_objects();
// Also this process's open descriptors and dead children.
std::set<std::string> visible_objects();

// Gives this process its own IPC and mount namespaces, with a /dev/shm and, below `directory`, a view of the
// POSIX queues. False if privilege does not allow it; errno says why.
bool make_private(const std::filesystem::path& directory);

// Gives the test program its own kernel objects and temporary files, so that visible_objects() shows no
// others: a private $TMPDIR and, where privilege allows, make_private(). Without privilege the objects of all
// of this user's programs are visible.
class PrivateObjects : public ::testing::Environment {
 public:
  void SetUp() override;
  void TearDown() override;

 private:
  std::string directory_;
};

}  // namespace ipcbench
