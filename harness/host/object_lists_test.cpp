#include "harness/host/object_lists.hpp"

#include <gtest/gtest.h>
#include <sys/sem.h>
#include <sys/stat.h>

namespace ipcbench {
namespace {

// Catches "5" found in "15", and numbers in the middle of a path.
TEST(ObjectLists, AnAddressNamesWholeNumbers) {
  EXPECT_TRUE(names_identifier("5", "5"));
  EXPECT_TRUE(names_identifier("3,5:17", "17"));
  EXPECT_FALSE(names_identifier("15", "5"));
  EXPECT_FALSE(names_identifier("5", "15"));
  EXPECT_FALSE(names_identifier("/tmp/5", "5"));
  EXPECT_FALSE(names_identifier("", "5"));
}

// Catches a wrong column for the owner or the identifier.
TEST(ObjectLists, FindASystemVObjectByItsIdentifier) {
  const int id = semget(IPC_PRIVATE, 1, IPC_CREAT | S_IRUSR | S_IWUSR);
  if (id < 0) GTEST_SKIP() << "no System V semaphores here";
  const auto found = named_objects("ipcbench-nothing", "/nowhere", std::to_string(id));
  semctl(id, 0, IPC_RMID);
  EXPECT_TRUE(found.contains("ipcs: sem " + std::to_string(id)));
  EXPECT_TRUE(named_objects("ipcbench-nothing", "/nowhere", std::to_string(id)).empty());
}

}  // namespace
}  // namespace ipcbench
