#include "harness/launch/process_pair.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <random>
#include <set>
#include <span>
#include <tuple>
#include <vector>

#include "harness/base/call_limit.hpp"
#include "harness/base/child.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"
#include "harness/base/printed_file.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/launch/boundary.hpp"
#include "harness/launch/load_beside.hpp"
#include "harness/launch/memory_placement.hpp"
#include "harness/launch/pair_outcome.hpp"
#include "harness/launch/placement_costs.hpp"
#include "harness/launch/worker.hpp"
#include "harness/loops/control_block.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;

// After the first end fails, the second has this long to fail by itself, which tells cause from consequence.
// On a busy machine it may have to wait for a CPU.
constexpr auto kGrace = std::chrono::milliseconds(200);
// How often the interrupt flag is checked, in case a signal arrives just before the wait.
constexpr auto kLook = std::chrono::milliseconds(100);

// Several ends of one side take turns on the CPUs at the placement's distance from the other side's CPU.
std::int32_t cpu_for(EndId end, std::uint32_t ends_of_its_side, const Placement& placement) {
  const auto& [own, others] = end.side == Side::producer
                                  ? std::tie(placement.producer_cpu, placement.consumer_cpu)
                                  : std::tie(placement.consumer_cpu, placement.producer_cpu);
  if (!own || !others || ends_of_its_side == 1) return own.value_or(-1);
  const std::vector<int> cpus = cpus_at_distance(placement.cpus, *others);
  return cpus.empty() ? *own : cpus[end.index % cpus.size()];
}

// The CPUs that ends are pinned to, ascending.
std::vector<int> pinned_cpus(std::span<const ControlBlock> pairs) {
  std::set<int> pinned;
  for (const ControlBlock& pair : pairs) pinned.insert(pair.job.cpu.begin(), pair.job.cpu.end());
  pinned.erase(-1);
  return {pinned.begin(), pinned.end()};
}

void pin_ends(Job& job, const Placement& placement) {
  job.cpu.fill(-1);
  if (job.is_chain()) {
    std::ranges::copy(cpus_of_chain(placement, job.consumers + 1), job.cpu.begin());
    return;
  }
  for (const EndId end : ends_of(job))
    job.cpu[place_of(end)] = cpu_for(end, job.ends_of(end.side), placement);
}

// Once all pairs have their CPUs.
void describe_sharing(ControlBlock& pair, const Placement& placement) {
  Job& job = pair.job;
  const std::vector<int> pinned = pinned_cpus(pair.all_pairs());
  const std::size_t cpus = pinned.empty() ? allowed_cpus().size() : pinned.size();
  job.shares_cpu = cpus < std::size_t{pair.pairs} * (job.producers + job.consumers);
  job.one_cpu = pinned_cpus({&pair, 1}).size() == 1;  // a placement pins all ends or none
  // Ends on one core would only find each other, or all of them the load beside or other pairs.
  job.times_core =
      !pinned.empty() && placement.cpus != Cpus::smt && job.beside == Beside::none && pair.pairs == 1;
}

// Before the mechanism's objects exist, so that the load holds none of them.
std::optional<LoadBeside> start_load(ControlBlock& control) {
  const Beside beside = control.job.beside;
  if (beside == Beside::none) return std::nullopt;
  const std::vector<int> used = pinned_cpus(control.all_pairs());
  const std::vector<int> cpus = cpus_for_load(beside, used, allowed_cpus());
  const auto is_used = [&](int cpu) { return std::ranges::find(used, cpu) != used.end(); };
  const bool shares_cpu = used.empty() || std::ranges::any_of(cpus, is_used);
  for (ControlBlock& pair : control.all_pairs()) pair.job.load_shares_cpu = shares_cpu;
  return std::optional<LoadBeside>(std::in_place, beside, cpus);
}

constexpr auto kLongestTimed = std::chrono::milliseconds(100);
constexpr int kMostTimesTimed = 5;

