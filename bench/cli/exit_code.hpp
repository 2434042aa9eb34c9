// How the program ends: the one table of its exit codes. Commands return an Outcome; only the edge of the
// program turns it into a number.
#pragma once

#include <array>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/error.hpp"

namespace ipcbench {

enum class Outcome {
  success,
  regressed,
  refused,
  incomparable,
  too_weak,
  measurement_failed,
  defect,
  interrupted  // InterruptWatch has noted the signal
};

struct ExitCode {
  Outcome outcome;
  int code;
  std::string_view name;
  std::string_view meaning;
};

// In the help, in bench/PROGRAM.md and, as far as they apply, in gate.sh and run_all.sh. A signal has no row:
// it ends the program with 128 + its number.
inline constexpr std::array kExitCodes{
    ExitCode{Outcome::success, 0, "success",
             "everything selected was measured; with `--gate`: no regression"},
    ExitCode{Outcome::regressed, 1, "regression", "with `--gate`: a regression"},
    ExitCode{Outcome::refused, 2, "refused",
             "wrong arguments, a file that cannot be read or written, or a call that the kernel refused"},
    ExitCode{Outcome::incomparable, 3, "not comparable", "with `--gate`: not comparable"},
    ExitCode{Outcome::too_weak, 4, "too weak", "with `--gate --require-power`: too weak to tell"},
    ExitCode{Outcome::measurement_failed, 5, "measurement failed",
             "a measurement failed; the report has the others, and the reason"},
    ExitCode{Outcome::defect, 6, "defect", "a defect of ipcbench: please report it"}};

int exit_code(Outcome outcome);
// What a shell reports of a program that a signal ended.
constexpr int exit_code_of_signal(int signal) { return 128 + signal; }

// The table as lines of the help.
std::string exit_codes_help();

// What an exception ends with that no command handles. Refused: UsageError, FileError, KernelError and every
// other std::runtime_error, which describe the input or the system; std::invalid_argument, with which readers
// and writers reject a value; a lack of memory. Anything else, std::logic_error above all, is a defect.
Outcome outcome_of(const std::exception& error);
// The line for it: cause and remedy. A defect asks for a report with the version and the command.
std::string explain(const std::exception& error, const std::vector<std::string>& command);

}  // namespace ipcbench
