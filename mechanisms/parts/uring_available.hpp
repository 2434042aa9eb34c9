// Whether io_uring can be used here.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <exception>
#include <fstream>
#include <initializer_list>
#include <string>

#include "harness/base/error.hpp"
#include "mechanisms/parts/uring.hpp"

namespace ipcbench {

// Why a call of io_uring was refused, with the remedy. disabled: the content of kernel.io_uring_disabled,
// empty if there is no such file (before Linux 6.6).
inline std::string uring_refusal(int error, const char* call, const std::string& disabled) {
  const bool switched_off = error == EPERM && (disabled == "1" || disabled == "2");
  const char* const remedy = switched_off      ? "set kernel.io_uring_disabled to 0 (sysctl)"
                             : error == ENOMEM ? "raise ulimit -l (RLIMIT_MEMLOCK)"
                                               : "";
  return KernelError(error, fmt::format("io_uring cannot be used ({})", call), remedy).what();
}

inline std::string uring_disabled() {
  std::string disabled;
  std::getline(std::ifstream("/proc/sys/kernel/io_uring_disabled"), disabled);
  return disabled;
}

// What the kernel of that ring lacks of these operations. It lists them since Linux 5.6.
inline Unavailable lacking_operations(const Fd& ring, std::initializer_list<std::uint8_t> operations,
                                      const char* since) {
  constexpr std::size_t kMost = 256;
  constexpr std::size_t kWords = (sizeof(io_uring_probe) + kMost * sizeof(io_uring_probe_op)) / 8;
  std::array<std::uint64_t, kWords> memory{};
  auto* const probe = reinterpret_cast<io_uring_probe*>(memory.data());
  const bool lists = uring_register(ring.get(), IORING_REGISTER_PROBE, probe, kMost) == 0;
  if (!lists && errno != EINVAL) return uring_refusal(errno, "io_uring_register", {});
  const bool knows_all = std::ranges::all_of(operations, [&](std::uint8_t operation) {
    return operation <= probe->last_op && (probe->ops[operation].flags & IO_URING_OP_SUPPORTED) != 0;
  });
  if (lists && knows_all) return std::nullopt;
  return fmt::format("io_uring of this kernel lacks an operation; take Linux {} or newer", since);
}

// Empty if io_uring can be used with all of these operations. `since`: the first Linux that has them.
inline Unavailable uring_available(std::initializer_list<std::uint8_t> operations, const char* since) {
  try {
    const OpenRing ring = try_open_ring({});
    if (!ring.fd) return uring_refusal(errno, "io_uring_setup", uring_disabled());
    // A filter may allow one call and deny another. This one has nothing to do.
    if (syscall(SYS_io_uring_enter, ring.fd.get(), 0, 0, 0, nullptr, 0) != 0)
      return uring_refusal(errno, "io_uring_enter", {});
    return lacking_operations(ring.fd, operations, since);
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace ipcbench
