#include "results/report/compression.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

// A megabyte and a half: more than one piece on both sides.
std::string long_text() {
  std::mt19937 random(1);  // NOLINT(cert-msc51-cpp): the same text each time
  std::string text;
  while (text.size() < 1'500'000) text += std::to_string(random()) + ",\n";
  return text;
}

// Reads the file in pieces of that size.
std::string read_in_pieces(std::string_view file, std::size_t piece_bytes) {
  Decompressor text([&file, piece_bytes] {
    const std::string_view piece = file.substr(0, piece_bytes);
    file.remove_prefix(piece.size());
    return piece;
  });
  std::string all;
  for (std::string_view piece = text.next(); !piece.empty(); piece = text.next()) all += piece;
  return all;
}

std::string problem_with(std::string_view file) {
  try {
    read_in_pieces(file, 1000);
  } catch (const CompressionError& error) {
    return error.what();
  }
  return "read";
}

class EveryCompression : public ::testing::TestWithParam<Compression> {};

// Catches pieces that are lost or repeated where one side's end and the other's do not meet, and a format
// that is known only if its first bytes come at once.
TEST_P(EveryCompression, GivesBackTheText) {
  const std::string text = long_text();
  const std::string file = compressed(text, GetParam());
  for (const std::size_t piece_bytes : {std::size_t{3}, std::size_t{4096}, file.size()})
    EXPECT_EQ(read_in_pieces(file, piece_bytes), text) << piece_bytes;
  EXPECT_EQ(read_in_pieces(compressed("", GetParam()), 1), "");
  EXPECT_EQ(read_in_pieces(compressed("{", GetParam()), 1), "{");
}

// gzip(1) and zstd(1) read files that were appended to each other as one. Catches a second part that is
// dropped in silence.
TEST_P(EveryCompression, ReadsAppendedFilesAsOne) {
  const std::string both = compressed("first ", GetParam()) + compressed("second", GetParam());
  EXPECT_EQ(read_in_pieces(both, 1), "first second");
  EXPECT_EQ(read_in_pieces(both, both.size()), "first second");
}

// The same report has the same file. Catches a time stamp in the header.
TEST_P(EveryCompression, WritesTheSameBytes) {
  EXPECT_EQ(compressed(long_text(), GetParam()), compressed(long_text(), GetParam()));
}

INSTANTIATE_TEST_SUITE_P(All, EveryCompression,
                         ::testing::Values(Compression::none, Compression::gzip, Compression::zstd),
                         [](const auto& compression) {
                           const std::string name(name_of(compression.param));
                           return name.empty() ? "none" : name.substr(1);
                         });

// Catches half a file that passes for a whole one.
TEST(Decompressor, RefusesDamagedFiles) {
  for (const auto& [compression, name] :
       {std::pair{Compression::gzip, "gzip"}, std::pair{Compression::zstd, "zstd"}}) {
    const std::string file = compressed(long_text(), compression);
    for (const std::size_t bytes : {std::size_t{4}, std::size_t{12}, file.size() / 2, file.size() - 1})
      EXPECT_EQ(problem_with(file.substr(0, bytes)), fmt::format("is {} data that ends too early", name))
          << bytes;
    std::string damaged = file;
    damaged[file.size() / 2] = static_cast<char>(damaged[file.size() / 2] ^ 0x55);
    EXPECT_THAT(problem_with(damaged), HasSubstr(fmt::format("is damaged {} data: ", name)));
    EXPECT_THAT(problem_with(file + "garbage after the end"),
                HasSubstr(fmt::format("is damaged {} data: ", name)));
  }
}

TEST(Compression, IsKnownByTheEndOfTheName) {
  EXPECT_EQ(compression_of("a/report.json"), Compression::none);
  EXPECT_EQ(compression_of("a.gz/report.json"), Compression::none);
  EXPECT_EQ(compression_of("report.json.gz"), Compression::gzip);
  EXPECT_EQ(compression_of("report.json.zst"), Compression::zstd);
  EXPECT_EQ(uncompressed_name("a/report.json.zst"), "a/report.json");
  EXPECT_EQ(uncompressed_name("a/report.json"), "a/report.json");
  EXPECT_TRUE(is_json_name("report.json") && is_json_name("report.json.gz") && is_json_name("x.json.zst"));
  EXPECT_FALSE(is_json_name("report.csv.gz") || is_json_name("report.gz") || is_json_name("json"));
}

}  // namespace
}  // namespace ipcbench
