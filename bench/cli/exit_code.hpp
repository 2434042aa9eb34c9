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
  std::string_view remedy;  // what to do about it, in one clause
};

// The help and bench/PROGRAM.md show it; gate.sh and run_all.sh name the codes that apply to them. A signal
// has no row: it ends the program with 128 + its number.
inline constexpr std::array kExitCodes{
    ExitCode{Outcome::success, 0, "success",
             "everything selected was measured; with `--gate`: no regression; of `reproduce`: all cells are "
             "reproduced",
             "nothing to do"},
    ExitCode{Outcome::regressed, 1, "regression",
             "with `--gate`: a regression, or a cell that the base has and the new side lacks; of `run`: a "
             "missed threshold; of `advise`: nothing that was measured fits; of `submit`: not good enough "
             "to send; of `reproduce`: a cell differs",
             "make the cells listed as slower faster, or accept them and take a new base; `--allow-missing`; "
             "give up what `advise` lists first; measure again without what `submit` refuses; look at the "
             "facts that `reproduce` names"},
    ExitCode{Outcome::refused, 2, "refused",
             "wrong arguments, a file that cannot be read or written, or a call that the kernel refused",
             "follow the message, which names the cause"},
    ExitCode{
        Outcome::incomparable, 3, "not comparable",
        "with `--gate`: not comparable; always: a calibration or bases that do not fit; of `rank`: no other "
        "machine of the class in the index",
        "measure both sides again under the conditions that the message names; widen `rank --class`"},
    ExitCode{Outcome::too_weak, 4, "too weak",
             "with `--gate --require-power`: too weak to tell; of `run`: a threshold that cannot be judged; "
             "of `submit`: too few launches; of `reproduce`: a cell of which nobody can tell",
             "measure more launches or blocks, or on a quieter machine"},
    ExitCode{Outcome::measurement_failed, 5, "measurement failed",
             "a measurement failed; the report has the others, and the reason",
             "remove the reason and measure again, or leave those cells out"},
    ExitCode{Outcome::defect, 6, "defect", "a defect of ipcbench",
             "report it with the command that the message quotes"}};

int exit_code(Outcome outcome);
// The exit code that a shell reports for a program ended by a signal.
constexpr int exit_code_of_signal(int signal) { return 128 + signal; }

// The table as lines of the help: each code with its meaning, and below that the remedy.
std::string exit_codes_help();

// The outcome of an exception that no command handles. Refused: lack of memory, and UsageError, FileError,
// KernelError and every other std::runtime_error, which describe the input or the system. Anything else is a
// defect: a std::logic_error, std::invalid_argument included, means that the program broke a precondition.
// Parsers of user input turn it into a UsageError.
Outcome outcome_of(const std::exception& error);
// The error line: cause and remedy. A defect asks for a report with the version and the command.
std::string explain(const std::exception& error, const std::vector<std::string>& command);

}  // namespace ipcbench
