// Memory mapped MAP_SHARED, owned.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <utility>

#include "harness/base/fd.hpp"

namespace ipcbench {

class SharedMapping {
 public:
  // fd: -1 for anonymous memory. Pages are brought in at once, so that no measured loop takes a fault.
  SharedMapping(int fd, std::size_t bytes)
      : data_(mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_POPULATE | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0)),
        bytes_(bytes) {
    if (data_ == MAP_FAILED) throw_errno("mmap");
  }
  ~SharedMapping() {
    if (data_ != nullptr) munmap(data_, bytes_);
  }
  SharedMapping(SharedMapping&& other) noexcept
      : data_(std::exchange(other.data_, nullptr)), bytes_(other.bytes_) {}
  SharedMapping(const SharedMapping&) = delete;
  SharedMapping& operator=(const SharedMapping&) = delete;
  SharedMapping& operator=(SharedMapping&&) = delete;

  [[nodiscard]] void* data() const { return data_; }

 private:
  void* data_;
  std::size_t bytes_;
};

// Gives a fresh file of memory its length. Reserves the space too: a full tmpfs is an error here and now, and
// not a SIGBUS at the first touch of a page. `make_room`: the remedy then.
inline void size_memory_file(int fd, std::size_t bytes, const char* make_room) {
  const int error = posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (error != 0) throw_error(error, "no room for the memory (posix_fallocate)", {{ENOSPC, make_room}});
}

}  // namespace ipcbench
