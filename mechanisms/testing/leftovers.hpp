// What a launch could leave behind, as far as it can be seen from here.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>

namespace ipcbench {

// One line for each: shared memory, POSIX queue, System V object, temporary file, open descriptor of this
// process, child process. Two that were taken before and after a launch are equal if it cleaned up.
std::set<std::string> visible_objects();

// Gives this process IPC and mount namespaces of its own, with a /dev/shm and, below `directory`, a view of
// the POSIX queues. False, and errno says why, where privilege does not allow it.
bool make_private(const std::filesystem::path& directory);

// Gives the test program kernel objects and temporary files of its own, so that visible_objects() shows no
// others: a private $TMPDIR; and, where privilege allows, IPC and mount namespaces with a /dev/shm and a view
// of the POSIX queues. Without privilege those of all of this user's programs are seen.
class PrivateObjects : public testing::Environment {
 public:
  void SetUp() override;
  void TearDown() override;

 private:
  std::string directory_;
};

}  // namespace ipcbench
