// ipcbench duet-side: one of the two programs of a duet, started and directed by `ipcbench duet`.
#include <memory>

#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/commands/command.hpp"
#include "bench/duet/protocol.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

Outcome serve(const RunArguments& arguments, const Invocation& invocation) {
  RunRequest request = interpret(arguments, {});
  request.session.command = invocation.arguments;
  request.session.program = invocation.program;
  const RunDirectory directory;
  const std::vector<Placement> placements = find_placements();
  const Plan plan = make_plan(requested_cells(request, placements).cells, placements);
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
