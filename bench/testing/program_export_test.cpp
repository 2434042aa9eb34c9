// `ipcbench export` from outside.
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "bench/testing/program.hpp"
#include "results/export/export.hpp"
#include "results/report/digest.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

using testing::call_program;
using testing::kBaseline;
using testing::Program;
using testing::ProgramResult;
using Json = nlohmann::ordered_json;

constexpr std::size_t kBaselineCells = 240;  // that report has 720 rows: three launches each

TEST(ProgramExport, MistakesAreNamed) {
  const auto expect_mistake = [](const std::vector<std::string>& arguments, std::string_view said) {
    const ProgramResult result = call_program(arguments);
    EXPECT_EQ(result.code, 2) << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(result.err.starts_with("ipcbench: ")) << result.err;
    EXPECT_NE(result.err.find(said), std::string::npos) << result.err;
  };
  expect_mistake({"export"}, "REPORT");
  expect_mistake({"export", kBaseline}, "--for");
  expect_mistake({"export", kBaseline, "--for", "benchr"}, "did you mean 'bencher'?");
  expect_mistake({"export", kBaseline, "--for", "benchr"}, "google-benchmark");
  expect_mistake({"export", "/nowhere/report.json", "--for", "csv"}, "/nowhere/report.json");
  expect_mistake({"export", kBaseline, "--for", "csv", "--out", "/nowhere/report.csv"}, "--out");
}

TEST(ProgramExport, HelpListsTheReaders) {
  const ProgramResult help = call_program({"export", "--help"});
  for (const ExportFormat& format : export_formats())
    EXPECT_NE(help.out.find(format.name), std::string::npos) << format.name;
}

TEST(ProgramExport, WritesOneRowPerCell) {
  const ProgramResult result = call_program({"export", kBaseline, "--for", "google-benchmark"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(Json::parse(result.out).at("benchmarks").size(), kBaselineCells);
}

TEST(ProgramExport, WritesWhereItIsTold) {
  const ProgramResult result = call_program({"export", kBaseline, "--for", "csv", "--out", "/dev/stdout"});
  ASSERT_EQ(result.code, 0) << result.err;
  EXPECT_EQ(std::ranges::count(result.out, '\n'), kBaselineCells + 1);
}

// Catches a digest of another text than the file's, by which rows would not be found in an index, and one
// that depends on compression.
TEST(ProgramExport, NamesTheReportInEachRowAsAnIndexDoes) {
  const Program scratch({"--version"});
  const std::string file = (scratch.directory() / "d.json.zst").string();
  write_report(read_report(kBaseline), file);
  const std::string digest = file_digest(file);
  std::istringstream rows(call_program({"export", file, "--for", "jsonl"}).out);
  std::size_t count = 0;
  for (std::string row; std::getline(rows, row); ++count) EXPECT_EQ(Json::parse(row).at("digest"), digest);
  EXPECT_EQ(count, 3 * kBaselineCells);
}

// Catches a command that reads or writes files by itself. "w.json.zst" is what all commands read, by name or
// as standard input.
TEST(ProgramExport, EveryCommandKnowsCompressedFiles) {
  const Program scratch({"--version"});
  const auto at = [&](const char* name) { return (scratch.directory() / name).string(); };
  write_report(read_report(kBaseline), at("w.json.zst"));
  ASSERT_EQ(call_program({"export", at("w.json.zst"), "--for", "csv", "-o", at("w.csv.gz")}).code, 0);
  InputFile table(at("w.csv.gz"));
  std::string csv;
  for (std::string_view piece = table.next(); !piece.empty(); piece = table.next()) csv += piece;
  EXPECT_EQ(csv, call_program({"export", kBaseline, "--for", "csv"}).out);
  EXPECT_EQ(call_program({"show", at("w.json.zst")}).out.size(),
            call_program({"show", kBaseline}).out.size());
  EXPECT_EQ(call_program({"compare", kBaseline, at("w.json.zst"), "--assume-session-sd", "0.02"}).code, 0);
}

}  // namespace
}  // namespace ipcbench
