#include "bench/study/claims/pipe_claims.hpp"

#include <climits>
#include <csignal>

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {
namespace {

// Counts the writes in a stream. A stream of whole writes consists of blocks of one letter each.
struct Blocks {
  std::size_t write_bytes;
  std::uint64_t writes = 0;
  std::uint64_t mixed = 0;
  std::size_t block_bytes = 0;  // of the current block, whatever the boundaries between reads
  char letter = '\0';
  bool is_mixed = false;

  void add(std::span<const char> bytes) {
    for (const char byte : bytes) {
      if (block_bytes == 0) letter = byte;
      is_mixed = is_mixed || byte != letter;
      if (++block_bytes < write_bytes) continue;
      ++writes;
      if (std::exchange(is_mixed, false)) ++mixed;
      block_bytes = 0;
    }
  }
};

std::vector<Child> start_writers(PipeEnds& channel, unsigned writers, std::size_t write_bytes) {
  std::vector<Child> children;
  children.reserve(writers);
  for (unsigned i = 0; i < writers; ++i) {
    children.push_back(fork_child(0, [&, i] {
      channel.read.reset();
      const std::vector<char> block(write_bytes, static_cast<char>('A' + i));
      while (write(channel.write.get(), block.data(), block.size()) >= 0) {
      }
    }));
  }
  channel.write.reset();
  return children;
}

// "65536", the bytes in writes of one size that a new channel took, or "no end".
std::string filled_with(const OpenChannel& open, std::size_t write_bytes) {
  constexpr std::size_t kMoreThanAnyPipeBytes = std::size_t{16} << 20;
  constexpr std::size_t kMostWrites = 1'000'000;
  const PipeEnds channel = open();
  set_blocking_for(channel.write.get(), Wait::spin);
  const std::string block(write_bytes, 'x');
  std::size_t bytes = 0;
  for (std::size_t writes = 0; bytes < kMoreThanAnyPipeBytes && writes < kMostWrites; ++writes) {
    const ssize_t got = write(channel.write.get(), block.data(), block.size());
    if (got < 0 && errno == EAGAIN) return std::to_string(bytes);
    if (got < 0 && errno != EINTR) throw_errno("write");
    bytes += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  }
  return "no end";
}

}  // namespace

Steps pipe_capacity(const OpenChannel& open) {
  Steps steps;
  for (const std::size_t bytes : {1U, 13U, 64U, 1000U, 2049U, 4095U, 4096U, 4097U, 65537U})
    steps.add(fmt::format("write(fd, buf, {}) until it is full", bytes), filled_with(open, bytes), "65536");
  return steps;
}

ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open,
                                     std::uint64_t most_writes, std::chrono::milliseconds limit) {
  constexpr unsigned kWriters = 4;
  using Clock = std::chrono::steady_clock;
  PipeEnds channel = open();
  const std::vector<Child> writers = start_writers(channel, kWriters, write_bytes);
  set_blocking_for(channel.read.get(), Wait::spin);
  Blocks blocks{.write_bytes = write_bytes};
  // A read returns at most one message and needs room for all of it.
  std::vector<char> buffer(std::max<std::size_t>(write_bytes, 65536));
  const auto deadline = Clock::now() + limit;
  while (blocks.mixed == 0 && blocks.writes < most_writes && Clock::now() < deadline) {
    const ssize_t got = read(channel.read.get(), buffer.data(), buffer.size());
    if (got > 0) {
      blocks.add(std::span<const char>(buffer).first(static_cast<std::size_t>(got)));
    } else {
      pollfd watched{.fd = channel.read.get(), .events = POLLIN, .revents = 0};
      poll(&watched, 1, 10);
    }
  }
  return {.write_bytes = write_bytes, .writers = kWriters, .writes = blocks.writes, .mixed = blocks.mixed};
}

Steps small_writes_stay_whole(const OpenChannel& open) {
  // A write that does not fit stops halfway, and others go on: the largest show whether any mix.
  Steps steps;
  for (const std::size_t bytes : {512UL, PIPE_BUF + 0UL, PIPE_BUF + 1UL, 64UL * PIPE_BUF}) {
    const ConcurrentWriters trial = concurrent_writers(bytes, open);
    std::string call = fmt::format("write(fd, buf, {}) by {} processes at once; mixed", bytes, trial.writers);
    std::string mixed = fmt::format("{} of {}", trial.mixed, trial.writes);
    if (bytes <= PIPE_BUF) {
      steps.check(std::move(call), std::move(mixed), trial.mixed == 0, "none");
    } else if (bytes == PIPE_BUF + 1UL) {
      steps.add(std::move(call), std::move(mixed));
    } else {
      steps.by_chance(std::move(call), std::move(mixed), trial.mixed > 0, "some");
    }
  }
  return steps;
}

Steps full_and_empty(const OpenChannel& open) {
  const PipeEnds ends = open();
  PipeEnds no_writer = open();
  PipeEnds no_reader = open();
  put(no_writer.write, "abc");
  no_writer.write.reset();
  no_reader.read.reset();
  const auto reading = [](const PipeEnds& from) {
    return [&from] { return read(from.read.get(), std::array<char, 3>{}.data(), 3); };
  };
  const auto writing = [](const PipeEnds& to) { return [&to] { return write(to.write.get(), "x", 1); }; };
  Steps steps;
  steps.attempt("read() when it is empty", "waits", reading(ends));
  set_blocking_for(ends.read.get(), Wait::spin);
  steps.attempt("read() with O_NONBLOCK", "EAGAIN", reading(ends));
  fill(ends);
  steps.attempt("write() with O_NONBLOCK when it is full", "EAGAIN", writing(ends));
  set_blocking_for(ends.write.get(), Wait::block);
  steps.attempt("write()", "waits", writing(ends))
      .attempt("read() of what was left when the last writer went", "3", reading(no_writer))
      .attempt("read() then", "0", reading(no_writer))
      .attempt("write() without a reader, SIGPIPE ignored", "EPIPE", writing(no_reader))
      .attempt("write() without a reader", "killed by SIGPIPE", [&] {
        std::signal(SIGPIPE, SIG_DFL);
        return writing(no_reader)();
      });
  return steps;
}

}  // namespace ipcbench
