// Memory from mmap(2), of whatever kind an experiment needs.
#pragma once

#include <sys/mman.h>

#include <cstddef>

#include "harness/base/fd.hpp"

namespace ipcbench {

class Mapping {
 public:
  // `fd` -1 and MAP_ANONYMOUS among the flags: memory without a file. Throws KernelError.
  Mapping(std::size_t bytes, int protection, int flags, int fd = -1)
      : bytes_(bytes), data_(mmap(nullptr, bytes, protection, flags, fd, 0)) {
    if (data_ == MAP_FAILED) throw_errno("mmap");
  }
  ~Mapping() { munmap(data_, bytes_); }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  [[nodiscard]] void* data() const { return data_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  // What other processes write shows here without this one's knowledge.
  [[nodiscard]] volatile char& at(std::size_t offset) const { return static_cast<char*>(data_)[offset]; }

 private:
  std::size_t bytes_;
  void* data_;
};

}  // namespace ipcbench
