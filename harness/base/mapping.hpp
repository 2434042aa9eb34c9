// Memory from mmap(2), owned, and text in it.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/fd.hpp"

namespace ipcbench {

class Mapping {
 public:
  // `fd` -1 and MAP_ANONYMOUS among the flags: memory without a file. Throws KernelError.
  Mapping(std::size_t bytes, int protection, int flags, int fd = -1)
      : data_(mmap(nullptr, bytes, protection, flags, fd, 0)), bytes_(bytes) {
    if (data_ == MAP_FAILED) throw_errno("mmap");
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

// Readable and writable shared memory. All pages are populated, so that no measured loop takes a fault.
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
