#include "results/comparison/short_names.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

const std::string kSmall = "ring/latency/size:64/wait:spin/peers:fork/cpus:same";
const std::string kLarge = "ring/throughput/size:65536/wait:spin/peers:fork/cpus:llc/ring_bytes:4096";

TEST(ShortNamesTest, LeaveOutWhatAllShare) {
  const ShortNames names({kSmall, kLarge});
  EXPECT_EQ(names.cell(kSmall), "ring latency 64 B same");
  EXPECT_EQ(names.cell(kLarge), "ring throughput 64 KiB llc ring_bytes:4096");
  EXPECT_EQ(names.shared(), "wait:spin, peers:fork");
  EXPECT_EQ(names.family("ring/latency/wait:spin/peers:fork/cpus:same"), "ring latency same, all sizes");
}

// Catches two cells of one name, and a cell without a size.
TEST(ShortNamesTest, KeepTheSizeAndWhatDiffers) {
  const ShortNames one({kSmall});
  EXPECT_EQ(one.cell(kSmall), "ring latency 64 B");
  const ShortNames two({kSmall, "ring/latency/size:64/wait:block/peers:fork/cpus:same"});
  EXPECT_EQ(two.cell(kSmall), "ring latency 64 B spin");
}

TEST(ShortNamesTest, LeaveOtherNamesAlone) {
  const ShortNames names({"BM_copy<std::string>/64", "a:b/c:d"});
  EXPECT_EQ(names.cell("BM_copy<std::string>/64"), "BM_copy<std::string>/64");
  EXPECT_EQ(names.cell("a:b/c:d"), "a:b/c:d");
  EXPECT_EQ(names.cell("a\033[31m"), "a?[31m");
  EXPECT_EQ(names.family("rings, small messages"), "rings, small messages (family)");
  EXPECT_EQ(names.shared(), "");
}

}  // namespace
}  // namespace ipcbench
