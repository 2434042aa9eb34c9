// Memory into which a multishot receive puts what arrives: buffers that the kernel takes one after the other,
// and gets back through a ring of their own (IORING_REGISTER_PBUF_RING).
#pragma once

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstdint>
#include <span>

#include "mechanisms/parts/uring.hpp"

namespace ipcbench {

class UringBuffers {
 public:
  static constexpr std::uint16_t kGroup = 0;
  static constexpr std::uint32_t kCount = 16;
  // Each receipt fills a buffer, and a last completion says that there are no more.
  static constexpr std::uint32_t kCompletions = 2 * kCount;

  // For messages of that length. Throws KernelError.
  UringBuffers(const Uring& ring, std::size_t message_bytes)
      : each_bytes_(std::bit_ceil(std::clamp<std::size_t>(message_bytes, 4096, 65536))),
        bytes_(kCount * each_bytes_, PROT_READ | PROT_WRITE, kPrivate),
        free_(kCount * sizeof(io_uring_buf), PROT_READ | PROT_WRITE, kPrivate) {
    io_uring_buf_reg registration{};
    registration.ring_addr = address_in_entry(free_.data());
    registration.ring_entries = kCount;
    registration.bgid = kGroup;
    if (uring_register(ring.fd(), IORING_REGISTER_PBUF_RING, &registration, 1) != 0) {
      throw_errno("io_uring_register(IORING_REGISTER_PBUF_RING)",
                  {{EINVAL, "take Linux 6.0 or newer, or leave multishot at 0"}});
    }
    for (std::uint16_t i = 0; i < kCount; ++i) give_back(i);
  }

  // What a receipt has put into that buffer.
  [[nodiscard]] std::span<const std::byte> received(std::uint16_t buffer, std::size_t bytes) const {
    return {data(buffer), bytes};
  }

  // The kernel may fill it again. The first buffer's spare field is the ring's tail, so no entry is written
  // as a whole.
  void give_back(std::uint16_t buffer) {
    auto* const ring = static_cast<io_uring_buf_ring*>(free_.data());
    io_uring_buf& entry = static_cast<io_uring_buf*>(free_.data())[given_ % kCount];
    entry.addr = address_in_entry(data(buffer));
    entry.len = static_cast<std::uint32_t>(each_bytes_);
    entry.bid = buffer;
    std::atomic_ref(ring->tail).store(++given_, std::memory_order_release);
  }

 private:
  static constexpr int kPrivate = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE;

  [[nodiscard]] std::byte* data(std::uint16_t buffer) const {
    return static_cast<std::byte*>(bytes_.data()) + buffer * each_bytes_;
  }

  std::size_t each_bytes_;
  Mapping bytes_;
  Mapping free_;
  std::uint16_t given_ = 0;  // in all
};

}  // namespace ipcbench
