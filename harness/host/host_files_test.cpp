#include "harness/host/host_files.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "harness/testing/fake_host.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(HostFilesTest, ReadsTextWithoutItsEnd) {
  FakeHost host;
  host.write("kernel", "6.1.0 \t");
  host.write("board", std::string("Raspberry Pi 4\0", 15));
  host.write("empty", "");
  EXPECT_EQ(read_text(host.root() / "kernel"), "6.1.0");
  EXPECT_EQ(read_text(host.root() / "board"), "Raspberry Pi 4");
  EXPECT_EQ(read_text(host.root() / "empty"), std::nullopt);
}

// Catches: exceptions or garbage where a file is absent or is a directory.
TEST(HostFilesTest, SurvivesWhatCannotBeRead) {
  const FakeHost host;
  EXPECT_EQ(read_text(host.root() / "absent"), std::nullopt);
  EXPECT_EQ(read_text(host.root()), std::nullopt);
  EXPECT_EQ(read_integer(host.root() / "absent"), std::nullopt);
  EXPECT_THAT(numbered_entries(host.root() / "absent", "cpu"), IsEmpty());
}

// Catches a hang on a pipe, or exhausted memory, because a container replaced a file with something else.
TEST(HostFilesTest, WhatIsNoFileHasNoText) {
  FakeHost host;
  host.write("present", "1");
  ASSERT_EQ(::mkfifo((host.root() / "pipe").c_str(), 0600), 0);
  EXPECT_EQ(read_text(host.root() / "pipe"), std::nullopt);
  EXPECT_EQ(read_text("/dev/zero"), std::nullopt);
}

// The file is sparse and takes no room on the disk.
TEST(HostFilesTest, NoFileIsReadWithoutEnd) {
  FakeHost host;
  host.write("large", "begins");
  std::filesystem::resize_file(host.root() / "large", std::uintmax_t{1} << 40);
  EXPECT_EQ(read_text(host.root() / "large").value_or("").substr(0, 6), "begins");
}

TEST(HostFilesTest, ReadsIntegers) {
  FakeHost host;
  host.write("number", "42 of 100");
  host.write("negative", "-1");
  host.write("max", "max 100000");
  EXPECT_EQ(read_integer(host.root() / "number"), 42);
  EXPECT_EQ(read_integer(host.root() / "negative"), -1);
  EXPECT_EQ(read_integer(host.root() / "max"), std::nullopt);
}

// Catches: a longer key taken for a shorter one, and a line without value that continues in the next line.
TEST(HostFilesTest, ReadsFieldsInTheKernelsThreeSpellings) {
  FakeHost host;
  host.write("fields",
             "MemTotalHuge: 1\nMemTotal:       2048 kB\nmodel name\t: ARM: v8\nnr_throttled 3\nempty:\nlast");
  const auto file = host.root() / "fields";
  EXPECT_EQ(read_field(file, "MemTotal"), "2048 kB");
  EXPECT_EQ(read_integer_field(file, "MemTotal"), 2048);
  EXPECT_EQ(read_field(file, "model name"), "ARM: v8");
  EXPECT_EQ(read_integer_field(file, "nr_throttled"), 3);
  EXPECT_EQ(read_field(file, "nr"), std::nullopt);
  EXPECT_EQ(read_field(file, "empty"), std::nullopt);
  EXPECT_EQ(read_field(file, "last"), std::nullopt);
  EXPECT_EQ(read_field(host.root() / "absent", "MemTotal"), std::nullopt);
}

// Catches: cpu10 before cpu2, and cpufreq or cpu1x taken for a CPU.
TEST(HostFilesTest, NumberedEntriesAscend) {
  FakeHost host;
  for (const auto* name : {"cpu10", "cpu2", "cpu0", "cpufreq", "cpu", "cpu1x", "node0"}) {
    host.write(std::string(name) + "/online", "1");
  }
  EXPECT_THAT(numbered_entries(host.root(), "cpu"),
              ElementsAre(host.root() / "cpu0", host.root() / "cpu2", host.root() / "cpu10"));
}

TEST(CpuListTest, ReadsNumbersAndRanges) {
  EXPECT_THAT(parse_cpu_list("0-3,8,10-11"), ElementsAre(0, 1, 2, 3, 8, 10, 11));
  EXPECT_THAT(parse_cpu_list("5"), ElementsAre(5));
  EXPECT_THAT(parse_cpu_list("3,1,2-3"), ElementsAre(1, 2, 3));
  EXPECT_THAT(parse_cpu_list(""), IsEmpty());
}

// Catches: time proportional to the number of ranges times their width. Such a list took minutes.
TEST(CpuListTest, OverlappingRangesAreReadOnce) {
  std::string text = "0-1048575";
  for (int i = 0; i < 100'000; ++i) text += ",0-1048575";
  EXPECT_EQ(parse_cpu_list(text).size(), std::size_t{1} << 20);
  EXPECT_THAT(parse_cpu_list("5-7,1-9,2,9-10"), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
}

// Catches: half-read lists, and an endless loop or exhausted memory on absurd ranges.
TEST(CpuListTest, RefusesTheRest) {
  for (const auto* text :
       {"a", ",", "1,", ",1", "1,,2", "3-1", "1-", "-1", "0-1048576", "0x3", "1 2", "99999999999"}) {
    EXPECT_THROW(parse_cpu_list(text), std::invalid_argument) << text;
  }
}

TEST(CpuListTest, FormatsWhatItParses) {
  for (const auto* text : {"", "0", "0-1", "0-3,8,10-11"}) {
    EXPECT_EQ(format_cpu_list(parse_cpu_list(text)), text);
  }
}

}  // namespace
}  // namespace ipcbench
