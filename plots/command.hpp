// Runs another program to its end: text in, text out.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ipcbench {

struct CommandResult {
  int exit_code = 0;  // 128 + the signal's number if a signal ended it, as in a shell
  std::string out;
  std::string err;
};

// Runs argv[0] (searched on PATH unless it holds a slash) with `input` as its standard input. Empty if
// there is no such program. Throws KernelError if it cannot be started for another reason, and
// std::runtime_error if it has not ended within the limit; it is killed then.
std::optional<CommandResult> run_command(const std::vector<std::string>& argv, std::string_view input,
                                         std::chrono::milliseconds limit);

}  // namespace ipcbench
