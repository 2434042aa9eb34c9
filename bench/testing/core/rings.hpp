// This project's ring and the queues of other libraries, moving the same messages through the same loops: a
// thread copies a message of N bytes in, another copies it out, and each queue holds the same number of
// bytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "bench/testing/core/pair_run.hpp"

namespace ipcbench::core {

inline constexpr std::size_t kQueueBytes = std::size_t{1} << 20;
inline constexpr std::size_t kMessageBytes[] = {8, 64, 4096, 65536};

// Nanoseconds per message of 8 bytes, sent or received in bursts that stay in the first-level cache, by one
// thread alone.
double ring_send_ns(const Setting& setting);
double ring_receive_ns(const Setting& setting);

// Nanoseconds per round trip of 8 bytes between two spinning ends, over two rings.
double ring_round_trip_ns(const Setting& setting);

// Nanoseconds per message that is streamed through a ring.
double spinning_ring_ns(const Setting& setting, std::size_t message_bytes);
double blocking_ring_ns(const Setting& setting, std::size_t message_bytes);

struct OtherQueue {
  std::string name;
  // As above; the size is one of kMessageBytes.
  std::function<double(const Setting&, std::size_t message_bytes)> stream_ns;
};

// Those whose headers were there when this was built.
std::vector<OtherQueue> other_queues();

}  // namespace ipcbench::core
