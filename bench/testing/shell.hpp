// For tests: runs the real program from a shell, which can close, redirect and limit its streams.
#pragma once

#include <string>

#include "bench/testing/program.hpp"

namespace ipcbench::testing {

// Runs a bash script in an empty folder, with `ipcbench` as the program and empty standard input. A minute
// later it is ended with code 124.
ProgramResult run_shell(const std::string& script);

}  // namespace ipcbench::testing
