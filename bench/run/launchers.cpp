#include "bench/run/launchers.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <exception>
#include <memory>
#include <utility>

#include "bench/cli/console.hpp"
#include "bench/cli/exit_code.hpp"
#include "bench/run/line_program.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;

std::string how_ended(const ProgramEnded& ended) {
  std::string how = ended.status ? describe_failure(*ended.status) : "";
  if (how.empty()) how = "ended during the launch";
  const bool killed = ended.status && ended.status->signal;
  return fmt::format("the launcher {}{}{}{}", killed ? "was " : "", how, ended.last_words.empty() ? "" : ": ",
                     ended.last_words);
}

// A launcher ends itself when a call of the mechanism cannot be interrupted (call_limit.hpp).
bool has_given_up(const ProgramEnded& ended) {
  return ended.status && ended.status->code == exit_code(Outcome::measurement_failed);
}

// Measured once in this process, which outlives the launchers.
LaunchRequest request_for(const Cell& cell, const LaunchOptions& options) {
  LaunchRequest request{.cell = cell, .options = options};
  request.options.clock_resolution_ns = clock_facts().resolution_ns;
  if (cell.wait == Wait::adaptive) request.options.spin = spin_of(cell, options.placement);
  return request;
}

class Launchers {
 public:
  explicit Launchers(LauncherOptions options) : options_(std::move(options)) {}

  LaunchOutcome launch(const Cell& cell, const LaunchOptions& options) {
    LaunchOutcome outcome = try_launch(cell, options);
    const auto* failure = std::get_if<Failure>(&outcome);
    // Whoever asks a whole group of processes to end may reach the launcher first.
    if (failure == nullptr || *options_.interrupted == 0) return outcome;
    end();
    return Failure{Failure::Kind::interrupted, "interrupted"};
  }

  void end() { launcher_.reset(); }

 private:
  LaunchOutcome try_launch(const Cell& cell, const LaunchOptions& options) {
    Failure failure;
    try {
      return ask(request_for(cell, options));
    } catch (const ProgramInterrupted&) {
      failure = {Failure::Kind::interrupted, "interrupted"};
    } catch (const ProgramEnded& ended) {
      failure = {has_given_up(ended) ? Failure::Kind::timed_out : Failure::Kind::error, how_ended(ended)};
    } catch (const ProgramLate& late) {
      failure = {Failure::Kind::timed_out, fmt::format("the launcher {}", late.what())};
    } catch (const std::exception& error) {
      failure = {Failure::Kind::error, fmt::format("the launcher: {}", explained(error))};
    }
    end();
    return failure;
  }

  LaunchOutcome ask(const LaunchRequest& request) {
    if (!launcher_) start();
    launcher_->send(launch_request_line(request));
    // It creates the objects within the limit, and after that runs the ends within the limit.
    const auto own_limit = std::chrono::duration_cast<milliseconds>(2 * request.options.time_limit);
    LaunchOutcome outcome =
        parse_launch_answer(launcher_->receive(own_limit + options_.beyond), request.cell);
    // The ends have written these; the launcher itself writes only when it ends.
    say_unfinished(launcher_->take_complaints());
    return outcome;
  }

  void start() {
    launcher_ = std::make_unique<LineProgram>(
        options_.program, options_.arguments,
        LineProgram::Limits{.farewell = options_.farewell, .interrupted = options_.interrupted});
  }

  LauncherOptions options_;
  std::unique_ptr<LineProgram> launcher_;
};

}  // namespace

RoundsOptions with_launchers(RoundsOptions rounds, const LauncherOptions& options) {
  if (access(options.program.c_str(), X_OK) != 0) return rounds;
  const auto launchers = std::make_shared<Launchers>(options);
  rounds.launch = [launchers](const Cell& cell, const LaunchOptions& each) {
    return launchers->launch(cell, each);
  };
  rounds.end_round = [launchers] { launchers->end(); };
  return rounds;
}

}  // namespace ipcbench
