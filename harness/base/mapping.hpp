// Memory from mmap(2), owned, and text in it.
#pragma once

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/fd.hpp"

namespace ipcbench {

inline std::size_t page_bytes() {
  static const auto bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return bytes;
}

// Rounds up.
inline std::size_t whole_pages(std::size_t bytes) {
  return (bytes + page_bytes() - 1) / page_bytes() * page_bytes();
}

// Makes the pages of a writable mapping present in this process, without changing them, so that no measured
// loop takes a fault. To be called in the process that uses them: a forked child inherits the mapping, but
// not that its pages are present. Other processes may be using the memory. Throws KernelError if there is no
// room.
inline void populate(void* data, std::size_t bytes) {
  if (madvise(data, bytes, MADV_POPULATE_WRITE) == 0) return;
  if (errno == EFAULT || errno == ENOMEM) {
    throw_errno("no room for the shared memory (madvise)",
                {{EFAULT, "free memory, or make room where it lies"}});
  }
  // Before Linux 5.14, and for memory that the kernel itself may not read: touches each page.
  for (std::size_t at = 0; at < bytes; at += page_bytes()) {
    std::atomic_ref(static_cast<unsigned char*>(data)[at]).fetch_or(0, std::memory_order_relaxed);
  }
}

// The NUMA node of a page that is present in this process; empty if the kernel does not say.
inline std::optional<int> node_of(const std::byte& in_page) {
  constexpr unsigned kNodeOfAddress = 1U << 0 | 1U << 1;  // MPOL_F_NODE | MPOL_F_ADDR
  int node = -1;
  if (syscall(SYS_get_mempolicy, &node, nullptr, 0UL, &in_page, kNodeOfAddress) != 0) return std::nullopt;
  return node;
}

// For EAGAIN of a mapping: it counts as locked memory.
inline constexpr const char* kLockMore = "raise ulimit -l";

class Mapping {
 public:
  // `fd` -1 and MAP_ANONYMOUS among the flags: memory without a file. Throws KernelError.
  Mapping(std::size_t bytes, int protection, int flags, int fd = -1, off_t offset = 0)
      : data_(mmap(nullptr, bytes, protection, flags, fd, offset)), bytes_(bytes) {
    if (data_ == MAP_FAILED) throw_errno("mmap", {{EAGAIN, kLockMore}});
  }
  ~Mapping() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  Mapping(Mapping&& other) noexcept : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  Mapping& operator=(Mapping&&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // volatile: other processes may write to it at any time.
  [[nodiscard]] volatile char& at(std::size_t offset) const { return static_cast<char*>(data_)[offset]; }

 private:
  void* data_;
  std::size_t bytes_;
};

// Readable and writable shared memory. All its pages exist, and are present in the process that made it.
class SharedMapping : public Mapping {
 public:
  // fd: -1 for anonymous memory.
  SharedMapping(int fd, std::size_t bytes)
      : Mapping(bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE | (fd < 0 ? MAP_ANONYMOUS : 0), fd) {
  }
};

// Sets the length of a fresh memory file and reserves its space: a full tmpfs is an error now rather than a
// SIGBUS at the first touch of a page. `make_room`: the remedy for that.
inline void size_memory_file(int fd, std::size_t bytes, const char* make_room) {
  const int error = posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (error != 0) throw_error(error, "no room for the memory (posix_fallocate)", {{ENOSPC, make_room}});
}

// For memory that another process made. Throws Error if it is smaller.
inline void require_size(std::size_t found, std::size_t bytes) {
  if (found >= bytes) return;
  throw Error(fmt::format("the shared memory has {} bytes, not {}", found, bytes),
              "start both ends from the same program, with the same parameters");
}

// The same for a file: touching what lies behind its end raises SIGBUS. Throws KernelError
// too.
inline void require_file_size(int fd, std::size_t bytes) {
  struct stat found {};
  checked(fstat(fd, &found), "fstat");
  require_size(static_cast<std::size_t>(found.st_size), bytes);
}

// Text of bounded length in shared memory; longer text is cut.
template <std::size_t N>
class SharedText {
 public:
  void assign(std::string_view text) { length_ = static_cast<std::uint32_t>(text.copy(chars_.data(), N)); }
  [[nodiscard]] std::string str() const { return {chars_.data(), length_}; }

 private:
  std::array<char, N> chars_{};
  std::uint32_t length_ = 0;
};

}  // namespace ipcbench
