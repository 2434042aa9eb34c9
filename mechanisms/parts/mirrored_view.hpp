// Shared memory seen once more, with its data twice in a row, so that whatever begins in the first appearance
// and is no longer than the data lies in one stretch.
#pragma once

#include <cstddef>

#include "harness/base/mapping.hpp"

namespace ipcbench {

class MirroredView {
 public:
  // memory: a shared mapping of any kind, `head_bytes` and then `data_bytes`, both whole pages. Throws
  // KernelError.
  MirroredView(void* memory, std::size_t head_bytes, std::size_t data_bytes)
      : range_(head_bytes + 2 * data_bytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE) {
    // From the back to the front, which bench/testing/relayed_pidfd.cpp relies on.
    show(memory, head_bytes, data_bytes, head_bytes + data_bytes);
    show(memory, 0, head_bytes + data_bytes, 0);
  }

  [[nodiscard]] void* data() const { return range_.data(); }
  // In this process.
  void populate() const { ipcbench::populate(range_.data(), range_.bytes()); }

 private:
  // mremap(2) with an old size of 0 leaves the old mapping alone and makes another of the same pages, whether
  // they belong to a file, a System V segment or to no name at all.
  void show(void* memory, std::size_t from, std::size_t bytes, std::size_t at) const {
    std::byte* const there = static_cast<std::byte*>(range_.data()) + at;
    void* const mapped =
        mremap(static_cast<std::byte*>(memory) + from, 0, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, there);
    if (mapped == MAP_FAILED) throw_errno("cannot map the shared memory twice (mremap)");
  }

  Mapping range_;  // reserves the addresses, and frees them with all that is mapped there
};

}  // namespace ipcbench
