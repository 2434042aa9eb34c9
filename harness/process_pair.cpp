#include "harness/process_pair.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <vector>

#include "harness/child.hpp"
#include "harness/control_block.hpp"
#include "harness/launch_directory.hpp"
#include "harness/pair_outcome.hpp"
#include "harness/registry.hpp"
#include "harness/worker.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;

// How long the second end has to fail by itself once the first one has, so that the cause can be told from
// its consequence.
constexpr auto kGrace = std::chrono::milliseconds(50);
// How often the interrupt flag is looked at. A signal ends the wait anyway; this covers one that arrives
// just before it.
constexpr auto kLook = std::chrono::milliseconds(100);

void describe(Job& job, const Cell& cell, const LaunchOptions& options) {
  job.mechanism.assign(cell.mechanism);
  job.pattern = cell.pattern;
  job.wait = cell.wait;
  job.payload = cell.payload;
  job.message_bytes = cell.size_bytes;
  job.warm_up_ns = static_cast<std::uint64_t>(options.warm_up.count());
  job.timed_ns = static_cast<std::uint64_t>(options.timed.count());
  const Placement& placement = options.placement;
  job.cpu = {placement.producer_cpu.value_or(-1), placement.consumer_cpu.value_or(-1)};
  job.shares_cpu = allowed_cpus().size() == 1 ||
                   (placement.producer_cpu && placement.producer_cpu == placement.consumer_cpu);
  for (const auto& [name, value] : cell.parameters) {
    if (job.parameter_count == job.parameters.size()) break;
    job.parameters[job.parameter_count].name.assign(name);
    job.parameters[job.parameter_count++].value = value;
  }
}

LinkSpec spec_for(const Cell& cell, const LaunchDirectory& directory) {
  return {.message_bytes = cell.size_bytes,
          .wait = cell.wait,
          .directory = directory.path(),
          .name = unpredictable_name(),
          .parameters = cell.parameters};
}

Child fork_end(Side side, pid_t group, Link& link, ControlBlock& control) {
  return fork_child(group, [&] { _exit(run_worker(link, side, control)); });
}

Child exec_end(Side side, pid_t group, const std::string& program, const SharedControl& control) {
  return exec_child(group, program,
                    {kWorkerArgument, std::to_string(control.fd()), std::string(name_of(side))},
                    {control.fd()});
}

// Text that an unrelated end would find cut off would lead it to another place.
template <std::size_t N>
void publish(SharedText<N>& to, const std::string& text) {
  to.assign(text);
  if (to.str() == text) return;
  throw std::runtime_error(
      fmt::format("'{}' is longer than {} characters; set TMPDIR to a shorter path", text, N));
}

// What the unrelated ends need to find the objects.
void publish(Job& job, const LinkSpec& spec, const Link& link) {
  publish(job.directory, spec.directory);
  publish(job.name, spec.name);
  const auto addresses = link.addresses();
  for (std::size_t i = 0; i < addresses.size(); ++i) publish(job.address[i], addresses[i]);
}

class Pair {
 public:
  Pair(const Cell& cell, const LaunchOptions& options, Link& link, SharedControl& control)
      : control_(*control) {
    ends_.reserve(2);
    for (const Side side : {Side::producer, Side::consumer}) {
      const pid_t group = ends_.empty() ? 0 : ends_.front().pid();
      ends_.push_back(cell.peers == Peers::fork ? fork_end(side, group, link, *control)
                                                : exec_end(side, group, options.program, control));
    }
  }

  // Waits until both ends are gone, killing what has to be killed.
  PairEnd watch(const LaunchOptions& options) {
    auto deadline = Clock::now() + options.time_limit;
    bool failing = false;
    while (running() > 0) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      if (left.count() < 0) {
        end_.timed_out = !failing;
        kill_rest();
        break;
      }
      wait_some(std::min(left + std::chrono::milliseconds(1), kLook));
      if (options.interrupted != nullptr && *options.interrupted != 0) {
        end_.interrupted = true;
        kill_rest();
        break;
      }
      if (!failing && any_failed()) {
        failing = true;
        deadline = std::min(deadline, Clock::now() + kGrace);
      }
    }
    return end_;
  }

 private:
  [[nodiscard]] std::size_t running() const {
    return static_cast<std::size_t>(
        std::ranges::count(end_.status, false, &std::optional<ExitStatus>::has_value));
  }
  [[nodiscard]] bool any_failed() const {
    return ended_badly(end_.status[0], control_.sides[0]) || ended_badly(end_.status[1], control_.sides[1]);
  }

  void wait_some(std::chrono::milliseconds limit) {
    std::array<pollfd, 2> watched{};
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      watched[i] = {.fd = end_.status[i] ? -1 : ends_[i].pidfd(), .events = POLLIN, .revents = 0};
    }
    if (poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return;
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      if (watched[i].revents != 0) end_.status[i] = ends_[i].reap();
    }
  }

  void kill_rest() {
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      end_.killed_by_us[i] = !end_.status[i];
      if (end_.killed_by_us[i]) ends_[i].kill();
    }
    for (std::size_t i = 0; i < ends_.size(); ++i) {
      if (end_.killed_by_us[i]) ends_[i].reap();
    }
  }

  ControlBlock& control_;
  std::vector<Child> ends_;  // by Side
  PairEnd end_;
};

}  // namespace

LaunchOutcome launch(const Cell& cell, const LaunchOptions& options) {
  try {
    const LaunchDirectory directory;
    SharedControl control;
    describe(control->job, cell, options);
    const LinkSpec spec = spec_for(cell, directory);
    const MechanismEntry& mechanism = *find_mechanism(cell.mechanism);
    std::unique_ptr<Link> link = mechanism.create(spec);
    if (cell.peers == Peers::exec) publish(control->job, spec, *link);
    Pair pair(cell, options, *link, control);
    // The children hold what they inherited. A copy kept here would keep an end from seeing that its peer is
    // gone.
    if (mechanism.traits.kinship == Kinship::kin) link.reset();
    const PairEnd end = pair.watch(options);
    return outcome_of(end, *control, options);
  } catch (const std::exception& error) {
    return Failure{.kind = Failure::Kind::error, .reason = error.what()};
  }
}

}  // namespace ipcbench
