// The experiments from pipes to threads: each on the textbook's object, and on one that behaves otherwise. An
// experiment that does not tell the two apart proves nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/testing/expect_steps.hpp"
#include "harness/base/mapping.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

using testing::expect_answer;
using ::testing::HasSubstr;
using ::testing::Not;
using Verdict = ClaimVerdict;

int make_file(const char* path) {
  return Fd(open(path, O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)) ? 0 : -1;
}
PipeEnds open_packets() { return open_unix_channel(SOCK_SEQPACKET); }
PipeEnds open_sockets() { return open_unix_channel(SOCK_STREAM); }

TEST(PipeExperiments, TellASocketFromAPipe) {
  expect_answer(all_or_nothing(), Verdict::confirmed);
  EXPECT_THAT(all_or_nothing(open_sockets).answer().finding, HasSubstr("with room for 4096 B: 8192"));
  expect_answer(one_direction(), Verdict::confirmed);
  expect_answer(one_direction([] {
                  PipeEnds ends = open_sockets();
                  send(ends.read.get(), "x", 1, 0);  // for the read() from the other end
                  return ends;
                }),
                Verdict::refuted);
  expect_answer(byte_stream(), Verdict::confirmed);
  EXPECT_THAT(byte_stream(open_packets).answer().finding, HasSubstr("read(fd, buf, 4): abc"));
  expect_answer(ring_of_pages(), Verdict::confirmed);
  expect_answer(ring_of_pages(open_packets), Verdict::depends);  // room comes back at once
  expect_answer(without_address(), Verdict::confirmed);
  expect_answer(without_address(open_udp_channel), Verdict::refuted);
  expect_answer(like_a_pipe(), Verdict::confirmed);
  expect_answer(like_a_pipe([] {
                  PipeEnds ends = make_pipe();
                  checked(fcntl(ends.write.get(), F_SETPIPE_SZ, 1 << 20), "fcntl");
                  return ends;
                }),
                Verdict::depends);
}

// A pipe of one page is as old textbooks have it, except that it can be enlarged.
TEST(PipeExperiments, TellASmallPipeFromALargeOne) {
  expect_answer(size_limits(), Verdict::refuted);
  const Steps small = size_limits([] {
    PipeEnds ends = make_pipe();
    checked(fcntl(ends.write.get(), F_SETPIPE_SZ, 4096), "fcntl");
    return ends;
  });
  expect_answer(small, page_bytes() == 4096 ? Verdict::depends : Verdict::refuted);
}

TEST(PipeExperiments, TellAPassedDescriptorFromItsNumber) {
  expect_answer(relatives_only(), Verdict::refuted);
  const Steps number =
      relatives_only([](const Fd& socket, const Fd& passed) { put(socket, std::to_string(passed.get())); });
  expect_answer(number, Verdict::depends);
  EXPECT_THAT(number.answer().evidence.front(), HasSubstr("(as stated)"));
}

TEST(PipeExperiments, SeeWhatReachesADisk) {
  expect_answer(off_the_disk(), Verdict::confirmed);
  expect_answer(off_the_disk([blocks = 0L]() mutable { return blocks += 2048; }), Verdict::refuted);
  expect_answer(off_the_disk([] { return 0L; }), Verdict::untested);  // a count that sees nothing
}

TEST(PipeExperiments, TellAPipelineFromAFile) {
  expect_answer(shell_pipeline(), Verdict::confirmed);
  const LaunchDirectory directory;
  expect_answer(shell_pipeline(fmt::format("> {0}; < {0}", directory.path() + "/file")), Verdict::refuted);
}

TEST(FifoExperiments, TellAFileFromAFifo) {
  expect_answer(fifo_opening(), Verdict::confirmed);
  expect_answer(fifo_opening(make_file), Verdict::depends);  // either opens for reading with O_NONBLOCK
  expect_answer(fifo_own_output(), Verdict::confirmed);
  expect_answer(fifo_own_output(make_file), Verdict::refuted);
  expect_answer(fifo_length(), Verdict::confirmed);
  expect_answer(fifo_length(make_file), Verdict::refuted);
  expect_answer(fifo_buffer(), Verdict::refuted);
  expect_answer(fifo_buffer(make_file), Verdict::depends);  // no buffer, but it keeps what was written
}

