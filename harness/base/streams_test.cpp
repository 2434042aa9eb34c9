#include "harness/base/streams.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>
#include <vector>

#include "harness/base/cell.hpp"

namespace ipcbench {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string refusal(const std::function<void()>& of) {
  try {
    of();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "";
}

TEST(Stream, IsReadAsPeopleWriteIt) {
  EXPECT_EQ(parse_stream("4KiB@200"), (MessageStream{4096, 200}));
  EXPECT_EQ(parse_stream("128@50k"), (MessageStream{128, 50'000}));
  EXPECT_EQ(parse_stream("64@200Hz"), (MessageStream{64, 200}));
  EXPECT_EQ(parse_stream("0@1.5M"), (MessageStream{0, 1'500'000}));
  EXPECT_EQ(parse_stream("1@20/s"), (MessageStream{1, 20}));
}

TEST(StreamMix, ReadsSizesAndRatesInUnits) {
  const StreamMix mix = parse_mix("128@50k+4KiB@200Hz");
  EXPECT_THAT(mix.streams(), ElementsAre(MessageStream{4096, 200}, MessageStream{128, 50'000}));
  EXPECT_EQ(mix.per_second(), 50'200U);
  EXPECT_EQ(mix.slowest_per_second(), 200U);
  EXPECT_EQ(mix.longest_bytes(), 4096U);
  EXPECT_EQ(mix.shortest_bytes(), 128U);
}

// Catches one mix that has two names, by which reports would not find its cell: any order gives the same.
TEST(StreamMix, HasOneName) {
  for (const char* order : {"64@9+4096@5+64@7", "64@7+64@9+4096@5", "4KiB@5+64@7+64@9"}) {
    EXPECT_EQ(text_of(parse_mix(order)), "4096@5+64@7+64@9");
    EXPECT_EQ(parse_mix(order), parse_mix("4096@5+64@7+64@9"));
  }
}

TEST(StreamMix, RefusesWithARemedy) {
  EXPECT_THAT(refusal([] { parse_mix("4KiB@200"); }), HasSubstr("2 to 8 streams, not 1"));
  EXPECT_THAT(refusal([] { parse_mix("1@1+2@1+3@1+4@1+5@1+6@1+7@1+8@1+9@1"); }), HasSubstr("not 9"));
  EXPECT_THAT(refusal([] { parse_mix("0@5+64@5"); }), HasSubstr("give them a length"));
  EXPECT_THAT(refusal([] { parse_mix("64@5+"); }), HasSubstr("there is no @; give SIZE@RATE"));
  EXPECT_THAT(refusal([] { parse_mix("64@5+64"); }), HasSubstr("'64': there is no @"));
  EXPECT_THAT(refusal([] { parse_mix("64@0+64@1"); }), HasSubstr("rate has to be from 1"));
  EXPECT_THAT(refusal([] { parse_mix("2GiB@1+64@1"); }), HasSubstr("at most 1 GiB"));
}

// Catches a cell whose size is not that of its longest message, and a rate that stays beside the mix.
TEST(StreamMix, IsALoadOfACell) {
  Cell cell;
  cell.mechanism = "pipe";
  cell.pattern = Pattern::paced;
  cell.load.arrivals = Arrivals::poisson;
  const CellAxis& rate = axis_named("rate");
  rate.assign(cell, "50%");
  rate.assign(cell, "128@50k+4KiB@200");
  EXPECT_EQ(cell_name(cell),
            "pipe/paced/size:4096/wait:block/peers:fork/cpus:free/rate:4096@200+128@50000/arrivals:poisson");
  EXPECT_EQ(describe_value(rate, cell), "4 KiB at 200/s and 128 B at 50000/s");
  EXPECT_EQ(cell.load.per_second, 50'200U);
  EXPECT_EQ(cell.load.percent, 0U);
  Cell copy;
  rate.copy(copy, cell);
  EXPECT_EQ(copy.load.mix, cell.load.mix);
  EXPECT_EQ(copy.size_bytes, 4096U);
  rate.assign(cell, "7");
  EXPECT_TRUE(cell.load.mix.empty());
  EXPECT_EQ(rate.text(cell), "7");
}

}  // namespace
}  // namespace ipcbench
