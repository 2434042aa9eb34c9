// What the harness does for each message, on one CPU.
#pragma once

#include "bench/testing/core/pair_run.hpp"

namespace ipcbench::core {

// Each returns nanoseconds per repetition of what it names.
double clock_ns(const Setting& setting);
double sample_ns(const Setting& setting);  // the clock, and the time since the last reading recorded

// 64 bytes copied into a buffer and out of it: by memcpy, and as a message of the floor.
double copies_ns(const Setting& setting);
double floor_message_ns(const Setting& setting);

}  // namespace ipcbench::core
