#include "harness/launch/load_beside.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <exception>
#include <iterator>
#include <new>
#include <thread>

#include "harness/base/error.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMostStreams = 4;

[[noreturn]] void keep_busy(std::atomic<std::uint32_t>& working) {
  ++working;
  while (true) asm volatile("");
}

// Twice the last-level cache, so that hardly anything of it is found there again.
std::size_t streamed_bytes() {
  constexpr long kLeast = 64L << 20;
  constexpr long kMost = 1L << 30;
  return static_cast<std::size_t>(std::clamp(2 * sysconf(_SC_LEVEL3_CACHE_SIZE), kLeast, kMost));
}

// Copies one half over the other, for ever.
[[noreturn]] void stream_through_memory(std::atomic<std::uint32_t>& working) {
  const Mapping memory(streamed_bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE);
  const std::size_t half = memory.bytes() / 2;
  auto* const first = static_cast<std::byte*>(memory.data());
  ++working;
  while (true) {
    std::memcpy(first + half, first, half);
    asm volatile("" : : "r"(first) : "memory");  // as if the copy were read
  }
}

bool has_ended(const Child& child) {
  pollfd watched{.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  return poll(&watched, 1, 0) > 0;
}

}  // namespace

std::vector<int> cpus_for_load(Beside load, const std::vector<int>& used, const std::vector<int>& allowed) {
  if (load == Beside::none) return {};
  const std::vector<int>& of_ends = used.empty() ? allowed : used;
  if (load == Beside::cpu) return of_ends;
  std::vector<int> cpus;
  std::ranges::set_difference(allowed, used, std::back_inserter(cpus));
  if (cpus.empty()) cpus = of_ends;
  cpus.resize(std::min(cpus.size(), kMostStreams));
  return cpus;
}

LoadBeside::LoadBeside(Beside load, const std::vector<int>& cpus)
    : memory_(-1, sizeof(Shared)), shared_(new (memory_.data()) Shared) {
  children_.reserve(cpus.size());
  for (const int cpu : cpus) start(load, cpu);
  while (shared_->working < children_.size()) {
    require_alive();
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
}

void LoadBeside::start(Beside load, int cpu) {
  children_.push_back(fork_child(0, [this, load, cpu] {
    prctl(PR_SET_NAME, "ipcbench load");
    try {
      pin_to(cpu);
      load == Beside::cpu ? keep_busy(shared_->working) : stream_through_memory(shared_->working);
    } catch (const std::exception& error) {
      shared_->error.assign(explained(error));
      _exit(1);
    }
  }));
}

void LoadBeside::require_alive() {
  for (Child& child : children_) {
    if (!has_ended(child)) continue;
    const std::string error = shared_->error.str();
    throw Error(
        fmt::format("the load beside ended: {}", error.empty() ? describe_failure(child.reap()) : error),
        "free memory, or raise what the container may have");
  }
}

}  // namespace ipcbench
