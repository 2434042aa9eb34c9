// The option --out with a symbolic link of another user: its target is not changed.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "bench/cli/output_file.hpp"
#include "bench/testing/program.hpp"
#include "harness/testing/temporary_folder.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// Catches output that overwrites a file chosen by another user.
TEST(PlantedLink, IsNotFollowedByOut) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can make a link that is another user's";
  const testing::TemporaryFolder folder;
  const fs::path& directory = folder.path();
  std::ofstream(directory / "precious") << "precious";
  fs::create_symlink(directory / "precious", directory / "out");
  constexpr uid_t kAnother = 65533;
  ASSERT_EQ(lchown((directory / "out").c_str(), kAnother, kAnother), 0);
  ASSERT_EQ(chmod(directory.c_str(), 01777), 0);
  EXPECT_ANY_THROW(OutputFile((directory / "out").string()));
  const testing::ProgramResult probed =
      testing::call_program({"probe", "--mechanism", "null", "--out", (directory / "out").string()});
  EXPECT_EQ(probed.code, 2) << probed.err;
  EXPECT_NE(probed.err.find("another user's link"), std::string::npos) << probed.err;
  EXPECT_EQ(testing::text_of(directory / "precious"), "precious");
}

}  // namespace
}  // namespace ipcbench
