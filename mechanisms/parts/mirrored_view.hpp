// Shared memory seen once more, with its data twice in a row, so that whatever begins in the first appearance
// and is no longer than the data lies in one stretch.
#pragma once

#include <cstddef>
#include <memory>

#include "harness/base/mapping.hpp"
#include "mechanisms/parts/huge_pages.hpp"

namespace ipcbench {

class MirroredView {
 public:
  // memory: a shared mapping of any kind, `head_bytes` and then `data_bytes`, both whole pages. The view
  // begins at a multiple of page_bytes, the usual ones or huge ones (collapse). Throws KernelError.
  MirroredView(void* memory, std::size_t head_bytes, std::size_t data_bytes,
               std::size_t page_bytes = ipcbench::page_bytes())
      : MirroredView(head_bytes + 2 * data_bytes, page_bytes) {
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
  // Moves the memory into huge pages, for all that have it mapped. Throws KernelError.
  void collapse() const { ipcbench::collapse(data_, bytes_); }

 private:
  // Reserves the addresses.
  MirroredView(std::size_t bytes, std::size_t page_bytes)
      : range_(bytes + page_bytes - ipcbench::page_bytes(), PROT_NONE,
               MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE),
        data_(range_.data()),
        bytes_(bytes) {
    std::size_t space = range_.bytes();
    std::align(page_bytes, bytes, data_, space);
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

// Tries it: a page for a ring's header and one for its data.
inline Unavailable why_no_huge_pages() {
  const std::size_t bytes = huge_page_bytes();
  try {
    const SharedMapping memory(-1, 2 * bytes);
    MirroredView(memory.data(), bytes, bytes, bytes).collapse();
    return std::nullopt;
  } catch (const KernelError& error) {
    return error.what();
  }
}

}  // namespace ipcbench