TEST(SignalExperiments, TellSignalsAndTheirWaysApart) {
  expect_answer(cannot_be_ignored(), Verdict::confirmed);
  expect_answer(cannot_be_ignored({SIGTERM}), Verdict::refuted);
  EXPECT_THAT(cannot_be_ignored({SIGTERM}).answer().evidence[1], HasSubstr("in the mask then: 1"));
  expect_answer(default_ends(), Verdict::depends);
  expect_answer(default_ends({SIGTERM}), Verdict::confirmed);
  expect_answer(default_ends({SIGCHLD}), Verdict::refuted);
  expect_answer(raise_and_alarm(), Verdict::confirmed);
  const Steps to_group = raise_and_alarm([](int signal) { return kill(0, signal); });
  EXPECT_THAT(to_group.answer().finding, HasSubstr("killed"));
  expect_answer(handled_at_once(), Verdict::depends);
  const Answer unsent = handled_at_once([](pid_t, int) { return 0; }).answer();
  EXPECT_EQ(unsent.verdict, Verdict::refuted);
  EXPECT_THAT(unsent.evidence.back(), HasSubstr("100 of 100"));
  const auto kill_and_wait = [](pid_t to, int signal) { return kill(to, signal) + usleep(5'000); };
  EXPECT_THAT(handled_at_once(kill_and_wait).answer().evidence.back(), Not(HasSubstr("100 of 100")));
  expect_answer(useless_between_threads(), Verdict::refuted);
  const Steps to_process =
      useless_between_threads([](pthread_t, int signal) { return kill(getpid(), signal); });
  EXPECT_THAT(to_process.answer().evidence.front(), HasSubstr("another thread (as stated)"));
}

TEST(FileExperiments, TellMappingsApart) {
  expect_answer(private_mapping(), Verdict::depends);
  expect_answer(private_mapping(MAP_SHARED), Verdict::refuted);
  expect_answer(pages_at_first_touch(), Verdict::confirmed);
  EXPECT_NE(pages_at_first_touch(MAP_SHARED | MAP_POPULATE).answer().verdict, Verdict::confirmed);
  expect_answer(mapping_reaches_file(), Verdict::confirmed);
  expect_answer(mapping_reaches_file(MAP_PRIVATE), Verdict::refuted);
}

TEST(FileExperiments, TellPrivateMemoryFromShared) {
  volatile char variable = 0;
  expect_answer(unshared_after_fork(variable), Verdict::confirmed);
  const SharedMapping memory(-1, 1);
  expect_answer(unshared_after_fork(memory.at(0)),
                Verdict::depends);  // the child finds what the parent stored
}

// Twice as many calls are twice as many copies.
TEST(FileExperiments, CountCopies) {
  std::vector<Carrier> carriers = file_carriers();
  expect_answer(copies_counted(carriers), Verdict::depends);
  const OnFiles twice = [](int from, int to) {
    for (int time = 0; time < 2; ++time) {
      lseek(from, 0, SEEK_SET);
      by_read_and_write(from, to);
    }
  };
  carriers.front().open = [twice] { return std::vector<OnFiles>{twice}; };
  expect_answer(copies_counted(carriers), Verdict::confirmed);
}

// Times of 1 us and 2 us, in one order, in the other, and by turns. Catches a verdict from noise.
TEST(FileExperiments, TellALargeFileFasterFromSlower) {
  const auto answer_if = [](const std::function<bool()>& mapping_is_faster) {
    return large_file([&](std::size_t) {
      return mapping_is_faster() ? TimesOfOption{2000, 1000} : TimesOfOption{1000, 2000};
    });
  };
  expect_answer(answer_if([] { return true; }), Verdict::confirmed);
  EXPECT_THAT(answer_if([] { return true; }).answer().finding, HasSubstr("0.50 times the time (median)"));
  expect_answer(answer_if([] { return false; }), Verdict::refuted);
  expect_answer(answer_if([turn = 0]() mutable { return ++turn % 9 != 0; }), Verdict::no_difference);
  EXPECT_THAT(large_file().answer().evidence[1], HasSubstr("8 MiB"));
}

// The fakes: a network that does not copy, and a socket whose receiver polls. What is measured here must not
// decide, so the times are fakes in both cases.
TEST(LoopbackExperiments, TellAGainFromNone) {
  const auto times = [](double with_ns) { return [with_ns] { return TimesOfOption{1000, with_ns}; }; };
  expect_answer(zerocopy_on_loopback(was_copied, times(1000)), Verdict::confirmed);
  expect_answer(zerocopy_on_loopback([] { return false; }, times(500)), Verdict::refuted);
  expect_answer(zerocopy_on_loopback([] { return true; }, times(500)), Verdict::depends);
  const PolledWait asleep{.queue = 0, .wait_ns = 1000, .cpu_ns = 10};
  const PolledWait awake{.queue = 7, .wait_ns = 1000, .cpu_ns = 990};
  expect_answer(busy_poll_on_loopback([&] { return asleep; }, times(1100)), Verdict::confirmed);
  expect_answer(busy_poll_on_loopback([&] { return awake; }, times(900)), Verdict::refuted);
}

// The fakes: a poll(2) that does not grow, and an epoll that does.
TEST(WaitingExperiments, TellWhatGrowsFromWhatDoesNot) {
  const auto times = [](double of_poll, double of_epoll) {
    return [=](Wait by) { return TimesOfOption{1000, by == Wait::poll ? of_poll : of_epoll}; };
  };
  expect_answer(poll_beside_idle(times(40'000, 1010)), Verdict::confirmed);
  expect_answer(poll_beside_idle(times(1010, 40'000)), Verdict::refuted);
  expect_answer(poll_beside_idle(times(40'000, 40'000)), Verdict::depends);
  for (const Wait by : {Wait::poll, Wait::epoll}) EXPECT_GT(times_beside_idle(by).with_ns, 0);
}

// Catches a measurement that is none.
TEST(LoopbackExperiments, MeasureTheRealNetwork) {
  const TimesOfOption zerocopy = times_of_zerocopy();
  EXPECT_GT(zerocopy.without_ns, 0);
  EXPECT_GT(zerocopy.with_ns, 0);
  if (geteuid() != 0) GTEST_SKIP() << "SO_BUSY_POLL needs the capability NET_ADMIN";
  EXPECT_EQ(wait_with_busy_poll().queue, 0U);
  EXPECT_GT(times_of_busy_poll().with_ns, 0);
}

// The fake takes any offset, and gives memory that is not the file's.
TEST(FileExperiments, TellAMappingFromACopy) {
  expect_answer(offset_and_close(), Verdict::confirmed);
  const MapPage copy = [](int, off_t) {
    return mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  };
  expect_answer(offset_and_close(copy), Verdict::refuted);
}

TEST(FileExperiments, TellAnInheritedDescriptorFromAnother) {
  expect_answer(shared_file_offset(), Verdict::confirmed);
  const auto reopen = [](const Fd& fd) {
    return Fd(open(fmt::format("/proc/self/fd/{}", fd.get()).c_str(), O_RDONLY | O_CLOEXEC));
  };
  expect_answer(shared_file_offset(reopen), Verdict::refuted);
}

TEST(FileExperiments, TellAPipeFromAFile) {
  expect_answer(unsynchronised_file(), Verdict::confirmed);
  const Steps pipe = unsynchronised_file(make_pipe);
  EXPECT_THAT(pipe.answer().finding, HasSubstr("anything was written: waits"));
  EXPECT_THAT(pipe.answer().finding, HasSubstr("nobody reads: waits"));
  EXPECT_THAT(unsynchronised_file().answer().evidence[1], HasSubstr("EAGAIN"));  // the lock is another's
}

// The fake server gives all clients the connection of the first.
TEST(SocketExperiments, TellManyConnectionsFromOne) {
  expect_answer(many_clients(), Verdict::confirmed);
  int first = -1;
  const Steps one = many_clients([&first](int listening) {
    const int accepted = accept_connection(listening);
    if (first < 0) return first = accepted;
    close(accepted);
    return dup(first);
  });
  expect_answer(one, Verdict::depends);
  EXPECT_THAT(one.answer().finding, HasSubstr("the accepted sockets get: a--"));
}

TEST(SocketExperiments, TellTheirKindsApart) {
  expect_answer(without_connection(), Verdict::confirmed);
  expect_answer(without_connection(SOCK_STREAM, SOCK_DGRAM), Verdict::refuted);
  expect_answer(local_sockets(), Verdict::confirmed);
  expect_answer(message_lengths(), Verdict::depends);
  const Answer lengths = message_lengths(channels().first(2)).answer();
  EXPECT_EQ(lengths.finding.find("a stream socket"), std::string::npos) << lengths.finding;
  EXPECT_THAT(lengths.finding, HasSubstr("MSG_DONTWAIT): 0"));
  EXPECT_THAT(lengths.finding, HasSubstr("msgsnd() of 0 B: 0"));
}

// System V does not sort by itself what it received in the other's place.
TEST(SocketExperiments, TellPrioritiesFromTheOrderOfSending) {
  const Steps textbook = ranked(*make_posix_queue(), *make_sysv_queue());
  expect_answer(textbook, Verdict::depends);
  EXPECT_THAT(textbook.answer().evidence[0], HasSubstr("(as stated)"));
  EXPECT_THAT(textbook.answer().evidence[1], HasSubstr("(as stated)"));
  EXPECT_THAT(textbook.answer().evidence[2], HasSubstr("wakes: a (stated: b)"));
  const bool real_time = textbook.answer().evidence[3].find("SCHED_FIFO") != std::string::npos;
  EXPECT_THAT(textbook.answer().evidence[3], HasSubstr(real_time ? "wakes: b" : "wakes: a"));
  const Steps swapped = ranked(*make_sysv_queue(), *make_posix_queue());
  EXPECT_THAT(swapped.answer().evidence[0], HasSubstr("(stated: cbda)"));
  EXPECT_THAT(swapped.answer().evidence[1], HasSubstr("(stated: bd)"));
}

TEST(ThreadExperiments, TellSharedMemoryFromPrivate) {
  expect_answer(threads_avoid_kernel(), Verdict::refuted);
  expect_answer(threads_avoid_kernel(MAP_PRIVATE), Verdict::depends);
}

}  // namespace
}  // namespace ipcbench
