// Memory without a name and without a descriptor (mmap with MAP_SHARED | MAP_ANONYMOUS): inherited by fork
// alone.
#pragma once

#include "mechanisms/parts/ring_mechanism.hpp"

namespace ipcbench {
// A RingMemory.
class AnonymousMemory : public SharedMapping {
 public:
  static AnonymousMemory create(const LinkSpec&, std::size_t bytes) { return AnonymousMemory(bytes); }

 private:
  explicit AnonymousMemory(std::size_t bytes) : SharedMapping(-1, bytes) {}
};

}  // namespace ipcbench
