// atomic_queue: AtomicQueue2, told that there is one producer and one consumer, in POSIX shared memory. It
// carries values of one type, here cells that hold a piece of a message.
#include <atomic_queue/atomic_queue.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <span>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/shared_queue.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kCellBytes = 4096;

// Copying one copies the bytes that it holds, and not the rest of its room.
class Cell {
 public:
  Cell() = default;
  Cell(const Cell& other) noexcept { assign(other); }
  Cell& operator=(const Cell& other) noexcept {
    if (this != &other) assign(other);
    return *this;
  }

  [[nodiscard]] std::byte* data() { return room_.data(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  void resize(std::size_t bytes) { size_ = bytes; }

 private:
  void assign(const Cell& other) noexcept {
    size_ = other.size_;
    std::memcpy(room_.data(), other.room_.data(), size_);
  }

  std::size_t size_ = 0;
  std::array<std::byte, kCellBytes> room_;
};

template <std::size_t N>
using CellQueue = atomic_queue::AtomicQueue2<Cell, N / kCellBytes, true, true, false, true>;

class AtomicQueueSender {
 public:
  AtomicQueueSender(SharedQueue<CellQueue> queue, std::size_t) : queue_(queue) {}

  std::span<std::byte> loan(std::size_t n) { return {cell_.data(), std::min(n, kCellBytes)}; }
  bool commit(std::size_t n) {
    cell_.resize(n);
    return queue_.with([&](auto& queue) { return queue.try_push(cell_); });
  }

 private:
  SharedQueue<CellQueue> queue_;
  Cell cell_;
};

class AtomicQueueReceiver {
 public:
  AtomicQueueReceiver(SharedQueue<CellQueue> queue, std::size_t) : queue_(queue) {}

  std::span<const std::byte> peek(std::size_t) {
    if (!queue_.with([&](auto& queue) { return queue.try_pop(cell_); })) return {};
    return {cell_.data(), cell_.size()};
  }
  void release() {}

 private:
  SharedQueue<CellQueue> queue_;
  Cell cell_;
};

struct AtomicQueueSpscKind {
  static constexpr Traits kTraits{
      .name = "atomic_queue_spsc",
      .summary = "atomic_queue, AtomicQueue2 of cells in shared memory (try_push, try_pop)",
      .made_of = "atomic_queue, POSIX shared memory",
      .in_between = "cells of 4 KiB, each copied in once and out twice; a state for each cell"};
  using Queue = SharedQueue<CellQueue>;
  using Sender = AtomicQueueSender;
  using Receiver = AtomicQueueReceiver;
};
using AtomicQueueSpsc = SharedQueueMechanism<AtomicQueueSpscKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(AtomicQueueSpsc);
}  // namespace ipcbench
