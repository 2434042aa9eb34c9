// The claims about pipes and FIFOs, and their experiments.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"

namespace ipcbench {

// Each experiment tries the textbook's object unless it is given another. It throws KernelError if the object
// cannot be had.

// Fills a new channel with writes of each size, up to 16 MiB or a million writes. A pipe keeps its data in
// buffers of a page; a write of up to a page takes at least one of them unless it fits behind the previous
// write.
Steps pipe_capacity(const OpenChannel& open = make_pipe);

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
Steps small_writes_stay_whole(const OpenChannel& open = make_pipe);

// Full, empty, no writer left, no reader left.
Steps full_and_empty(const OpenChannel& open = make_pipe);

// --- pipe_steps.cpp -----------------------------------------------------------------------------------

Steps all_or_nothing(const OpenChannel& open = make_pipe);
Steps one_direction(const OpenChannel& open = make_pipe);
// pass: hands a descriptor to the process at the other end of a UNIX socket.
using PassDescriptor = std::function<void(const Fd& socket, const Fd& passed)>;
void send_descriptor(const Fd& socket, const Fd& passed);  // SCM_RIGHTS, unix(7)
Steps relatives_only(const PassDescriptor& pass = send_descriptor);
Steps byte_stream(const OpenChannel& open = make_pipe);
Steps size_limits(const OpenChannel& open = make_pipe);
Steps ring_of_pages(const OpenChannel& open = make_pipe);
long written_blocks();  // to disks, of this process: getrusage(2), ru_oublock
Steps off_the_disk(const std::function<long()>& blocks = written_blocks);
// between: what joins two commands of sh(1).
Steps shell_pipeline(const std::string& between = "|");
Steps without_address(const OpenChannel& open = make_pipe);

// Makes something with that name; 0, or -1 with errno.
using MakeNode = std::function<int(const char* path)>;
int make_fifo(const char* path);
Steps fifo_opening(const MakeNode& make = make_fifo);
Steps fifo_own_output(const MakeNode& make = make_fifo);
Steps fifo_length(const MakeNode& make = make_fifo);
Steps fifo_buffer(const MakeNode& make = make_fifo);
PipeEnds open_fifo_channel();

}  // namespace ipcbench
