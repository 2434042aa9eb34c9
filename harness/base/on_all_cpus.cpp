#include "harness/base/on_all_cpus.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace ipcbench {

std::size_t usable_cpus() { return std::max(1U, std::thread::hardware_concurrency()); }

void on_all_cpus(std::size_t parts, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto take_parts = [&] {
    try {
      for (std::size_t i = next++; i < parts; i = next++) work(i);
    } catch (...) {
      next = parts;
      throw;
    }
  };
  std::vector<std::future<void>> others;
  for (std::size_t i = 1; i < std::min(usable_cpus(), parts); ++i)
    others.push_back(std::async(std::launch::async, take_parts));
  take_parts();  // a future's destructor waits if this throws
  for (std::future<void>& other : others) other.get();
}

}  // namespace ipcbench
