// Shared memory seen once more, with its data twice in a row, so that whatever begins in the first appearance
// and is no longer than the data lies in one stretch.
#pragma once

#include <cstddef>
#include <memory>

#include "harness/base/mapping.hpp"

namespace ipcbench {

class MirroredView {
 public:
  // memory: a shared mapping of any kind, `head_bytes` and then `data_bytes`, both whole pages. Throws
  // KernelError.
  MirroredView(void* memory, std::size_t head_bytes, std::size_t data_bytes)
      : MirroredView(head_bytes + 2 * data_bytes, 0) {
    // From the back to the front, which bench/testing/relayed_pidfd.cpp relies on.
    show(memory, head_bytes, data_bytes, head_bytes + data_bytes);
    show(memory, 0, head_bytes + data_bytes, 0);
  }

  // The same of a file with pages of that size, which mremap(2) does not map a second time: its mappings
  // begin at whole pages of it, and grow by none.
  MirroredView(int file, std::size_t head_bytes, std::size_t data_bytes, std::size_t file_page_bytes)
      : MirroredView(head_bytes + 2 * data_bytes, file_page_bytes) {
    show(file, 0, head_bytes + data_bytes, 0);
    show(file, head_bytes, data_bytes, head_bytes + data_bytes);
  }

  [[nodiscard]] void* data() const { return data_; }
  // In this process.
  void populate() const { ipcbench::populate(data_, bytes_); }

 private:
  // Reserves the addresses. alignment_bytes: 0 for the usual pages.
  MirroredView(std::size_t bytes, std::size_t alignment_bytes)
      : range_(bytes + alignment_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE),
        data_(range_.data()),
        bytes_(bytes) {
    std::size_t space = range_.bytes();
    if (alignment_bytes != 0) std::align(alignment_bytes, bytes, data_, space);
  }

  [[nodiscard]] std::byte* place(std::size_t at) const { return static_cast<std::byte*>(data_) + at; }

  // mremap(2) with an old size of 0 leaves the old mapping alone and makes another of the same pages, whether
  // they belong to a file, a System V segment or to no name at all.
  void show(void* memory, std::size_t from, std::size_t bytes, std::size_t at) const {
    void* const mapped =
        mremap(static_cast<std::byte*>(memory) + from, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, place(at));
    if (mapped == MAP_FAILED)
      throw_errno("cannot map the shared memory twice (mremap)", {{EAGAIN, kLockMore}});
  }
  void show(int file, std::size_t from, std::size_t bytes, std::size_t at) const {
    void* const mapped = mmap(place(at), bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file,
                              static_cast<off_t>(from));
    if (mapped == MAP_FAILED) throw_errno("cannot map the shared memory twice (mmap)");
  }

  Mapping range_;  // frees the addresses with all that is mapped there
  void* data_;
  std::size_t bytes_;
};

}  // namespace ipcbench
