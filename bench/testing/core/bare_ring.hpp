// What a byte ring cannot do without: a copy into memory that the other CPU has read, a counter that says so,
// a copy out, and a counter that gives the room back. No harness, no sleeping, no messages that wrap around.
#pragma once

#include <cstddef>

#include "bench/testing/core/pair_run.hpp"

namespace ipcbench::core {

// Nanoseconds per round trip of 8 bytes over two such rings, and per message of a stream through one. The
// rings hold kQueueBytes; message_bytes is a power of two.
double bare_ring_round_trip_ns(const Setting& setting);
double bare_ring_stream_ns(const Setting& setting, std::size_t message_bytes);

}  // namespace ipcbench::core
