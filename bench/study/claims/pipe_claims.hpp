// The claims about pipes and FIFOs, and their experiments.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"

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

// Each experiment below tries the textbook's object unless it is given another. It throws KernelError if the
// object cannot be had.
Steps all_or_nothing(const OpenChannel& open = make_pipe);
Steps one_direction(const OpenChannel& open = make_pipe);
// hand_over: sends a descriptor to the process at the other end of a UNIX socket.
using HandOver = std::function<void(int socket, int fd)>;
void send_descriptor(int socket, int fd);  // SCM_RIGHTS, unix(7)
Steps strangers_get_a_pipe(const HandOver& hand_over = send_descriptor);
Steps stream_in_order(const OpenChannel& open = make_pipe);
Steps synchronised_pipe(const OpenChannel& open = make_pipe);
Steps pipe_size_limits(const OpenChannel& open = make_pipe);
Steps ring_of_pages(const OpenChannel& open = make_pipe);
// written_blocks: as getrusage(2) counts them, ru_oublock.
long written_blocks();
Steps off_the_disk(const std::function<long()>& blocks = written_blocks);
// left and right: two commands for sh(1) between which `by` moves the data.
Steps shell_pipeline(const std::string& by = "|");
Steps address_of_a_pipe(const OpenChannel& open = make_pipe);

// Makes something with that name; 0, or -1 with errno.
using MakeNode = std::function<int(const char* path)>;
int make_fifo(const char* path);
Steps fifo_opening(const MakeNode& make = make_fifo);
Steps fifo_own_output(const MakeNode& make = make_fifo);
Steps fifo_length(const MakeNode& make = make_fifo);
Steps fifo_buffer(const MakeNode& make = make_fifo);
PipeEnds open_fifo_channel();
Steps fifo_like_pipe(const OpenChannel& other = open_fifo_channel);

}  // namespace ipcbench
