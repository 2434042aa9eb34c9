#include "bench/study/parts/together.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <stdexcept>

#include "bench/study/parts/system_calls.hpp"
#include "harness/base/error.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {
namespace {

// Each waits until it has met the other: catches processes that run one after the other.
TEST(Together, RunsAllAtTheSameTime) {
  const SharedMapping memory(-1, sizeof(std::atomic<unsigned>));
  auto& arrived = *static_cast<std::atomic<unsigned>*>(memory.data());
  together(3, [&](unsigned own) {
    arrived += 1U << own;
    while (arrived != 7) usleep(100);
  });
  EXPECT_EQ(arrived, 7U);
}

TEST(Together, SaysWhichWayItFailed) {
  EXPECT_THROW(together(2, [](unsigned own) { own == 1 ? throw std::runtime_error("no") : void(); }), Error);
  EXPECT_THROW(together(
                   1, [](unsigned) { pause(); }, std::chrono::milliseconds(20)),
               Error);
}

TEST(Woken, TellsWhoWasWokenFromWhoWaits) {
  const PipeEnds ends = make_pipe();
  const auto wait = [&] {
    char letter = '?';
    return read(ends.read.get(), &letter, 1) == 1 ? std::string(1, letter) : std::string("nothing");
  };
  EXPECT_EQ(woken(wait, [&] { write_all(ends.write.get(), "x"); }), "x");
  EXPECT_EQ(woken(wait, [] {}), "waits");
}

// By hand: getppid() copies nothing, write() and read() three bytes each; reading more fails with EAGAIN.
TEST(SystemCalls, AreCountedWithWhatTheyCopy) {
  const PipeEnds ends = make_pipe();
  set_blocking_for(ends.read.get(), Wait::spin);
  const auto calls = system_calls_of([&] {
    std::array<char, 8> into{};
    const pid_t parent = getppid();
    ssize_t bytes = write(ends.write.get(), "abc", 3);
    bytes += read(ends.read.get(), into.data(), into.size());
    bytes += read(ends.read.get(), into.data(), into.size());
    static_cast<void>(parent + bytes);
  });
  EXPECT_EQ(calls.made, 4U);
  EXPECT_EQ(calls.copied_bytes, 6U);
  EXPECT_EQ(system_calls_of([] {}).made, 0U);
}

TEST(SystemCalls, OfAProcessThatFailsOrWaitsAreAnError) {
  EXPECT_THROW(system_calls_of([] { throw std::runtime_error("no"); }), Error);
  EXPECT_THROW(system_calls_of([] { pause(); }), Error);
}

}  // namespace
}  // namespace ipcbench
