// For tests: the real program in the hands of a shell, which can close, redirect and limit what a test
// cannot.
#pragma once

#include <string>

#include "bench/testing/program.hpp"

namespace ipcbench::testing {

// Runs a script of bash in an empty folder; in it `ipcbench` is the program, and standard input is empty.
// After a minute it is ended, which shows as code 124.
ProgramResult run_shell(const std::string& script);

}  // namespace ipcbench::testing
