// ipcbench launch-side: makes the launches of one round, started and asked by `ipcbench run`.
#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/launch_protocol.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

// Its own directory and guardian clean up after it, however it ends. The run that asks is the one that
// measures, so others count that one only.
Outcome answer_requests(const Invocation&) {
  const RunDirectory directory(false);
  const InterruptWatch watch;
  serve_launches(ipcbench::launch, InterruptWatch::flag(), next_line,
                 [](const std::string& line) { print(line + '\n'); });
  return InterruptWatch::signal() == 0 ? Outcome::success : Outcome::interrupted;
}

}  // namespace

CommandAction declare_launch_side(CLI::App& app) {
  app.footer("Speaks lines of JSON on standard input and output; see `ipcbench run --help`.");
  return answer_requests;
}

}  // namespace ipcbench
