// What a byte ring cannot do without: a copy into memory that the other CPU has read, a counter that says so,
// a copy out, and a counter that gives the room back. No harness, no sleeping, no messages that wrap around.
#pragma once

#include <cstddef>

#include "bench/testing/core/pair_run.hpp"

namespace ipcbench::core {

// Nanoseconds per round trip of 8 bytes over two such rings of kQueueBytes, and per message of a stream
// through one of ring_bytes, which is a multiple of a page and of the message.
double bare_ring_round_trip_ns(const Setting& setting);
double bare_ring_stream_ns(const Setting& setting, std::size_t message_bytes, std::size_t ring_bytes);

}  // namespace ipcbench::core
