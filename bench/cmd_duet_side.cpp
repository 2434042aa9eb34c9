// ipcbench duet-side: one of the two programs of a duet, which `ipcbench duet` starts and directs.
#include <CLI/App.hpp>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "bench/command.hpp"
#include "bench/console.hpp"
#include "bench/duet/protocol.hpp"
#include "bench/duet/side_loop.hpp"
#include "bench/exit_code.hpp"
#include "bench/interrupt.hpp"
#include "bench/run_arguments.hpp"
#include "harness/run_directory.hpp"

namespace ipcbench {
namespace {

// With the C library, whose reading a signal ends.
std::optional<std::string> next_line() {
  char* line = nullptr;
  std::size_t capacity = 0;
  const ssize_t length = getline(&line, &capacity, stdin);
  const std::unique_ptr<char, decltype(&std::free)> owner(line, &std::free);
  if (length < 0) return std::nullopt;
  std::string text(line, static_cast<std::size_t>(length));
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

int play_side(const RunArguments& arguments, const Invocation& invocation) {
  const RunRequest request = interpret(arguments, {});
  const RunDirectory directory;
  const std::vector<Placement> placements = find_placements();
  const Plan plan =
      make_plan(select_cells(request.profile, request.selection, mechanisms(), placements), placements);
  SessionOptions options;
  options.profile = std::string(request.profile.name);
  options.command = invocation.arguments;
  options.program = invocation.program;
  options.rounds.phases = {request.profile.warm_up, request.profile.timed};
  options.rounds.time_limit = request.time_limit;
  options.rounds.interrupted = InterruptWatch::flag();
  const InterruptWatch watch;
  const auto answer = [](const std::string& line) { print(line + '\n'); };
  SideLoop{.plan = plan, .options = options, .next_line = next_line, .answer = answer}.run();
  return InterruptWatch::signal() == 0 ? kSuccess : exit_code_of_signal(InterruptWatch::signal());
}

CommandAction declare_duet_side(CLI::App& app) {
  auto arguments = std::make_shared<RunArguments>();
  declare_run_arguments(app, *arguments);
  app.footer("Speaks lines of JSON on standard input and output; see `ipcbench duet --help`.");
  return [arguments](const Invocation& invocation) { return play_side(*arguments, invocation); };
}

}  // namespace

const Command kDuetSideCommand{.name = kDuetSideName,
                               .summary = "One of the two programs of a duet",
                               .declare = declare_duet_side,
                               .hidden = true};

}  // namespace ipcbench
