#include "bench/study/experiments/concurrent_writers.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "harness/base/child.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr unsigned kWriters = 4;

void write_for_ever(int fd, char letter, std::size_t write_bytes) {
  const std::vector<char> block(write_bytes, letter);
  while (write(fd, block.data(), block.size()) >= 0) {
  }
}

// Cuts what arrives into stretches of one letter, across the limits of single reads.
class Stretches {
 public:
  explicit Stretches(std::size_t write_bytes) : write_bytes_(write_bytes) {}

  void add(std::span<const char> bytes) {
    while (!bytes.empty()) {
      if (bytes.front() != letter_) end_stretch(bytes.front());
      const auto other = std::ranges::find_if(bytes, [this](char byte) { return byte != letter_; });
      const auto length = static_cast<std::size_t>(other - bytes.begin());
      stretch_bytes_ += length;
      bytes = bytes.subspan(length);
    }
  }

  [[nodiscard]] std::uint64_t writes() const { return writes_ + stretch_bytes_ / write_bytes_; }
  [[nodiscard]] std::uint64_t mixed() const { return mixed_; }

 private:
  void end_stretch(char next_letter) {
    if (stretch_bytes_ % write_bytes_ != 0) ++mixed_;
    writes_ += stretch_bytes_ / write_bytes_;
    stretch_bytes_ = 0;
    letter_ = next_letter;
  }

  std::size_t write_bytes_;
  char letter_ = '\0';
  std::size_t stretch_bytes_ = 0;
  std::uint64_t writes_ = 0;
  std::uint64_t mixed_ = 0;
};

}  // namespace

ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open,
                                     std::uint64_t most_writes, std::chrono::milliseconds limit) {
  Channel channel = open();
  std::vector<Child> writers;
  writers.reserve(kWriters);
  for (unsigned i = 0; i < kWriters; ++i) {
    writers.push_back(fork_child(0, [&, i] {
      channel.read_end.reset();
      write_for_ever(channel.write_end.get(), static_cast<char>('A' + i), write_bytes);
    }));
  }
  channel.write_end.reset();
  set_nonblocking(channel.read_end, true);
  Stretches stretches(write_bytes);
  // Of messages, a read shows one: it has to have room for it.
  std::vector<char> buffer(std::max<std::size_t>(write_bytes, 65536));
  const auto deadline = Clock::now() + limit;
  while (stretches.mixed() == 0 && stretches.writes() < most_writes && Clock::now() < deadline) {
    const ssize_t got = read(channel.read_end.get(), buffer.data(), buffer.size());
    if (got > 0) {
      stretches.add(std::span<const char>(buffer).first(static_cast<std::size_t>(got)));
    } else {
      pollfd watched{.fd = channel.read_end.get(), .events = POLLIN, .revents = 0};
      poll(&watched, 1, 10);
    }
  }
  return {.write_bytes = write_bytes,
          .writers = kWriters,
          .writes = stretches.writes(),
          .mixed = stretches.mixed()};
}

}  // namespace ipcbench
