// For tests: objects that the machine may have no room for.
#pragma once

#include "harness/base/error.hpp"

// `name` is what `make` makes; without room for it the test is skipped, for the reason that the kernel gives.
#define IPCBENCH_MAKE_OR_SKIP(name, make) \
  decltype(make) name{};                  \
  try {                                   \
    name = make;                          \
  } catch (const KernelError& error) {    \
    GTEST_SKIP() << error.what();         \
  }                                       \
  static_assert(true)
