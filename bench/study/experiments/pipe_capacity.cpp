#include "bench/study/experiments/pipe_capacity.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kEnoughBytes = std::size_t{16} << 20;
constexpr std::size_t kEnoughWrites = 1'000'000;

CapacityAt fill(const Channel& channel, std::size_t write_bytes) {
  const std::vector<std::byte> block(write_bytes);
  CapacityAt capacity{.write_bytes = write_bytes};
  while (capacity.bytes < kEnoughBytes && capacity.writes < kEnoughWrites) {
    const ssize_t got = write(channel.write_end.get(), block.data(), write_bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno != EAGAIN) throw_errno("write");
    if (got < 0) {
      capacity.fills_up = true;
      break;
    }
    capacity.bytes += static_cast<std::size_t>(got);
    capacity.writes += static_cast<std::size_t>(got) == write_bytes ? 1 : 0;
  }
  return capacity;
}

}  // namespace

std::vector<CapacityAt> capacity_by_write_size(std::span<const std::size_t> write_sizes_bytes,
                                               const OpenChannel& open) {
  std::vector<CapacityAt> capacities;
  for (const std::size_t write_bytes : write_sizes_bytes) {
    const Channel channel = open();
    set_nonblocking(channel.write_end, true);
    capacities.push_back(fill(channel, write_bytes));
  }
  return capacities;
}

}  // namespace ipcbench
