#include "bench/cli/output_file.hpp"

#include <gtest/gtest.h>

#include <regex>

#include "bench/testing/usage_message.hpp"
#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using testing::usage_message;

class ReportTargetTest : public ::testing::Test {
 protected:
  FakeHost folder_;  // a temporary directory
};

// Catches a run that measures for minutes and then cannot write its report, and leftovers of the check.
TEST_F(ReportTargetTest, AcceptsAFileInAFolderThatCanBeWrittenTo) {
  const fs::path file = folder_.root() / "report.json";
  EXPECT_EQ(report_target(file), file);
  EXPECT_TRUE(fs::is_empty(folder_.root()));
}

// Catches an older report that is lost silently, or before the new one exists.
TEST_F(ReportTargetTest, LeavesAnExistingFileAlone) {
  folder_.write("report.json", "old");
  const fs::path file = folder_.root() / "report.json";
  EXPECT_NE(usage_message([&] { report_target(file); }).find("is there already"), std::string::npos);
  EXPECT_EQ(report_target(file, true), file);
  EXPECT_EQ(fs::file_size(folder_.root() / "report.json"), 4U);
}

TEST_F(ReportTargetTest, RefusesWhatCannotBeAReport) {
  const auto complaint = [](const fs::path& file) { return usage_message([&] { report_target(file); }); };
  EXPECT_NE(complaint(folder_.root()).find("not a regular file"), std::string::npos);
  EXPECT_NE(complaint("/dev/full").find("not a regular file"), std::string::npos);
  EXPECT_NE(complaint(folder_.root() / "missing" / "report.json").find("create it"), std::string::npos);
  folder_.write("file", "");
  EXPECT_NE(complaint(folder_.root() / "file" / "report.json"), "no error");
  EXPECT_NE(complaint("/proc/report.json"), "no error");
  EXPECT_NE(complaint(folder_.root() / std::string(300, 'x')).find("too long"), std::string::npos);
}

// Catches default names that collide between hosts or sort badly.
TEST_F(ReportTargetTest, NamesTheReportAfterHostAndTime) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.root());
  unsetenv("IPCBENCH_RESULTS_DIR");
  const fs::path file = report_target({});
  EXPECT_EQ(file.parent_path(), fs::path("results/runs"));
  EXPECT_TRUE(fs::is_directory(folder_.root() / "results/runs"));
  EXPECT_TRUE(
      std::regex_match(file.filename().string(), std::regex("[A-Za-z0-9._-]+-[0-9]{8}T[0-9]{6}Z\\.json")))
      << file;
  // Catches a second run of the same second that is refused for the name of the first.
  folder_.write(file.string(), "");
  EXPECT_NE(report_target({}), file);
  fs::current_path(before);
}

}  // namespace
}  // namespace ipcbench
