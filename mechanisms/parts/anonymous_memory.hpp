// Memory without a name or a descriptor (mmap with MAP_SHARED | MAP_ANONYMOUS). Only forked children inherit
// it.
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
