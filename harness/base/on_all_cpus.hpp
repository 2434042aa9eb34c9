// Work that falls into independent parts, on all CPUs. Nothing that is measured runs this way.
#pragma once

#include <cstddef>
#include <functional>

namespace ipcbench {

// As many threads as work at once: one for each CPU that this process may use.
std::size_t usable_cpus();

// Calls work(0) to work(parts - 1), each once, in any order and several at once; returns when all have ended.
// If one throws, no further ones begin, and the first exception is thrown here.
void on_all_cpus(std::size_t parts, const std::function<void(std::size_t)>& work);

}  // namespace ipcbench
