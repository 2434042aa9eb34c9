// Libraries say that there is no memory where they lack threads or descriptors, too.
#pragma once

#include <fmt/format.h>

#include <cerrno>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/shortage.hpp"

namespace ipcbench {

// Throws KernelError with the remedy for what is short now. otherwise: if nothing is; empty: the usual one.
[[noreturn]] inline void throw_no_memory(const char* call, std::string_view otherwise = {}) {
  const auto shortage = what_is_short();
  throw KernelError(ENOMEM, shortage ? fmt::format("{}; {}", call, shortage->cause) : std::string(call),
                    shortage ? shortage->remedy : otherwise);
}

}  // namespace ipcbench
