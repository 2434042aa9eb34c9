// For tests: creates objects that may exceed the machine's limits.
#pragma once

#include "harness/base/error.hpp"

// Defines `name` as the result of `make`. If the kernel refuses it, the test is skipped with the kernel's
// reason.
#define IPCBENCH_MAKE_OR_SKIP(name, make) \
  decltype(make) name{};                  \
  try {                                   \
    name = make;                          \
  } catch (const KernelError& error) {    \
    GTEST_SKIP() << error.what();         \
  }                                       \
  static_assert(true)
