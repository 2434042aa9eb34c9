// A cell: one point of the sweep, and its name, which reports are compared by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "harness/axes.hpp"

namespace ipcbench {

// Kernel and mechanism settings by name (pipe_bytes, queue_depth, ...). As input: what the user asked
// for; a name that is absent means the default. As output: what the kernel says is in force.
using Settings = std::map<std::string, std::uint64_t, std::less<>>;

struct Cell {
  std::string mechanism;
  Pattern pattern = Pattern::latency;
  std::size_t size_bytes = 1;
  Wait wait = Wait::block;
  Peers peers = Peers::fork;
  Cpus cpus = Cpus::free;
  Payload payload = Payload::copy;
  Settings parameters;  // only those that differ from the mechanism's defaults

  friend bool operator==(const Cell&, const Cell&) = default;
};

// "pipe/latency/size:4096/wait:block/peers:fork/cpus:same"; a payload other than copy and every
// parameter that is not at its default follow in the same style ("/payload:scan/pipe_bytes:4096").
std::string cell_name(const Cell& cell);

}  // namespace ipcbench
