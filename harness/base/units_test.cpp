#include "harness/base/units.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace ipcbench {
namespace {

using std::chrono::nanoseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::uint64_t kKiB = 1024;
constexpr std::uint64_t kMiB = 1024 * kKiB;
constexpr std::uint64_t kGiB = 1024 * kMiB;

// The text of the error that `parse` throws, empty if it throws none.
template <class Parse>
std::string error_of(Parse parse, std::string_view text) {
  try {
    parse(text);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

// Catches: rounding that makes 4097 look like 4 KiB, the very boundary that is being measured.
TEST(FormatSizeTest, IsExact) {
  EXPECT_EQ(format_size(0), "0 B");
  EXPECT_EQ(format_size(64), "64 B");
  EXPECT_EQ(format_size(1023), "1023 B");
  EXPECT_EQ(format_size(1024), "1 KiB");
  EXPECT_EQ(format_size(1536), "1.5 KiB");
  EXPECT_EQ(format_size(4095), "4095 B");
  EXPECT_EQ(format_size(4096), "4 KiB");
  EXPECT_EQ(format_size(4097), "4097 B");
  EXPECT_EQ(format_size(65537), "65537 B");
  EXPECT_EQ(format_size(1280 * kKiB), "1280 KiB");
  EXPECT_EQ(format_size(3 * kMiB / 2), "1.5 MiB");
  EXPECT_EQ(format_size(16 * kMiB), "16 MiB");
  EXPECT_EQ(format_size(5 * kGiB), "5 GiB");
}

// Catches: a formatter and a parser that disagree.
TEST(FormatSizeTest, IsReadBack) {
  for (const std::uint64_t bytes :
       {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{511}, kKiB, 3 * kKiB / 2, std::uint64_t{65535},
        kMiB + 1, 5 * kMiB / 2, 7 * kGiB, 7 * kGiB + 1}) {
    EXPECT_EQ(parse_size(format_size(bytes)), bytes);
  }
}

// Catches: the wrong number of digits, and "1000 ns" where rounding crosses a unit.
TEST(FormatDurationTest, HasThreeDigits) {
  EXPECT_EQ(format_duration_ns(0), "0 ns");
  EXPECT_EQ(format_duration_ns(0.271), "0.27 ns");
  EXPECT_EQ(format_duration_ns(9.994), "9.99 ns");
  EXPECT_EQ(format_duration_ns(9.996), "10.0 ns");
  EXPECT_EQ(format_duration_ns(980), "980 ns");
  EXPECT_EQ(format_duration_ns(999.4), "999 ns");
  EXPECT_EQ(format_duration_ns(999.6), "1.00 us");
  EXPECT_EQ(format_duration_ns(3'120), "3.12 us");
  EXPECT_EQ(format_duration_ns(45'000), "45.0 us");
  EXPECT_EQ(format_duration_ns(999'600), "1.00 ms");
  EXPECT_EQ(format_duration_ns(1'200'000), "1.20 ms");
  EXPECT_EQ(format_duration_ns(12'000'000'000), "12.0 s");
  EXPECT_EQ(format_duration_ns(1'234'000'000'000), "1234 s");
  EXPECT_EQ(format_duration_ns(-3'120), "-3.12 us");
}

// Catches: powers of 1024 behind a decimal prefix, which would make 1.2e9 B/s 1.12 GB/s.
TEST(FormatRateTest, IsDecimal) {
  EXPECT_EQ(format_bytes_per_second(0), "0 B/s");
  EXPECT_EQ(format_bytes_per_second(999), "999 B/s");
  EXPECT_EQ(format_bytes_per_second(1000), "1.00 kB/s");
  EXPECT_EQ(format_bytes_per_second(1'200'000'000), "1.20 GB/s");
  EXPECT_EQ(format_bytes_per_second(110e9), "110 GB/s");
}

TEST(FormatCountTest, IsDecimal) {
  EXPECT_EQ(format_count(0), "0");
  EXPECT_EQ(format_count(12), "12");
  EXPECT_EQ(format_count(7.25), "7.25");
  EXPECT_EQ(format_count(999.6), "1.00 k");
  EXPECT_EQ(format_count(12'345), "12.3 k");
  EXPECT_EQ(format_count(4'560'000), "4.56 M");
  EXPECT_EQ(format_count(2e9), "2.00 G");
}

TEST(FormatTest, CountsThings) {
  EXPECT_EQ(counted(1, "cell"), "1 cell");
  EXPECT_EQ(counted(0, "cell"), "0 cells");
  EXPECT_EQ(counted(2, "launch"), "2 launches");
}

TEST(FormatTest, WritesTimesLikeAClock) {
  EXPECT_EQ(clock_text(nanoseconds(6'600'000'000)), "0:07");
  EXPECT_EQ(clock_text(nanoseconds(750'000'000'000)), "12:30");
  EXPECT_EQ(clock_text(nanoseconds(3'900'000'000'000)), "1:05:00");
}

TEST(ParseSizeTest, ReadsEveryUnit) {
  EXPECT_EQ(parse_size("4096"), 4096U);
  EXPECT_EQ(parse_size("0"), 0U);
  EXPECT_EQ(parse_size("64B"), 64U);
  EXPECT_EQ(parse_size("4KiB"), 4096U);
  EXPECT_EQ(parse_size("4 KiB"), 4096U);
  EXPECT_EQ(parse_size("2MiB"), 2 * kMiB);
  EXPECT_EQ(parse_size("3GiB"), 3 * kGiB);
  EXPECT_EQ(parse_size("1.50MiB"), 3 * kMiB / 2);
  EXPECT_EQ(parse_size("7.0"), 7U);
  EXPECT_EQ(parse_size("9223372036854775807"), 9223372036854775807U);
}

// Catches: garbage read as far as it goes, wrap-around, silent rounding. The text names input and remedy.
TEST(ParseSizeTest, RefusesTheRestByName) {
  for (const auto* text :
       {"",      " ",   "abc",   "-1",    "+1",    " 4",    "4 ",  "4  KiB", "4KiB ", "0x10", "1e3",
        "17EiB", "KiB", ".5KiB", "1.KiB", "1.2.3", "4KiBB", "4,5", "inf",    "nan",   "4\n"}) {
    const std::string error = error_of(parse_size, text);
    EXPECT_THAT(error, HasSubstr(fmt::format("'{}'", text)));
    EXPECT_THAT(error, HasSubstr("allowed: a number of bytes"));
  }
}

// A bare letter is binary, as in dd and fio.
TEST(ParseSizeTest, ReadsBareLetters) {
  EXPECT_EQ(parse_size("4k"), 4096U);
  EXPECT_EQ(parse_size("4K"), 4096U);
  EXPECT_EQ(parse_size("2M"), 2 * kMiB);
  EXPECT_EQ(parse_size("1G"), kGiB);
}

// Catches a size that is read as 4096 by one and as 4000 by another, and an answer without the spelling.
TEST(ParseSizeTest, AnswersAmbiguousUnitsWithTheSpelling) {
  for (const auto* text : {"4KB", "4kB", "4kb"}) {
    const std::string error = error_of(parse_size, text);
    EXPECT_THAT(error, HasSubstr(fmt::format("'{}'", text)));
    EXPECT_THAT(error, HasSubstr("write 4KiB"));
  }
  EXPECT_THAT(error_of(parse_size, "1.5MB"), HasSubstr("write 1.5MiB"));
  EXPECT_THAT(error_of(parse_size, "GB"), HasSubstr("does not begin with a digit"));
}

TEST(ParseRateTest, ReadsRatesAsPeopleWriteThem) {
  EXPECT_EQ(parse_rate("200"), 200U);
  EXPECT_EQ(parse_rate("200Hz"), 200U);
  EXPECT_EQ(parse_rate("200 /s"), 200U);
  EXPECT_EQ(parse_rate("50k"), 50'000U);
  EXPECT_EQ(parse_rate("1.5kHz"), 1'500U);
  EXPECT_EQ(parse_rate("2M/s"), 2'000'000U);
  EXPECT_THAT(error_of(parse_rate, "50 per second"), HasSubstr("(200, 50k, 200Hz)"));
  EXPECT_THAT(error_of(parse_rate, "1.5"), HasSubstr("is not a whole number of messages a second"));
}

TEST(ParseBandwidthTest, ReadsWhatIsPrinted) {
  EXPECT_EQ(parse_bytes_per_second("1.50 GB/s"), 1'500'000'000U);
  EXPECT_EQ(parse_bytes_per_second("800MB"), 800'000'000U);
  EXPECT_EQ(parse_bytes_per_second("1GiB/s"), kGiB);
  EXPECT_THAT(error_of(parse_bytes_per_second, "fast"), HasSubstr("(1.5GB/s)"));
}

TEST(ParseSizeTest, RefusesOverflow) {
  for (const auto* text : {"9223372036854775808", "18446744073709551616", "99999999999999999999999",
                           "8589934592GiB", "17179869184GiB", "9223372036854775807.5GiB"}) {
    EXPECT_THAT(error_of(parse_size, text), HasSubstr("is too large")) << text;
  }
  // 8589934591.5 GiB = 2^63 - 2^29 still fits.
  EXPECT_EQ(parse_size("8589934591.5GiB"), (std::uint64_t{1} << 63) - (1U << 29));
}

TEST(ParseSizeTest, RefusesParts) {
  for (const auto* text : {"0.5", "1.5B", "1.3KiB", "0.0001MiB", "1.00000000000000000001KiB"}) {
    EXPECT_THAT(error_of(parse_size, text), HasSubstr("is not a whole number of bytes")) << text;
  }
}

TEST(ParseSizeListTest, SortsAndDropsRepetitions) {
  EXPECT_THAT(parse_size_list("1MiB,64,4KiB,4096"), ElementsAre(64, 4096, kMiB));
}

// Catches a range without its ends, its powers of two, or both sides of PIPE_BUF and of the pipe capacity.
TEST(ParseSizeListTest, RangeHoldsEndsPowersAndBoundaries) {
  EXPECT_THAT(parse_size_list("3..20"), ElementsAre(3, 4, 8, 16, 20));
  EXPECT_THAT(parse_size_list("2048..131072"),
              ElementsAre(2048, 4095, 4096, 4097, 8192, 16384, 32768, 65535, 65536, 65537, 131072));
  EXPECT_THAT(parse_size_list("4096..5000"), ElementsAre(4096, 4097, 5000));
  EXPECT_THAT(parse_size_list("0..2"), ElementsAre(0, 1, 2));
  EXPECT_THAT(parse_size_list("1.5KiB..2KiB"), ElementsAre(1536, 2048));
  EXPECT_THAT(parse_size_list("64..64,1"), ElementsAre(1, 64));
  // 2^0 to 2^62, 2^63 - 1 and the four neighbours of boundaries; and it ends.
  EXPECT_EQ(parse_size_list("1..9223372036854775807").size(), 63U + 1 + 4);
}

TEST(ParseSizeListTest, RefusesBadItemsAndRanges) {
  for (const auto* text : {"", ",", "64,", ",64", "64,,65", "64..", "..64", "1...5", "1..2..3", "64-128"}) {
    EXPECT_THAT(error_of(parse_size_list, text), HasSubstr("allowed:")) << text;
  }
  EXPECT_THAT(error_of(parse_size_list, "1MiB..64"), HasSubstr("ends below its beginning"));
}

TEST(ParseDurationTest, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("500ns"), nanoseconds(500));
  EXPECT_EQ(parse_duration("20us"), nanoseconds(20'000));
  EXPECT_EQ(parse_duration("1.5ms"), nanoseconds(1'500'000));
  EXPECT_EQ(parse_duration("10s"), nanoseconds(10'000'000'000));
  EXPECT_EQ(parse_duration("2m"), nanoseconds(120'000'000'000));
  EXPECT_EQ(parse_duration("2min"), nanoseconds(120'000'000'000));
  EXPECT_EQ(parse_duration("1h"), nanoseconds(3'600'000'000'000));
  EXPECT_EQ(parse_duration("5\u00b5s"), nanoseconds(5'000));
  EXPECT_EQ(parse_duration("0s"), nanoseconds(0));
}

TEST(ParseDurationTest, RefusesTheRestByName) {
  EXPECT_THAT(error_of(parse_duration, "10"), HasSubstr("has no unit"));
  EXPECT_THAT(error_of(parse_duration, "10 d"), HasSubstr("has an unknown unit"));
  EXPECT_THAT(error_of(parse_duration, "-1s"), HasSubstr("'-1s' does not begin with a digit"));
  EXPECT_THAT(error_of(parse_duration, "0.5ns"), HasSubstr("is not a whole number of nanoseconds"));
  EXPECT_THAT(error_of(parse_duration, "9223372037s"), HasSubstr("is too large"));
  // 2^63 ns are 153722867.28 minutes: the whole part fits, the sum does not.
  EXPECT_THAT(error_of(parse_duration, "153722867.5m"), HasSubstr("is too large"));
}

}  // namespace
}  // namespace ipcbench
