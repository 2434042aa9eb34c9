#include "bench/cli/exit_code.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <new>
#include <stdexcept>

#include "bench/cli/interrupt.hpp"
#include "harness/base/error.hpp"
#include "harness/base/printable.hpp"
#include "results/comparison/several_bases.hpp"

namespace ipcbench {

int exit_code(Outcome outcome) {
  if (outcome == Outcome::interrupted) return exit_code_of_signal(InterruptWatch::signal());
  return std::ranges::find(kExitCodes, outcome, &ExitCode::outcome)->code;
}

std::string exit_codes_help() {
  std::string text = "Exit codes:\n";
  for (const ExitCode& each : kExitCodes) {
    text += fmt::format("  {}        {}\n           -> {}\n", each.code, each.meaning, each.remedy);
  }
  return text + "  128 + N  ended by signal N (130: Ctrl-C; 141: the reader of standard output has gone)";
}

Outcome outcome_of(const std::exception& error) {
  if (dynamic_cast<const IncomparableError*>(&error) != nullptr) return Outcome::incomparable;
  const bool refused = dynamic_cast<const std::runtime_error*>(&error) != nullptr ||
                       dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
  return refused ? Outcome::refused : Outcome::defect;
}

std::string explain(const std::exception& error, const std::vector<std::string>& command) {
  constexpr std::size_t kLongestMessage = 2000;  // it may quote an argument of any length
  std::string text = fmt::format("ipcbench: {}", explained(error));
  if (outcome_of(error) == Outcome::defect) {
    text = fmt::format("ipcbench: a defect of ipcbench {}: {}; please report it with this command: {}",
                       IPCBENCH_VERSION, error.what(), fmt::join(command, " "));
  }
  return shortened_line(printable_line(text), kLongestMessage);
}

}  // namespace ipcbench