void describe(Job& job, const Cell& cell, const LaunchOptions& options) {
  job.take(cell);
  job.load_seed = std::random_device()();
  job.verify_ns = static_cast<std::uint64_t>(options.verify.count());
  job.warm_up_ns = static_cast<std::uint64_t>(options.warm_up.count());
  job.timed_ns = static_cast<std::uint64_t>(options.timed.count());
  job.least_samples = options.least_samples;
  job.counts = options.counts;
  job.longest_timed_ns = static_cast<std::uint64_t>(
      std::min<std::chrono::nanoseconds>(kLongestTimed, kMostTimesTimed * options.timed).count());
  if (cell.wait == Wait::adaptive) {
    const auto spin = options.spin ? *options.spin : spin_of(cell, options.placement);
    job.spin_ns = static_cast<std::uint64_t>(spin.count());
  }
  // A load relative to the capacity is only as exact as the measured capacity.
  if (cell.load.percent != 0) job.warm_up_ns = std::max(job.warm_up_ns, job.timed_ns);
  // Pairs share the CPUs for as long as each other.
  if (cell.pairs > 1) job.longest_timed_ns = job.timed_ns;
}

// Every pair of the launch. Returns their placements.
std::vector<Placement> describe_all(ControlBlock& control, const Cell& cell, const LaunchOptions& options) {
  const std::vector<Placement> placements = placements_of_pairs(options.placement, control.pairs);
  for (ControlBlock& pair : control.all_pairs()) {
    describe(pair.job, cell, options);
    pin_ends(pair.job, placements[pair.pair]);
  }
  for (ControlBlock& pair : control.all_pairs()) {
    const auto ends = static_cast<std::uint32_t>(ends_of(pair.job).size());
    describe_sharing(pair, options.placement);
    pair.barrier.set_parties(ends);
    control.together.set_parties(control.pairs * ends);
    control.rendezvous.set_parties(control.pairs * ends);
  }
  return placements;
}

}  // namespace

std::chrono::nanoseconds spin_of(const Cell& cell, const Placement& placement) {
  const auto given = cell.parameters.find(std::string(kSpinMicroseconds.name));
  if (given != cell.parameters.end()) return std::chrono::microseconds(given->second);
  return adaptive_spin(placement_costs(placement));
}

LinkSpec spec_for(const Cell& cell, std::string directory) {
  return {.message_bytes = cell.size_bytes,
          .wait = wait_of_mechanism(cell.wait),
          .directory = std::move(directory),
          .name = unpredictable_name(),
          .parameters = cell.parameters,
          .one_process = cell.peers == Peers::thread,
          .mechanism = cell.mechanism,
          .batch = is_streamed(cell.pattern) ? cell.batch : 1};
}

std::unique_ptr<Link> create_objects(const Cell& cell, const LinkSpec& spec, std::chrono::nanoseconds limit,
                                     std::uint64_t* took_ns) {
  const MechanismEntry& entry = *find_mechanism(cell.mechanism);
  return call_within(limit, cell.mechanism + ": create()", [&] {
    const std::uint64_t start_ns = now_ns();
    std::unique_ptr<Link> link = entry.create(spec, ways_of(cell, entry.traits.delivery));
    if (took_ns != nullptr) *took_ns = now_ns() - start_ns;
    return link;
  });
}

namespace {

// Pages are allocated when the objects are created. The ends inherit no policy: they are started later.
std::unique_ptr<Link> create_placed(const Cell& cell, const LinkSpec& spec, const Placement& placement,
                                    const LaunchOptions& options, std::uint64_t& took_ns) {
  const MemoryPlacement placed(cell.memory, placement);
  return create_objects(cell, spec, options.time_limit, &took_ns);
}

// Returns how long it took.
std::uint64_t let_go_of(std::unique_ptr<Link>& link) {
  const std::uint64_t start_ns = now_ns();
  link.reset();
  return now_ns() - start_ns;
}

// If the text were cut, an unrelated end would look in the wrong place.
template <std::size_t N>
void publish(SharedText<N>& to, const std::string& text) {
  to.assign(text);
  if (to.str() == text) return;
  throw Error(fmt::format("'{}' is longer than {} characters", text, N), "set TMPDIR to a shorter path");
}

// Tells joining ends how to find the objects. Returns the descriptors that each end inherits, as ends_of().
std::vector<std::vector<InheritedFd>> publish(Job& job, const LinkSpec& spec, const Link& link) {
  publish(job.directory, spec.directory);
  publish(job.name, spec.name);
  std::vector<std::vector<InheritedFd>> inherited;
  for (const EndId end : ends_of(job)) {
    Handout handout = link.handout(end);
    for (const auto& [object, side, text] : handout.addresses)
      publish(job.addresses[object][static_cast<std::size_t>(side)], text);
    inherited.push_back(std::move(handout.inherited));
  }
  return inherited;
}

// The processes in which the ends of one launch run.
class Processes {
 public:
  // They run for as long as the launch's control blocks exist. printed: where they print; null: where this
  // process does.
  Processes(const Cell& cell, const LaunchOptions& options, const SharedControl& control,
            const PrintedFile* printed)
      : cell_(cell),
        options_(options),
        control_(control),
        printed_(printed),
        named_(find_mechanism(cell.mechanism)->traits.kinship == Kinship::named) {}

