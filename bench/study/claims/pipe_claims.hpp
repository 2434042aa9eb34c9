// The claims about pipes and FIFOs, and their experiments.
#pragma once

#include <chrono>

#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/channel.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> pipe_claims();

// How much a channel holds when filled with writes of one size. A pipe keeps its data in buffers of a page;
// a write of up to a page takes at least one of them unless it fits behind the previous write.
struct CapacityAt {
  std::size_t write_bytes = 0;
  std::size_t writes = 0;  // accepted whole
  std::size_t bytes = 0;   // accepted in all, including a last partial write
  bool fills_up = false;   // false: it took 16 MiB or a million writes and would have taken more
};
// Fills a new channel for each size.
std::vector<CapacityAt> capacity_by_write_size(std::span<const std::size_t> write_sizes_bytes,
                                               const OpenChannel& open = make_pipe);
// The sizes ascend.
Answer judge_pipe_capacity(std::span<const CapacityAt> capacities);

// Whether concurrent writes of several processes stay whole (pipe(7), PIPE_BUF).
struct ConcurrentWriters {
  std::size_t write_bytes = 0;
  unsigned writers = 0;
  std::uint64_t writes = 0;  // read and checked
  std::uint64_t mixed = 0;   // of those: with bytes of more than one writer
};
// Each process writes blocks of its own letter as fast as the reader allows. Stops at the first mixture,
// after `most_writes` or after `limit`.
ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open = make_pipe,
                                     std::uint64_t most_writes = 20'000,
                                     std::chrono::milliseconds limit = std::chrono::milliseconds(300));
Answer judge_concurrent_writers(std::span<const ConcurrentWriters> trials);

// The situations that textbooks list (pipe(7)): full, empty, no writer left, no reader left.
struct Situation {
  std::string_view name;
  Attempt attempt;
  std::string_view expected;  // describe() of what the textbook says

  [[nodiscard]] bool as_stated() const { return describe(attempt) == expected; }
};
struct PipeSituations {
  std::size_t capacity_bytes = 0;  // accepted in writes of a page until it was full; 16 MiB: it never was
  std::vector<Situation> situations;
  Attempt read_rest;  // reading the data that the last writer left behind
};
// Tries each situation on a new channel. Throws what `open` throws.
PipeSituations pipe_situations(const OpenChannel& open = make_pipe);
Answer judge_pipe_situations(const PipeSituations& found);

Answer pipe_holds_64_kib();
Answer small_writes_stay_whole();

}  // namespace ipcbench
