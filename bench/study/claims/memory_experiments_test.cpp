// Each experiment with shared memory on the kernel's object, and on one that behaves otherwise.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/testing/expect_steps.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {
namespace {

using testing::expect_answer;
using Verdict = ClaimVerdict;

void* no_memory(int error) {
  errno = error;
  return reinterpret_cast<void*>(-1);
}

constexpr unsigned kFewTimes = 10'000;

void increment_atomically(volatile unsigned* counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED); }

TEST(SharingExperiments, TellWhatLosesFromWhatDoesNot) {
  expect_answer(lost_updates(), Verdict::confirmed);
  expect_answer(lost_updates(increment_atomically, kFewTimes), Verdict::no_difference);
  expect_answer(flag_as_lock(), Verdict::confirmed);
  expect_answer(flag_as_lock(atomic_flag), Verdict::no_difference);
}

// A busy machine may hide an effect of chance in the first tries: no few of them prove that there is none.
TEST(SharingExperiments, TryUntilTheEffectShows) {
  constexpr unsigned kHidden = 10;
  const SharedMapping memory(-1, sizeof(unsigned));
  auto* const begun = static_cast<unsigned*>(memory.data());
  expect_answer(lost_updates(
                    [begun](volatile unsigned* counter) {
                      const bool first = __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED) == 0;
                      if (first && __atomic_add_fetch(begun, 1, __ATOMIC_RELAXED) > kHidden)
                        __atomic_fetch_sub(counter, 1, __ATOMIC_RELAXED);
                    },
                    kFewTimes),
                Verdict::confirmed);
  unsigned made = 0;
  expect_answer(flag_as_lock([&made](volatile int* flag) {
                  return ++made > kHidden ? Section{.enter = [] {}, .leave = [] {}} : atomic_flag(flag);
                }),
                Verdict::confirmed);
  EXPECT_GT(made, kHidden);
}

TEST(SharingExperiments, TellSharedFromPrivate) {
  expect_answer(both_ways(MAP_SHARED), Verdict::confirmed);
  expect_answer(both_ways(MAP_PRIVATE), Verdict::refuted);
  expect_answer(seen_at_once(MAP_SHARED), Verdict::confirmed);
  expect_answer(seen_at_once(MAP_PRIVATE), Verdict::refuted);
  expect_answer(reader_first(), Verdict::confirmed);
  expect_answer(reader_first([] {
                  const PipeEnds ends = make_pipe();
                  char letter = 0;
                  return static_cast<long>(read(ends.read.get(), &letter, 1));
                }),
                Verdict::refuted);
}

// System V keeps the identifier of a marked segment valid until the last process has detached. A POSIX object
// cannot be reached without its name.
TEST(SegmentExperiments, TellRemovedFromMarked) {
  const Answer marked = removed_segment().answer();
  EXPECT_EQ(marked.verdict, Verdict::depends);
  EXPECT_NE(marked.finding.find("by another process: attached"), std::string::npos) << marked.finding;
  EXPECT_EQ(marked.finding.find("__key"), std::string::npos) << marked.finding;
  SegmentCalls gone;
  gone.attach = [](int, const void*, int) { return no_memory(EINVAL); };
  expect_answer(removed_segment(gone), Verdict::confirmed);
}

// Memory that ends with its last byte, and memory that goes on behind the page.
TEST(SegmentExperiments, TellWhereMemoryEnds) {
  expect_answer(rest_of_last_page(), Verdict::depends);
  const std::size_t page = page_bytes();
  const auto pages = [page](std::size_t skipped) {
    return [page, skipped](int, const void* place, int) -> void* {
      char* const memory = static_cast<char*>(const_cast<void*>(place));
      return mprotect(memory, 3 * page, PROT_READ | PROT_WRITE) == 0 ? memory + skipped : no_memory(errno);
    };
  };
  SegmentCalls exact;
  exact.attach = pages(2 * page - 1);
  expect_answer(rest_of_last_page(exact), Verdict::confirmed);
  SegmentCalls longer;
  longer.attach = pages(0);
  const Answer answer = rest_of_last_page(longer).answer();
  EXPECT_NE(fmt::format("{}", fmt::join(answer.evidence, " ")).find("at 8192: 0 (stated: killed by SIGSEGV)"),
            std::string::npos)
      << fmt::format("{}", fmt::join(answer.evidence, " "));
}

// A kernel that compares the sizes, and one that never does.
TEST(SegmentExperiments, TellHowSizesAreCompared) {
  expect_answer(size_of_existing(), Verdict::depends);
  SegmentCalls lenient;
  lenient.get = [](key_t key, std::size_t, int flags) { return shmget(key, 0, flags); };
  expect_answer(size_of_existing(lenient), Verdict::confirmed);
  SegmentCalls strict;
  strict.get = [](key_t, std::size_t, int) {
    errno = EINVAL;
    return -1;
  };
  expect_answer(size_of_existing(strict), Verdict::refuted);
  expect_answer(size_control(), Verdict::depends);
  expect_answer(size_control(lenient), Verdict::confirmed);
}