  // Starts the ends of one pair.
  void start(ControlBlock& pair, Link& link, const LinkSpec& spec) {
    const std::vector<EndId> ends = ends_of(pair.job);
    std::vector<std::vector<InheritedFd>> inherited;
    if (cell_.peers == Peers::exec || named_) inherited = publish(pair.job, spec, link);
    if (cell_.peers == Peers::thread) {
      add(pair, ends, fork_end([&] { return run_threads(named_ ? nullptr : &link, pair); }));
      return;
    }
    for (std::size_t i = 0; i < ends.size(); ++i) {
      const EndId end = ends[i];
      if (cell_.peers == Peers::fork) {
        add(pair, {end}, fork_end([&] { return run_worker(link, end, pair); }));
      } else {
        add(pair, {end}, exec_end(pair, end, std::move(inherited[i])));
      }
    }
  }

  // Waits until all have ended, and kills those that have to be killed.
  LaunchEnd watch() {
    auto deadline = Clock::now() + options_.time_limit;
    bool failing = false;
    while (!all_ended()) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
      // Looks once more when the time is up: this process may have been stopped while the ends finished.
      wait_some(std::clamp(left + std::chrono::milliseconds(1), std::chrono::milliseconds::zero(), kLook));
      if (left.count() < 0 && !all_ended()) {
        end_.timed_out = !failing && !any_failed();
        kill_rest();
        break;
      }
      if (options_.interrupted != nullptr && *options_.interrupted != 0) {
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
  // The first leads a process group that the others join.
  [[nodiscard]] pid_t group() const { return children_.empty() ? 0 : children_.front().pid(); }

  void add(const ControlBlock& pair, const std::vector<EndId>& ends, Child child) {
    children_.push_back(std::move(child));
    end_.processes.push_back({.ends = ends, .pair = pair.pair});
  }

  // run() returns the exit code.
  template <class Run>
  Child fork_end(Run run) const {
    return fork_child(group(), [&] {
      if (printed_ != nullptr) printed_->take_standard_streams();
      _exit(run());
    });
  }
  Child exec_end(const ControlBlock& pair, EndId end, std::vector<InheritedFd> inherited) const {
    inherited.push_back({.fd = control_.fd()});
    if (printed_ != nullptr) {
      for (const int stream : {STDOUT_FILENO, STDERR_FILENO})
        inherited.push_back({.fd = printed_->fd(), .as = stream});
    }
    return exec_child(group(), options_.program,
                      {kWorkerArgument, fmt::format("{}", control_.fd()), std::string(name_of(end.side)),
                       fmt::format("{}", end.index), fmt::format("{}", pair.pair)},
                      inherited);
  }

  [[nodiscard]] bool all_ended() const {
    return std::ranges::all_of(end_.processes, [](const ProcessEnd& p) { return p.status.has_value(); });
  }
  [[nodiscard]] bool any_failed() const {
    return std::ranges::any_of(end_.processes, [this](const ProcessEnd& p) {
      return ended_badly(p, control_->all_pairs()[p.pair]);
    });
  }

  void wait_some(std::chrono::milliseconds limit) {
    std::vector<pollfd> watched(children_.size());
    for (std::size_t i = 0; i < children_.size(); ++i) {
      const int fd = end_.processes[i].status ? -1 : children_[i].pidfd();
      watched[i] = {.fd = fd, .events = POLLIN, .revents = 0};
    }
    if (poll(watched.data(), watched.size(), static_cast<int>(limit.count())) <= 0) return;
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (watched[i].revents != 0) end_.processes[i].status = children_[i].reap();
    }
  }

  void kill_rest() {
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (!end_.processes[i].status) children_[i].kill();
    }
    for (std::size_t i = 0; i < children_.size(); ++i) {
      if (!end_.processes[i].status && !children_[i].kill_and_reap()) end_.unkillable = true;
    }
  }

