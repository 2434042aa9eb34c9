#include "harness/cleanup/whole_file.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "harness/base/error.hpp"
#include "harness/testing/temporary_folder.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// A directory for everybody, as /tmp is, with a link in it that leads to a precious file.
class PlantedLink : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "only root can make a link that is another user's";
    std::ofstream(directory_ / "precious") << "precious";
    fs::create_directory(directory_ / "tmp");
    open_up(01777);
    fs::create_symlink(directory_ / "precious", link());
    give_link_to(kAnother);
  }

  void open_up(mode_t mode) const { ASSERT_EQ(::chmod((directory_ / "tmp").c_str(), mode), 0); }
  void give_link_to(uid_t owner) const { ASSERT_EQ(::lchown(link().c_str(), owner, owner), 0); }
  [[nodiscard]] fs::path link() const { return directory_ / "tmp" / "report.json"; }
  [[nodiscard]] std::string precious() const {
    std::ifstream in(directory_ / "precious");
    return {std::istreambuf_iterator<char>(in), {}};
  }

  static constexpr uid_t kAnother = 65533;

 private:
  testing::TemporaryFolder directory_;
};

// Catches another user making us overwrite a file of ours.
TEST_F(PlantedLink, OfAnotherUserIsNotFollowed) {
  try {
    write_whole_file(link(), "text");
    FAIL() << "followed";
  } catch (const FileError& error) {
    EXPECT_EQ(error.number(), EACCES);
    EXPECT_THAT(error.what(), HasSubstr("another user's link in a directory that is open to all"));
  }
  EXPECT_THROW(refuse_planted_link(link()), FileError);
  EXPECT_EQ(precious(), "precious");
}

// The same through a link of our own.
TEST_F(PlantedLink, IsNotFollowedInTwoSteps) {
  const fs::path own = link().parent_path().parent_path() / "own";
  fs::create_symlink(link(), own);
  EXPECT_THROW(write_whole_file(own, "text"), FileError);
  EXPECT_EQ(precious(), "precious");
}

// Catches refusing harmless links.
TEST_F(PlantedLink, OfOnesOwnOrWhereOnlyItsOwnerWritesIsFollowed) {
  give_link_to(0);
  write_whole_file(link(), "mine");
  EXPECT_EQ(precious(), "mine");
  give_link_to(kAnother);
  open_up(0755);
  write_whole_file(link(), "theirs");
  EXPECT_EQ(precious(), "theirs");
}

}  // namespace
}  // namespace ipcbench
