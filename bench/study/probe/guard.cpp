#include "bench/study/probe/guard.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <optional>

#include "bench/study/experiments/channel.hpp"
#include "harness/base/child.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/cleanup/run_directory.hpp"
#include "harness/launch/refusal.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::json;

// One line of text for each finding. State and guarantee are numbers: both sides are this program.
std::string to_line(const ProbeFinding& finding) {
  const Json line{static_cast<int>(finding.guarantee), static_cast<int>(finding.state), finding.answer,
                  finding.evidence};
  return line.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

std::vector<ProbeFinding> from_lines(std::string_view text) {
  std::vector<ProbeFinding> findings;
  while (true) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return findings;  // a line that was cut off, too
    const Json line = Json::parse(text.substr(0, end));
    findings.push_back({static_cast<Guarantee>(line.at(0).get<int>()),
                        static_cast<ProbeFinding::State>(line.at(1).get<int>()),
                        line.at(2).get<std::string>(), line.at(3).get<std::string>()});
    text.remove_prefix(end + 1);
  }
}

void write_line(const Fd& to, const ProbeFinding& finding) {
  std::string line = to_line(finding);
  while (!line.empty())
    line.erase(0, static_cast<std::size_t>(checked(write(to.get(), line.data(), line.size()), "write")));
}

// In the probe's own process: whatever is still open at the end gets the same answer.
void run_probe(const Probe& probe, const Subject& subject, const Fd& out) {
  // So that temporary files of what it uses go with its directory, even if it is killed.
  setenv("TMPDIR", subject.directory.c_str(), 1);
  const Notebook notes([&](const ProbeFinding& finding) { write_line(out, finding); });
  const auto close_open = [&](ProbeFinding::State state, const std::string& reason) {
    for (const Guarantee guarantee : probe.about) {
      const char* const answer = state == ProbeFinding::State::failed ? "failed" : "not tried";
      write_line(out, {guarantee, state, answer, reason});
    }
  };
  try {
    probe.run(subject, notes);
    close_open(ProbeFinding::State::failed, "the probe came to no answer");
  } catch (const NotTried& reason) {
    close_open(ProbeFinding::State::not_tried, reason.what());
  } catch (const std::exception& error) {
    close_open(ProbeFinding::State::failed, error.what());
  }
}

// What the probe's process wrote until its end; `problem`: why it has no proper one.
std::string listen(Child& child, const Fd& in, const GuardOptions& options, std::string& problem) {
  const auto deadline = Clock::now() + options.limit;
  std::array<char, 4096> buffer{};
  std::string text;
  while (true) {
    std::array<pollfd, 2> watched{pollfd{.fd = in.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = child.pidfd(), .events = POLLIN, .revents = 0}};
    constexpr int kLookMs = 100;
    poll(watched.data(), watched.size(), kLookMs);
    ssize_t got = 0;
    while ((got = read(in.get(), buffer.data(), buffer.size())) > 0)
      text.append(buffer.data(), static_cast<std::size_t>(got));
    if (watched[1].revents != 0) break;
    if (Clock::now() >= deadline) problem = fmt::format("not through after {} ms", options.limit.count());
    if (options.interrupted != nullptr && *options.interrupted != 0) problem = "interrupted";
    if (!problem.empty()) {
      child.kill();
      child.reap();
      return text;
    }
  }
  const ExitStatus status = child.reap();
  if (status.signal) problem = fmt::format("killed by {}", signal_name(*status.signal));
  if (status.code.value_or(0) != 0) problem = fmt::format("exited with {}", *status.code);
  return text;
}

std::vector<ProbeFinding> first_of_each(const Probe& probe, const std::vector<ProbeFinding>& all,
                                        const std::string& problem) {
  std::vector<ProbeFinding> findings;
  for (const Guarantee guarantee : probe.about) {
    const auto found = std::ranges::find(all, guarantee, &ProbeFinding::guarantee);
    findings.push_back(found != all.end()
                           ? *found
                           : ProbeFinding{guarantee, ProbeFinding::State::failed, "failed", problem});
  }
  return findings;
}

std::optional<std::string> why_not_tried(const MechanismEntry& mechanism) {
  if (is_floor(mechanism.traits)) return "a floor, which moves nothing";
  if (mechanism.try_out == nullptr) return "it was registered without a way to try it";
  if (auto reason = why_unavailable(mechanism)) return fmt::format("not available here: {}", *reason);
  return std::nullopt;
}

}  // namespace

std::vector<ProbeFinding> run_guarded(const Probe& probe, const MechanismEntry& mechanism,
                                      const GuardOptions& options) {
  const LaunchDirectory directory;
  const SharedMapping memory(-1, sizeof(Remains));
  Remains& remains = *new (memory.data()) Remains;
  const std::set<std::string> before = system_v_objects();
  const Subject subject{mechanism, directory.path(), options.program, remains};
  Channel line = open_pipe_channel();
  set_nonblocking(line.read_end, true);
  std::string problem;
  std::string text;
  pid_t creator = -1;
  {
    Child child = fork_child(0, [&] { run_probe(probe, subject, line.write_end); });
    creator = child.pid();
    line.write_end.reset();
    text = listen(child, line.read_end, options, problem);
  }
  remains.remove(before, creator);
  if (RunDirectory* const run = RunDirectory::current()) run->ledger().remove_all_of_the_dead();
  return first_of_each(probe, from_lines(text), problem);
}

ProbedMechanism probe_mechanism(const MechanismEntry& mechanism, const GuardOptions& options) {
  ProbedMechanism probed{.name = std::string(mechanism.traits.name),
                         .summary = std::string(mechanism.traits.summary),
                         .findings = {}};
  const auto reason = why_not_tried(mechanism);
  for (const Probe& probe : probes()) {
    if (options.interrupted != nullptr && *options.interrupted != 0) break;
    if (reason) {
      for (const Guarantee guarantee : probe.about) {
        probed.findings.push_back({guarantee, ProbeFinding::State::not_tried, "not tried", *reason});
      }
    } else {
      std::ranges::move(run_guarded(probe, mechanism, options), std::back_inserter(probed.findings));
    }
  }
  std::ranges::sort(probed.findings, {}, &ProbeFinding::guarantee);  // each is found out once
  return probed;
}

}  // namespace ipcbench
