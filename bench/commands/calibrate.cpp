// ipcbench calibrate: how much sessions of this host differ without a change.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/run/run_arguments.hpp"
#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "results/comparison/calibration.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kUsualSessions = 10;
constexpr std::uint64_t kMostSessions = 1000;

struct CalibrateArguments {
  RunArguments run;
  std::vector<std::string> reports;
  std::string sessions;
  std::string settings;
  bool json = false;
};

// Waits for the child and forwards signals to it.
ExitStatus wait_for(Child& child) {
  bool told = false;
  pollfd ended{.fd = child.pidfd(), .events = POLLIN, .revents = 0};
  while (poll(&ended, 1, 100) <= 0) {
    if (InterruptWatch::signal() == 0 || told) continue;
    kill(child.pid(), InterruptWatch::signal());
    told = true;
  }
  return child.reap();
}

// Runs each session in a new process, so that everything random per process is drawn anew.
void run_session(const std::string& program, RunArguments run, const fs::path& out) {
  run.out = out.string();
  std::vector<std::string> arguments{"run"};
  for (std::string& argument : command_line(run)) arguments.push_back(std::move(argument));
  arguments.emplace_back("--quiet");
  const Fd nowhere(checked(open("/dev/null", O_WRONLY | O_CLOEXEC), "open /dev/null"));
  Child child = exec_child(0, program, arguments, {{.fd = nowhere.get(), .as = STDOUT_FILENO}});
  const ExitStatus status = wait_for(child);
  if (InterruptWatch::signal() != 0) return;
  if (status.code != exit_code(Outcome::success)) {
    throw std::runtime_error(
        fmt::format("a session of the calibration ended with {} {}; to see it, run: {} run {}",
                    status.code ? "exit code" : "signal", status.code.value_or(status.signal.value_or(0)),
                    program, fmt::join(command_line(run), " ")));
  }
}

std::vector<SampledReport> measure_sessions(const CalibrateArguments& arguments,
                                            const Invocation& invocation) {
  const std::uint64_t sessions = arguments.sessions.empty() ? kUsualSessions
                                                            : parse_number("--sessions", arguments.sessions,
                                                                           kFewestSessions, kMostSessions);
  RunArguments run = arguments.run;
  if (run.profile.empty()) run.profile = "quick";
  std::uint64_t seed = parse_seed("--seed", run.seed);
  const RunDirectory directory(false);
  std::vector<SampledReport> reports;
  for (std::uint64_t session = 0; session < sessions; ++session) {
    if (!arguments.run.quiet) say(fmt::format("session {} of {}", session + 1, sessions));
    run.seed = std::to_string(seed++);
    const fs::path report = fs::path(directory.path()) / fmt::format("{}.json", session);
    run_session(invocation.program.string(), run, report);
    if (InterruptWatch::signal() != 0) return {};
    reports.push_back(read_samples(report));
  }
  return reports;
}

// With reports nothing is measured, so what decides about measuring would be ignored.
void check_idle(const CalibrateArguments& arguments) {
  if (arguments.reports.empty()) return;
  RunArguments deciding = arguments.run;
  deciding.out.clear();
  std::vector<std::string> given = command_line(deciding);
  if (!arguments.sessions.empty()) given.push_back("--sessions=" + arguments.sessions);
  if (given.empty()) return;
  throw UsageError(fmt::format("{}: nothing is measured if reports are given; drop it, or the reports",
                               given.front().substr(0, given.front().find('='))));
}

Outcome calibrate_host(const CalibrateArguments& arguments, const Invocation& invocation) {
  check_idle(arguments);
  const GateSettings settings = read_settings(arguments.settings);
  std::optional<OutputFile> out;
  if (!arguments.run.out.empty()) out.emplace(arguments.run.out);  // before the sessions, which take long
  const InterruptWatch watch;
  std::vector<SampledReport> sessions;
  sessions.reserve(arguments.reports.size());
  for (const std::string& file : arguments.reports) sessions.push_back(read_samples(file));
  if (sessions.empty()) sessions = measure_sessions(arguments, invocation);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  const Calibration calibration = calibrate(sessions, settings);
  if (out) out->write(calibration_json(calibration));
  print(arguments.json ? calibration_json(calibration) : calibration_table(calibration, settings));
  return Outcome::success;
}

// Adapts those options of `run` that mean something else here, or nothing.
void adapt(CLI::App& app) {
  app.get_option("--profile")->description("quick (default), standard or full: the cells of every session");
  app.get_option("--seed")->description("Seed of the first session; each session adds one (default: random)");
  app.get_option("--out")->description("Where the calibration goes, for `ipcbench compare --calibration`");
  app.remove_option(app.get_option("--force"));
}

}  // namespace

CommandAction declare_calibrate(CLI::App& app) {
  auto arguments = std::make_shared<CalibrateArguments>();
  app.add_option(
      "REPORT", arguments->reports,
      "Reports of at least 5 sessions of one unchanged host and program; nothing is measured then");
  app.add_option("--sessions", arguments->sessions, "Number of sessions to measure (default: 10)")
      ->type_name("N");
  app.add_option("--settings", arguments->settings, "JSON: thresholds and families of cells of the gate")
      ->type_name("FILE");
  app.add_flag("--json", arguments->json, "Print the calibration as JSON, instead of a table");
  declare_run_arguments(app, arguments->run);
  adapt(app);
  return [arguments](const Invocation& invocation) { return calibrate_host(*arguments, invocation); };
}

}  // namespace ipcbench
