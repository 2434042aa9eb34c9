#include "bench/study/experiments/segment_pages.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include "bench/testing/try_to_make.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

// A page and a byte take two pages, both of them usable to the end and shared to the end.
TEST(SegmentPages, RoundsUpToWholePages) {
  IPCBENCH_MAKE_OR_SKIP(pages, segment_pages(page_bytes() + 1));
  EXPECT_EQ(pages.reported_bytes, page_bytes() + 1);
  EXPECT_EQ(pages.accessible_bytes, 2 * page_bytes());
  EXPECT_EQ(pages.pages(), 2U);
  EXPECT_TRUE(pages.rest_is_shared);
}

// Of a whole page nothing is left over: catches a page that is counted because something else lies behind the
// segment.
TEST(SegmentPages, GivesNoMoreThanThat) {
  IPCBENCH_MAKE_OR_SKIP(pages, segment_pages(page_bytes()));
  EXPECT_EQ(pages.accessible_bytes, page_bytes());
  EXPECT_FALSE(pages.rest_is_shared);
}

// Memory that ends earlier, and none at all.
TEST(AccessibleBytes, EndsAtTheFirstPageThatKills) {
  const std::size_t page = page_bytes();
  const Mapping memory(4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
  auto* const bytes = static_cast<char*>(memory.data());
  EXPECT_EQ(accessible_bytes(bytes, 4 * page), 4 * page);
  ASSERT_EQ(mprotect(bytes + 3 * page, page, PROT_NONE), 0);
  EXPECT_EQ(accessible_bytes(bytes, 4 * page), 3 * page);
  EXPECT_EQ(accessible_bytes(bytes + 3 * page, page), 0U);
}

}  // namespace
}  // namespace ipcbench
