#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "harness/base/error.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "results/report/compression.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

// Each test has its own directory.
class ReportFile : public ::testing::Test {
 protected:
  [[nodiscard]] fs::path at(const std::string& name) const { return directory_ / name; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(directory_.path()))
      found.push_back(entry.path().filename());
    return found;
  }
  [[nodiscard]] fs::path with_text(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
    return at(name);
  }

 private:
  testing::TemporaryFolder directory_;
};

std::string text_of(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string read_error(const fs::path& file) {
  try {
    read_report(file);
  } catch (const ReportError& error) {
    return error.what();
  }
  return "accepted";
}

// Catches a compression that only one side knows.
TEST_F(ReportFile, IsWrittenAndReadCompressed) {
  const std::string text = to_json(testing::sample_report());
  for (const char* name : {"report.json", "report.json.gz", "report.json.zst"}) {
    write_report(testing::sample_report(), at(name));
    EXPECT_EQ(to_json(read_report(at(name))), text) << name;
  }
  EXPECT_EQ(text_of(at("report.json")), text);
  EXPECT_LT(text_of(at("report.json.gz")).size(), text.size() / 2);
  EXPECT_LT(text_of(at("report.json.zst")).size(), text.size() / 2);
}

TEST_F(ReportFile, NamesADamagedCompressedFile) {
  write_report(testing::sample_report(), at("report.json.gz"));
  const std::string half = text_of(at("report.json.gz")).substr(0, 100);
  const fs::path file = with_text("half.json", half);
  EXPECT_EQ(read_error(file), file.string() + ": is gzip data that ends too early");
}

// A file of a few kilobytes that unpacks to more than any report has. Catches a limit on the file alone.
TEST_F(ReportFile, RefusesABombWithoutUnpackingItAll) {
  const std::string blanks = compressed(std::string(std::size_t{64} << 20, ' '), Compression::zstd);
  std::string bomb;
  for (int i = 0; i < 16; ++i) bomb += blanks;
  InputFile input(with_text("bomb.json.zst", bomb));
  try {
    while (!input.next().empty()) {
    }
    FAIL() << "unpacked";
  } catch (const ReportError& error) {
    EXPECT_THAT(error.what(), HasSubstr("has more than 1073741823 bytes"));
  }
}

// While one exists, no file of this process may grow beyond the limit. It stands for a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  rlimit before_{};
  void (*handler_)(int);
};

TEST_F(ReportFile, WritesAWholeReportAndNothingElse) {
  write_report(testing::sample_report(), at("a.json"));
  EXPECT_THAT(names(), UnorderedElementsAre("a.json"));
  EXPECT_EQ(text_of(at("a.json")), to_json(testing::sample_report()));
  EXPECT_EQ(read_report(at("a.json")).cells.launches(), 9U);
}

TEST_F(ReportFile, ReplacesAnOlderReport) {
  const fs::path file = with_text("a.json", "old");
  write_report(testing::sample_report(), file);
  EXPECT_EQ(read_report(file).cells.launches(), 9U);
  EXPECT_THAT(names(), UnorderedElementsAre("a.json"));
}

// Catches half a file that replaces a whole one, and a temporary file left behind.
TEST_F(ReportFile, FullDiskLeavesTheOlderReportAndNothingElse) {
  const fs::path file = with_text("a.json", "old");
  const FileSizeLimit limit(1000);
  EXPECT_THROW(write_report(testing::sample_report(), file), FileError);
  EXPECT_EQ(text_of(file), "old");
  EXPECT_THAT(names(), UnorderedElementsAre("a.json"));
}

TEST_F(ReportFile, NotAReportIsNotWritten) {
  const fs::path file = with_text("a.json", "old");
  Report report = testing::sample_report();
  testing::measurement_at(report.cells, 0).messages = 0;
  EXPECT_THROW(write_report(report, file), std::invalid_argument);
  EXPECT_EQ(text_of(file), "old");
}

TEST_F(ReportFile, MissingDirectoryIsAnErrorThatNamesTheFile) {
  try {
    write_report(testing::sample_report(), at("missing/a.json"));
    FAIL() << "accepted";
  } catch (const FileError& error) {
    EXPECT_EQ(error.number(), ENOENT);
    EXPECT_THAT(error.what(), HasSubstr("missing/a.json"));
  }
  EXPECT_TRUE(names().empty());
}

// As root, a rename onto /dev/null would replace it for the whole machine. The test uses a FIFO instead.
TEST_F(ReportFile, NeverTakesThePlaceOfADevice) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  EXPECT_THROW(write_report(testing::sample_report(), at("fifo")), FileError);
  EXPECT_TRUE(fs::is_fifo(at("fifo")));
  fs::create_directory(at("folder"));
  EXPECT_THROW(write_report(testing::sample_report(), at("folder")), FileError);
  EXPECT_THAT(names(), UnorderedElementsAre("fifo", "folder"));
}

TEST_F(ReportFile, FollowsASymbolicLink) {
  fs::create_directory(at("folder"));
  fs::create_symlink("folder/real.json", at("link.json"));
  write_report(testing::sample_report(), at("link.json"));
  EXPECT_TRUE(fs::is_symlink(at("link.json")));
  EXPECT_EQ(read_report(at("folder/real.json")).cells.launches(), 9U);
}

TEST_F(ReportFile, FollowsNoCircleOfLinks) {
  fs::create_symlink("b.json", at("a.json"));
  fs::create_symlink("a.json", at("b.json"));
  EXPECT_THROW(write_report(testing::sample_report(), at("a.json")), FileError);
}

TEST_F(ReportFile, ReadingWhatIsMissingOrNoFileNamesIt) {
  EXPECT_THAT(read_error(at("a.json")),
              AllOf(HasSubstr("a.json: cannot be read"), HasSubstr("No such file")));
  EXPECT_THAT(read_error(at("")), HasSubstr("is a directory, not a regular file"));
  EXPECT_THAT(read_error("/dev/zero"), HasSubstr("is a device, not a regular file"));
}

// Opening a FIFO without a writer blocks for ever unless told not to.
TEST_F(ReportFile, ReadingAPipeDoesNotHang) {
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0600), 0);
  EXPECT_THAT(read_error(at("fifo")), HasSubstr("is a pipe, not a regular file"));
}

TEST_F(ReportFile, ReadingAnEmptyFileSaysSo) {
  EXPECT_THAT(read_error(with_text("a.json", "")), HasSubstr("a.json: is empty"));
}

// Sparse, so that it costs no disk; refused before it costs memory.
TEST_F(ReportFile, ReadingAGibibyteIsRefused) {
  const fs::path file = with_text("a.json", "{}");
  fs::resize_file(file, std::uintmax_t{1} << 30);
  EXPECT_THAT(read_error(file), HasSubstr("has 1073741824 bytes"));
}

}  // namespace
}  // namespace ipcbench
