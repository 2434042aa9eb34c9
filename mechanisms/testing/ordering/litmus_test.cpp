// The explorer itself on programs whose outcomes are known (litmus tests; names as in O. Lahav et al., PLDI
// 2017, and J. Alglave et al., "Herding Cats", TOPLAS 2014). All allowed outcomes must occur, and no others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <memory>

#include "mechanisms/parts/atomics.hpp"
#include "mechanisms/testing/ordering/scenarios.hpp"

namespace ipcbench::ordering {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using Value = std::uint32_t;
using Outcomes = std::set<std::string>;

constexpr Order kRelaxed = Order::relaxed;
constexpr Order kAcquire = Order::acquire;
constexpr Order kRelease = Order::release;
constexpr Order kSeqCst = Order::seq_cst;

struct State {
  Atomic<Value> x{0};
  Atomic<Value> y{0};
  std::byte plain{};
  std::array<Value, 4> r{};  // what was read
};
using Body = std::function<void(State&)>;

void fence(Order order) { Explorer::active().fence(order); }

// The final values of r, or the failure.
Outcomes outcomes(const std::vector<Body>& bodies, std::size_t registers, bool reduce = true) {
  Outcomes found;
  const auto setup = [&] {
    auto state = std::make_shared<State>();
    Program program;
    for (const Body& body : bodies) program.threads.emplace_back([state, &body] { body(*state); });
    program.afterwards = [state, registers, &found] {
      std::string text;
      for (std::size_t i = 0; i < registers; ++i) text += fmt::format("{}", state->r.at(i));
      found.insert(text);
    };
    return program;
  };
  const Result result = Explorer::explore(setup, {.reduce = reduce});
  if (!result.failure.empty()) return {first_line(result.failure)};
  if (reduce) {
    EXPECT_EQ(found, outcomes(bodies, registers, false)) << "the reduction loses outcomes";
  }
  return found;
}

// --- Store buffering: each thread stores to its own and loads the other's ------------------------------

Outcomes store_buffering(Order store, Order load, std::array<Order, 2> fences = {kRelaxed, kRelaxed}) {
  const auto first = [=](State& s) {
    s.x.store(1, store);
    fence(fences[0]);
    s.r[0] = s.y.load(load);
  };
  const auto second = [=](State& s) {
    s.y.store(1, store);
    fence(fences[1]);
    s.r[1] = s.x.load(load);
  };
  return outcomes({first, second}, 2);
}

TEST(Litmus, StoreBuffering) {
  EXPECT_THAT(store_buffering(kRelaxed, kRelaxed), ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT(store_buffering(kRelease, kAcquire), ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT(store_buffering(kRelaxed, kRelaxed, {Order::acq_rel, Order::acq_rel}),
              ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT(store_buffering(kRelaxed, kRelaxed, {kSeqCst, kRelaxed}), ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT(store_buffering(kRelaxed, kRelaxed, {kSeqCst, kSeqCst}), ElementsAre("01", "10", "11"));
  EXPECT_THAT(store_buffering(kSeqCst, kSeqCst), ElementsAre("01", "10", "11"));
}

// With an asymmetric pair: it takes a heavy fence and a light one of a registered thread, or two heavy ones.
enum class Half { none, light, unregistered_light, heavy, full };
void execute(Half half) {
  if (half == Half::light) Explorer::active().register_for_heavy_fences();
  if (half == Half::light || half == Half::unregistered_light) Explorer::active().light_fence();
  if (half == Half::heavy) Explorer::active().heavy_fence();
  if (half == Half::full) fence(kSeqCst);
}
Outcomes store_buffering_with(Half one, Half other) {
  const auto first = [=](State& s) {
    s.x.store(1, kRelaxed);
    execute(one);
    s.r[0] = s.y.load(kRelaxed);
  };
  const auto second = [=](State& s) {
    s.y.store(1, kRelaxed);
    execute(other);
    s.r[1] = s.x.load(kRelaxed);
  };
  return outcomes({first, second}, 2);
}

TEST(Litmus, StoreBufferingWithAsymmetricFences) {
  EXPECT_THAT(store_buffering_with(Half::heavy, Half::light), ElementsAre("01", "10", "11"));
  EXPECT_THAT(store_buffering_with(Half::light, Half::heavy), ElementsAre("01", "10", "11"));
  EXPECT_THAT(store_buffering_with(Half::heavy, Half::heavy), ElementsAre("01", "10", "11"));
  EXPECT_THAT(store_buffering_with(Half::heavy, Half::full), ElementsAre("01", "10", "11"));
  EXPECT_THAT(store_buffering_with(Half::light, Half::light), Contains("00"));
  EXPECT_THAT(store_buffering_with(Half::full, Half::light), Contains("00"));
  EXPECT_THAT(store_buffering_with(Half::heavy, Half::none), Contains("00"));
  EXPECT_THAT(store_buffering_with(Half::heavy, Half::unregistered_light), Contains("00"));
}

// --- Message passing: data, then a flag ----------------------------------------------------------------

Outcomes message_passing(Order store, Order load, Order fence_before = kRelaxed,
                         Order fence_behind = kRelaxed) {
  const auto sender = [=](State& s) {
    s.x.store(1, kRelaxed);
    fence(fence_before);
    s.y.store(1, store);
  };
  const auto receiver = [=](State& s) {
    s.r[0] = s.y.load(load);
    fence(fence_behind);
    s.r[1] = s.x.load(kRelaxed);
  };
  return outcomes({sender, receiver}, 2);
}

TEST(Litmus, MessagePassing) {
  EXPECT_THAT(message_passing(kRelaxed, kRelaxed), ElementsAre("00", "01", "10", "11"));
  EXPECT_THAT(message_passing(kRelease, kRelaxed), Contains("10"));
  EXPECT_THAT(message_passing(kRelaxed, kAcquire), Contains("10"));
  EXPECT_THAT(message_passing(kRelease, kAcquire), ElementsAre("00", "01", "11"));
  EXPECT_THAT(message_passing(kRelaxed, kRelaxed, kRelease, kAcquire), ElementsAre("00", "01", "11"));
  EXPECT_THAT(message_passing(kRelease, kRelaxed, kRelaxed, kAcquire), ElementsAre("00", "01", "11"));
  EXPECT_THAT(message_passing(kRelaxed, kRelaxed, kAcquire, kRelease), Contains("10"));
}

// The same with plain data: a race, or none. Two sequentially consistent fences alone do not prevent it.
Outcomes plain_message_passing(Order store, Order load, Order both_fences = kRelaxed) {
  const auto sender = [=](State& s) {
    Explorer::active().write(s.plain, std::byte{1});
    s.y.store(1, store);
    fence(both_fences);
  };
  const auto receiver = [=](State& s) {
    fence(both_fences);
    if (s.y.load(load) == 1) s.r[0] = std::to_integer<Value>(Explorer::active().read(s.plain));
  };
  return outcomes({sender, receiver}, 1);
}

TEST(Litmus, MessagePassingWithPlainData) {
  EXPECT_THAT(plain_message_passing(kRelease, kAcquire), ElementsAre("0", "1"));
  EXPECT_THAT(plain_message_passing(kRelaxed, kAcquire), ElementsAre(::testing::HasSubstr("data race")));
  EXPECT_THAT(plain_message_passing(kRelease, kRelaxed), ElementsAre(::testing::HasSubstr("data race")));
  EXPECT_THAT(plain_message_passing(kRelaxed, kRelaxed, kSeqCst),
              ElementsAre(::testing::HasSubstr("data race")));
}

// Catches a write that is not compared with the reads before it: the writer learns of the read by a relaxed
// store.
TEST(Litmus, PlainWriteAfterRead) {
  const auto with = [](Order store) {
    const auto reader = [=](State& s) {
      Explorer::active().require(Explorer::active().read(s.plain) == std::byte{0}, "read too late");
      s.x.store(1, store);
    };
    const auto writer = [](State& s) {
      if (s.x.load(kAcquire) == 1) Explorer::active().write(s.plain, std::byte{1});
    };
    const auto setup = [=] {
      auto state = std::make_shared<State>();
      Explorer::active().write(state->plain, std::byte{0});
      return Program{{[=] { reader(*state); }, [=] { writer(*state); }}};
    };
    return Explorer::explore(setup).failure;
  };
  EXPECT_EQ(with(kRelease), "");
  EXPECT_THAT(with(kRelaxed), ::testing::HasSubstr("last read"));
}

// --- Four threads: do two readers agree on the order of two independent writes? ------------------------

Outcomes independent_writes(Order store, Order load, Order between) {
  const auto reads = [=](Atomic<Value>& one, Atomic<Value>& other, Value* r) {
    r[0] = one.load(load);
    fence(between);
    r[1] = other.load(load);
  };
  return outcomes({[=](State& s) { s.x.store(1, store); }, [=](State& s) { s.y.store(1, store); },
                   [=](State& s) { reads(s.x, s.y, &s.r[0]); }, [=](State& s) { reads(s.y, s.x, &s.r[2]); }},
                  4);
}

TEST(Litmus, IndependentReadsOfIndependentWrites) {
  EXPECT_THAT(independent_writes(kRelease, kAcquire, kRelaxed), ::testing::SizeIs(16));
  EXPECT_THAT(independent_writes(kRelease, kAcquire, kSeqCst), ::testing::SizeIs(15));
  EXPECT_THAT(independent_writes(kRelease, kAcquire, kSeqCst), Not(Contains("1010")));
  EXPECT_THAT(independent_writes(kSeqCst, kSeqCst, kRelaxed), Not(Contains("1010")));
}

// --- One location: all threads agree on its order ------------------------------------------------------

TEST(Litmus, CoherenceOfReads) {
  const auto writer = [](State& s) {
    s.x.store(1, kRelaxed);
    s.x.store(2, kRelaxed);
  };
  const auto reader = [](State& s) {
    s.r[0] = s.x.load(kRelaxed);
    s.r[1] = s.x.load(kRelaxed);
  };
  EXPECT_THAT(outcomes({writer, reader}, 2), ElementsAre("00", "01", "02", "11", "12", "22"));
}

// Two writers: two readers see their values in the same order.
TEST(Litmus, CoherenceOfWrites) {
  const auto reads = [](State& s, std::size_t at) {
    s.r.at(at) = s.x.load(kRelaxed);
    s.r.at(at + 1) = s.x.load(kRelaxed);
  };
  const Outcomes found =
      outcomes({[](State& s) { s.x.store(1, kRelaxed); }, [](State& s) { s.x.store(2, kRelaxed); },
                [=](State& s) { reads(s, 0); }, [=](State& s) { reads(s, 2); }},
               4);
  EXPECT_THAT(found, Contains("1212"));
  EXPECT_THAT(found, Contains("2121"));
  EXPECT_THAT(found, Not(Contains("1221")));
  EXPECT_THAT(found, Not(Contains("2112")));
}

// With two locations, each thread's first write may come last ("2+2W"), unless fences forbid it. Catches
// stores that only ever go to the end of the modification order.
TEST(Litmus, WritesOvertakeEachOther) {
  const auto with = [](Order between) {
    const auto first = [=](State& s) {
      s.x.store(1, kRelaxed);
      fence(between);
      s.y.store(2, kRelaxed);
    };
    const auto second = [=](State& s) {
      s.y.store(1, kRelaxed);
      fence(between);
      s.x.store(2, kRelaxed);
    };
    std::set<std::string> found;
    const auto setup = [&] {
      auto state = std::make_shared<State>();
      return Program{{[=] { first(*state); }, [=] { second(*state); }}, [state, &found] {
                       found.insert(fmt::format("{}{}", state->x.load(kRelaxed), state->y.load(kRelaxed)));
                     }};
    };
    EXPECT_EQ(Explorer::explore(setup).failure, "");
    return found;
  };
  EXPECT_THAT(with(Order::acq_rel), ElementsAre("11", "12", "21", "22"));
  EXPECT_THAT(with(kSeqCst), ElementsAre("12", "21", "22"));
}

// --- Read-modify-writes --------------------------------------------------------------------------------

TEST(Litmus, UpdatesAreNeverLost) {
  const auto adds = [](std::size_t at) {
    return [at](State& s) { s.r.at(at) = s.x.fetch_add(1, kRelaxed); };
  };
  EXPECT_THAT(outcomes({adds(0), adds(1), adds(2)}, 3),
              ElementsAre("012", "021", "102", "120", "201", "210"));
}

// A read-modify-write continues the release sequence of the store that it read, a store does not (C++20).
TEST(Litmus, ReleaseSequences) {
  const auto with = [](const Body& between) {
    const auto sender = [](State& s) {
      Explorer::active().write(s.plain, std::byte{1});
      s.x.store(1, kRelease);
    };
    const auto receiver = [](State& s) {
      if (s.x.load(kAcquire) == 2) s.r[0] = std::to_integer<Value>(Explorer::active().read(s.plain));
    };
    return outcomes({sender, between, receiver}, 1);
  };
  const auto updates = [](State& s) {
    Value expected = 1;
    s.x.compare_exchange_strong(expected, 2, kRelaxed);
  };
  const auto stores = [](State& s) {
    if (s.x.load(kRelaxed) == 1) s.x.store(2, kRelaxed);
  };
  EXPECT_THAT(with(updates), ElementsAre("0", "1"));
  EXPECT_THAT(with(stores), ElementsAre(::testing::HasSubstr("data race")));
}

// --- What is left out ----------------------------------------------------------------------------------

// C++ allows both loads to read 1 ("load buffering"). The model does not produce it: a load reads what was
// written before it. No promise here rests on that, since what an end stores depends on what it has read.
TEST(Litmus, LoadBufferingIsNotProduced) {
  const auto first = [](State& s) {
    s.r[0] = s.x.load(kRelaxed);
    s.y.store(1, kRelaxed);
  };
  const auto second = [](State& s) {
    s.r[1] = s.y.load(kRelaxed);
    s.x.store(1, kRelaxed);
  };
  EXPECT_THAT(outcomes({first, second}, 2), ElementsAre("00", "01", "10"));
}

// --- The futex -----------------------------------------------------------------------------------------

// A wait that comes after the wake sees what the waker stored before it; one that comes before is woken.
TEST(Litmus, FutexLosesNoWakeUp) {
  const auto with = [](bool stores) {
    const auto setup = [=] {
      auto state = std::make_shared<State>();
      const auto waker = [=] {
        if (stores) state->x.store(1, kRelaxed);
        futex_call(state->x, FUTEX_WAKE, 1);
      };
      return Program{{waker, [=] { futex_call(state->x, FUTEX_WAIT, 0); }}};
    };
    return Explorer::explore(setup).failure;
  };
  EXPECT_EQ(with(true), "");
  EXPECT_THAT(with(false), ::testing::HasSubstr("thread 2 waits for futex wake #0"));
}

// A loop that waits for ever must fail, not be explored without end.
TEST(Litmus, SpinningForEverIsFound) {
  const auto spins = [](State& s) {
    while (s.x.load(kRelaxed) != 2) Explorer::active().await_news();
  };
  EXPECT_THAT(outcomes({[](State& s) { s.x.store(1, kRelaxed); }, spins}, 1),
              ElementsAre(::testing::HasSubstr("all threads wait for ever")));
  EXPECT_THAT(outcomes({[](State& s) { s.x.store(2, kRelaxed); }, spins}, 1), ElementsAre("0"));
}

}  // namespace
}  // namespace ipcbench::ordering