TEST(SegmentExperiments, TellWhatEndsAnAttachment) {
  expect_answer(attach_count(), Verdict::confirmed);
  SegmentCalls leaking;  // the count of a kernel that never takes one off
  leaking.control = [](int id, int command, shmid_ds* state) {
    const int result = shmctl(id, command, state);
    if (state != nullptr) state->shm_nattch = 3;
    return result;
  };
  expect_answer(attach_count(leaking), Verdict::depends);
  expect_answer(detach_or_remove(), Verdict::confirmed);
  SegmentCalls forgetting;  // a page that is new at each attachment
  forgetting.attach = [](int, const void*, int) {
    return mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  forgetting.detach = [](const void* memory) { return munmap(const_cast<void*>(memory), 4096); };
  expect_answer(detach_or_remove(forgetting), Verdict::depends);
}

TEST(SegmentExperiments, TellOneAddressFromTwo) {
  expect_answer(chosen_address(), Verdict::confirmed);
  SegmentCalls fixed;
  void* place = nullptr;
  fixed.attach = [&place](int id, const void* address, int flags) {
    if (place == nullptr) place = shmat(id, address, flags);
    return place;
  };
  expect_answer(chosen_address(fixed), Verdict::depends);
}

TEST(SegmentExperiments, TellWhoMayAttach) {
  expect_answer(private_key(), Verdict::confirmed);
  SegmentCalls exclusive;
  exclusive.attach = [](int, const void*, int) { return no_memory(EINVAL); };
  expect_answer(private_key(exclusive), Verdict::refuted);
  if (geteuid() != 0) GTEST_SKIP() << "only root can become two other users";
  expect_answer(mode_0644(), Verdict::confirmed);
  SegmentCalls open_to_all;
  open_to_all.attach = [](int id, const void* address, int) { return shmat(id, address, SHM_RDONLY); };
  expect_answer(mode_0644(open_to_all), Verdict::depends);
}

TEST(SegmentExperiments, TellLockedPagesFromALock) {
  SegmentCalls locking;  // SHM_LOCK as the statement has it
  locking.attach = [](int, const void*, int) -> void* {
    pause();
    return no_memory(EINTR);
  };
  expect_answer(lock_in_memory(locking), Verdict::confirmed);
  expect_answer(lock_in_memory(), Verdict::refuted);
  SegmentCalls refusing;
  refusing.control = [](int, int, shmid_ds*) {
    errno = EPERM;
    return -1;
  };
  expect_answer(lock_in_memory(refusing), Verdict::untested);
}

TEST(SegmentExperiments, TellOneNamespaceFromTwo) {
  try {
    expect_answer(other_namespace(), Verdict::confirmed);
  } catch (const Error& error) {
    GTEST_SKIP() << error.what();
  }
  SegmentCalls everywhere;  // an object that every container finds
  everywhere.attach = [](int, const void*, int) {
    return mmap(nullptr, 4096, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  };
  expect_answer(other_namespace(everywhere), Verdict::depends);
}

TEST(SegmentExperiments, TellWhatIsInMemory) {
  const SharedMapping shared(-1, 4096);
  expect_answer(any_data(), Verdict::depends);
  expect_answer(any_data([&](std::size_t) { return shared.data(); }), Verdict::confirmed);
  expect_answer(file_behind(MAP_SHARED | MAP_ANONYMOUS), Verdict::confirmed);
  expect_answer(file_behind(MAP_PRIVATE | MAP_ANONYMOUS), Verdict::depends);
  expect_answer(memory_device(), Verdict::untested);
}

// splice(2) moves the pages of a file into a pipe and on into a file.
void splice_through_pipe(int from, int to) {
  const PipeEnds ends = make_pipe();
  checked(splice(from, nullptr, ends.write.get(), nullptr, kCopiedBytes, 0), "splice");
  checked(splice(ends.read.get(), nullptr, to, nullptr, kCopiedBytes, 0), "splice");
}

// Counted by hand: strace shows read, write, read, write through a pipe; read, write through shared memory.
TEST(CopiesCounted, TellFourFromTwoAndNone) {
  const Answer answer = copies_counted(textbook_carriers()).answer();
  EXPECT_EQ(answer.verdict, Verdict::confirmed) << fmt::format("{}", fmt::join(answer.evidence, "\n"));
  EXPECT_GE(answer.evidence.size(), 3U);
  const auto by = [](const char* calls, double stated, const OnFiles& process) {
    return Carrier{calls, stated, [process] { return std::vector<OnFiles>{process}; }};
  };
  expect_answer(copies_counted({by("a pipe, by splice()", 4, splice_through_pipe)}), Verdict::refuted);
  expect_answer(
      copies_counted({by("splice()", 0, splice_through_pipe), by("splice()", 4, splice_through_pipe)}),
      Verdict::depends);
  expect_answer(copies_counted({by("nothing", 0, [](int, int) { throw Error("no"); })}), Verdict::untested);
}

// Two calls copy into memory of one's own as well. Catches a count of copies that never arrive.
TEST(CopiesCounted, NeedThemToArrive) {
  expect_answer(copies_counted({memory_carrier(MAP_SHARED)}), Verdict::confirmed);
  const Answer apart = copies_counted({memory_carrier(MAP_PRIVATE)}).answer();
  EXPECT_EQ(apart.verdict, Verdict::refuted);
  EXPECT_NE(apart.finding.find("copied 2 times between a process and the kernel, but the files differ"),
            std::string::npos)
      << apart.finding;
}

}  // namespace
}  // namespace ipcbench
