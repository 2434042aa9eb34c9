#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/study/probe/probes.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

TEST(TryOpening, AFifoWaitsForTheOtherEnd) {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/fifo";
  ASSERT_EQ(mkfifo(path.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_EQ(try_opening(path),
            "O_RDONLY was blocked, O_WRONLY was blocked, O_RDONLY|O_NONBLOCK returned 0, "
            "O_WRONLY|O_NONBLOCK failed with ENXIO, O_RDWR returned 0, O_WRONLY with a reader returned 0");
}

// The counter-example. Catches answers that do not come from trying.
TEST(TryOpening, AFileWaitsForNobody) {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/file";
  close(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  EXPECT_EQ(try_opening(path),
            "O_RDONLY returned 0, O_WRONLY returned 0, O_RDONLY|O_NONBLOCK returned 0, "
            "O_WRONLY|O_NONBLOCK returned 0, O_RDWR returned 0, O_WRONLY with a reader returned 0");
}

}  // namespace
}  // namespace ipcbench
