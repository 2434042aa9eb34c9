// For tests: the message of a UsageError.
#pragma once

#include <string>

#include "bench/cli/exit_code.hpp"

namespace ipcbench::testing {

// The text of the UsageError that `function` throws; "no error" if it throws none.
template <class Function>
std::string usage_message(Function function) {
  try {
    function();
    return "no error";
  } catch (const UsageError& error) {
    return error.what();
  }
}

}  // namespace ipcbench::testing