  const Cell& cell_;
  const LaunchOptions& options_;
  const SharedControl& control_;
  const PrintedFile* printed_;
  bool named_;
  std::vector<Child> children_;
  LaunchEnd end_;
};

LaunchOutcome outcome_of_launch(const Cell& cell, const LaunchOptions& options, const PrintedFile* printed) {
  std::string whose;  // the pair whose link is being made, as name_of_pair() says
  try {
    const std::uint64_t asleep_before_ns = asleep_so_far_ns();
    const LaunchDirectory directory;
    const SharedControl control = SharedControl::for_pairs(cell.pairs);
    const std::vector<Placement> placements = describe_all(*control, cell, options);
    std::optional<ConsumerGroup> group;
    if (cell.boundary == Boundary::cgroup) group.emplace();
    std::optional<LoadBeside> load = start_load(*control);
    std::vector<std::unique_ptr<Link>> links;
    Processes processes(cell, options, control, printed);
    const bool is_named = find_mechanism(cell.mechanism)->traits.kinship == Kinship::named;
    std::uint64_t create_ns = 0;
    std::uint64_t remove_ns = 0;
    for (ControlBlock& pair : control->all_pairs()) {
      whose = name_of_pair(pair);
      if (group) publish(pair.job.cgroup, group->path());
      LinkSpec spec = spec_for(cell, directory.make_part(pair.pair));
      spec.one_cpu = pair.job.one_cpu;
      std::uint64_t took_ns = 0;
      links.push_back(create_placed(cell, spec, placements[pair.pair], options, took_ns));
      processes.start(pair, *links.back(), spec);
      create_ns = std::max(create_ns, took_ns);
      // The children have what they inherited. A copy kept here would hide the death of a peer.
      if (!is_named) remove_ns = std::max(remove_ns, let_go_of(links.back()));
    }
    whose.clear();
    LaunchEnd end = processes.watch();
    if (load) load->require_alive();
    for (std::unique_ptr<Link>& link : links) {
      if (link) remove_ns = std::max(remove_ns, let_go_of(link));
    }
    end.create_ns = create_ns;
    end.remove_ns = remove_ns;
    end.clock_resolution_ns =
        options.clock_resolution_ns ? *options.clock_resolution_ns : clock_facts().resolution_ns;
    end.slept_ns = slept_ns(asleep_before_ns, asleep_so_far_ns());
    return outcome_of(end, *control, options.time_limit);
  } catch (const CallTimedOut& error) {
    return Failure{.kind = Failure::Kind::timed_out, .reason = whose + error.what()};
  } catch (const std::exception& error) {
    return Failure{.kind = Failure::Kind::error, .reason = whose + explained(error)};
  }
}

}  // namespace

LaunchOutcome launch(const Cell& cell, const LaunchOptions& options) {
  if (find_mechanism(cell.mechanism)->traits.kind != MechanismKind::library)
    return outcome_of_launch(cell, options, nullptr);
  try {
    const PrintedFile printed;
    LaunchOutcome outcome = outcome_of_launch(cell, options, &printed);
    if (auto* failure = std::get_if<Failure>(&outcome)) explain_of_library(*failure, printed.last_line());
    return outcome;
  } catch (const std::exception& error) {
    return Failure{.kind = Failure::Kind::error, .reason = explained(error)};  // not the library's
  }
}

}  // namespace ipcbench
