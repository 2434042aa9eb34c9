// Shared memory behind a descriptor, memfd_create(2). It has no name and is passed on by inheritance.
#pragma once

#include <vector>

#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

class MemfdMemory {
 public:
  static constexpr Lifetime kLifetime = Lifetime::process;
  static constexpr const char* kName = "memfd";

  static Unavailable available() {
    try {
      const Fd probe(checked(memfd_create("ipcbench-probe", MFD_CLOEXEC), "memfd_create (Linux 3.17)"));
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }
  static MemfdMemory create(const LinkSpec& spec, std::size_t bytes) {
    Fd fd(checked(memfd_create(spec.name.c_str(), MFD_CLOEXEC), "memfd_create"));
    size_memory_file(fd.get(), bytes, "free memory, or raise what the container may have");
    return {std::move(fd), bytes};
  }
  static MemfdMemory inherit(std::span<const int> numbers, std::size_t bytes) {
    Fd fd(numbers[0]);
    require_file_size(fd.get(), bytes);
    return {std::move(fd), bytes};
  }

  [[nodiscard]] void* data() const { return mapping_.data(); }
  [[nodiscard]] std::vector<InheritedFd> descriptors() const { return {{.fd = fd_.get()}}; }

 private:
  MemfdMemory(Fd fd, std::size_t bytes) : fd_(std::move(fd)), mapping_(fd_.get(), bytes) {}

  Fd fd_;
  SharedMapping mapping_;
};

}  // namespace ipcbench
