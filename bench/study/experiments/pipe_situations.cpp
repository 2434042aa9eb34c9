#include "bench/study/experiments/pipe_situations.hpp"

#include <array>
#include <csignal>
#include <vector>

namespace ipcbench {
namespace {

constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kMoreThanAnyPipeBytes = std::size_t{16} << 20;

// In pages, so that not a byte of room is left.
std::size_t fill(const Channel& channel, bool& fills_up) {
  const std::vector<std::byte> page(kPageBytes);
  set_nonblocking(channel.write_end, true);
  std::size_t filled_bytes = 0;
  fills_up = false;
  while (filled_bytes < kMoreThanAnyPipeBytes) {
    const ssize_t got = write(channel.write_end.get(), page.data(), page.size());
    fills_up = got < 0 && errno == EAGAIN;
    if (got < 0) break;
    filled_bytes += static_cast<std::size_t>(got);
  }
  set_nonblocking(channel.write_end, false);
  return filled_bytes;
}

Attempt try_write(const Channel& channel) {
  return attempt([&] { return write(channel.write_end.get(), "x", 1); });
}

Attempt try_read(const Channel& channel) {
  return attempt([&] {
    std::array<char, 16> into{};
    return read(channel.read_end.get(), into.data(), into.size());
  });
}

void when_full(PipeSituations& found, const Channel& channel) {
  found.capacity_bytes = fill(channel, found.fills_up);
  found.write_when_full = try_write(channel);
  set_nonblocking(channel.write_end, true);
  found.write_when_full_nonblocking = try_write(channel);
}

void when_empty(PipeSituations& found, const Channel& channel) {
  found.read_when_empty = try_read(channel);
  set_nonblocking(channel.read_end, true);
  found.read_when_empty_nonblocking = try_read(channel);
}

void without_writer(PipeSituations& found, Channel channel) {
  checked(write(channel.write_end.get(), "abc", 3), "write");
  channel.write_end.reset();
  found.read_rest_without_writer = try_read(channel);
  found.read_without_writer = try_read(channel);
}

void without_reader(PipeSituations& found, Channel channel) {
  channel.read_end.reset();
  found.write_without_reader = try_write(channel);
  found.write_without_reader_default = attempt([&] {
    std::signal(SIGPIPE, SIG_DFL);
    return write(channel.write_end.get(), "x", 1);
  });
}

}  // namespace

PipeSituations pipe_situations(const OpenChannel& open) {
  PipeSituations found;
  when_full(found, open());
  when_empty(found, open());
  without_writer(found, open());
  without_reader(found, open());
  return found;
}

}  // namespace ipcbench
