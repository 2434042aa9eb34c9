#include "bench/study/probe/remains.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/sem.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

int make_semaphore() {
  const int id = semget(IPC_PRIVATE, 1, IPC_CREAT | S_IRUSR | S_IWUSR);
  semctl(id, 0, SETVAL, 0);
  return id;
}
bool exists(int semaphore) { return semctl(semaphore, 0, GETVAL) >= 0; }

// Catches "15" found in "5", and numbers in the middle of a path.
TEST(Remains, AnAddressNamesWholeNumbers) {
  EXPECT_TRUE(names_identifier("5", "5"));
  EXPECT_TRUE(names_identifier("3,5:17", "17"));
  EXPECT_FALSE(names_identifier("15", "5"));
  EXPECT_FALSE(names_identifier("5", "15"));
  EXPECT_FALSE(names_identifier("/tmp/5", "5"));
  EXPECT_FALSE(names_identifier("", "5"));
}

// Catches the removal of what belongs to others, and leaving what is ours.
TEST(Remains, RemovesByAddressAndByCreatorAndNothingElse) {
  const int old = make_semaphore();
  if (old < 0) GTEST_SKIP() << "no System V semaphores here";
  const std::set<std::string> before = system_v_objects();
  const int named = make_semaphore();
  const int other = make_semaphore();
  Remains remains;
  constexpr pid_t kNobody = -2;
  remains.add("ipcbench-x");
  remains.add("ipcbench-x", std::to_string(named) + "," + std::to_string(old));
  remains.remove(before, kNobody);
  EXPECT_FALSE(exists(named));
  EXPECT_TRUE(exists(old));
  EXPECT_TRUE(exists(other));
  remains.remove(before, getpid());
  EXPECT_FALSE(exists(other));
  EXPECT_TRUE(exists(old));
  semctl(old, 0, IPC_RMID);
}

TEST(Remains, RemovesNames) {
  const std::string name = unpredictable_name();
  const int fd = shm_open(("/" + name).c_str(), O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
  if (fd < 0) GTEST_SKIP() << "no POSIX shared memory here";
  close(fd);
  Remains remains;
  remains.add(name);
  remains.remove(system_v_objects(), -2);
  EXPECT_LT(shm_open(("/" + name).c_str(), O_RDWR, 0), 0);
}

}  // namespace
}  // namespace ipcbench
