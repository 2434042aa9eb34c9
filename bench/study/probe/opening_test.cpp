#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench/study/probe/probes.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> described(const std::vector<OpenAttempt>& attempts) {
  std::vector<std::string> texts;
  for (const OpenAttempt& tried : attempts) texts.push_back(describe(tried.attempt));
  return texts;
}

TEST(TryOpening, AFifoWaitsForTheOtherEnd) {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/fifo";
  ASSERT_EQ(mkfifo(path.c_str(), S_IRUSR | S_IWUSR), 0);
  EXPECT_THAT(described(try_opening(path)), ElementsAre("was blocked", "was blocked", "returned 0",
                                                        "failed with ENXIO", "returned 0", "returned 0"));
}

// The counter-example. Catches answers that do not come from trying.
TEST(TryOpening, AFileWaitsForNobody) {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/file";
  close(open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  EXPECT_THAT(described(try_opening(path)), ::testing::Each("returned 0"));
}

}  // namespace
}  // namespace ipcbench
