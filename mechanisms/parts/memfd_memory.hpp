// Shared memory behind a descriptor. It has no name and is passed on by inheritance.
#pragma once

#include <vector>

#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"

namespace ipcbench {

// `Kind` says where the memory comes from:
//   static Fd create(const LinkSpec& spec, std::size_t bytes);   a descriptor of that many bytes or more
//   static Unavailable available();
// and, where it differs from other memory:
//   static std::size_t page_bytes();          the pages are larger than the machine's usual ones
//   static constexpr const char* kName;       `ipcbench probe` shows the memory alone under that name
//   static void check(int fd);                throws Error if it is not to be trusted, before it is mapped
template <class Kind>
class DescriptorMemory : public Kind {
 public:
  static constexpr Lifetime kLifetime = Lifetime::process;

  static DescriptorMemory create(const LinkSpec& spec, std::size_t bytes) {
    return {Kind::create(spec, bytes), bytes};
  }
  static DescriptorMemory inherit(std::span<const int> numbers, std::size_t bytes) {
    Fd fd(numbers[0]);
    if constexpr (requires { Kind::check(numbers[0]); }) Kind::check(fd.get());
    require_file_size(fd.get(), bytes);
    return {std::move(fd), bytes};
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] void* data() const { return mapping_.data(); }
  [[nodiscard]] std::vector<InheritedFd> descriptors() const { return {{.fd = fd_.get()}}; }

 private:
  DescriptorMemory(Fd fd, std::size_t bytes) : fd_(std::move(fd)), mapping_(fd_.get(), bytes) {}

  Fd fd_;
  SharedMapping mapping_;
};

// memfd_create(2).
struct PlainMemfd {
  static constexpr const char* kName = "memfd";

  static Unavailable available() {
    try {
      const Fd probe(checked(memfd_create("ipcbench-probe", MFD_CLOEXEC), "memfd_create (Linux 3.17)"));
      return std::nullopt;
    } catch (const KernelError& error) {
      return error.what();
    }
  }
  static Fd create(const LinkSpec& spec, std::size_t bytes) {
    Fd fd(checked(memfd_create(spec.name.c_str(), MFD_CLOEXEC), "memfd_create"));
    size_memory_file(fd.get(), bytes, "free memory, or raise what the container may have");
    return fd;
  }
};
using MemfdMemory = DescriptorMemory<PlainMemfd>;

}  // namespace ipcbench
