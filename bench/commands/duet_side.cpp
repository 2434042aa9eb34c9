// ipcbench duet-side: one of the two programs of a duet, started and directed by `ipcbench duet`.
#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/commands/command.hpp"
#include "bench/duet/protocol.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

// getc() returns when a signal arrives. A request has about fifty characters.
std::optional<std::string> next_line() {
  constexpr std::size_t kLongestRequest = 4096;
  std::string line;
  for (int c = std::getc(stdin); c != EOF; c = std::getc(stdin)) {
    if (c == '\n') return line;
    if (line.size() == kLongestRequest) {
      throw ReportError(fmt::format("standard input: a request of more than {} characters", kLongestRequest));
    }
    line += static_cast<char>(c);
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

Outcome serve(const RunArguments& arguments, const Invocation& invocation) {
  RunRequest request = interpret(arguments, {});
  request.session.command = invocation.arguments;
  request.session.program = invocation.program;
  const RunDirectory directory;
  const std::vector<Placement> placements = find_placements();
  const Plan plan =
      make_plan(select_cells(request.profile, request.selection, mechanisms(), placements), placements);
  const InterruptWatch watch;
  const auto answer = [](const std::string& line) { print(line + '\n'); };
  serve_duet(plan, request.session, next_line, answer);
  return InterruptWatch::signal() == 0 ? Outcome::success : Outcome::interrupted;
}

}  // namespace

CommandAction declare_duet_side(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  declare_run_arguments(app, *arguments);
  app.footer("Speaks lines of JSON on standard input and output; see `ipcbench duet --help`.");
  return [arguments](const Invocation& invocation) { return serve(*arguments, invocation); };
}

}  // namespace ipcbench
