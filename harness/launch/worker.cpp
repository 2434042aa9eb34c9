#include "harness/launch/worker.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstring>
#include <exception>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <vector>

#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"
#include "harness/host/topology.hpp"
#include "harness/launch/boundary.hpp"
#include "harness/launch/scheduling.hpp"
#include "harness/loops/verified_pass.hpp"
#include "harness/plugin/plugin.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

void report_error(EndState& state, std::string_view what, bool check_failed) noexcept {
  state.error.assign(what);
  if (state.error_ns == 0) state.error_ns = now_ns();
  state.check_failed = check_failed;
  state.has_error.store(true, std::memory_order_release);
}

std::atomic<std::atomic<std::uint32_t>*> continuations{nullptr};

// Other users of the session may send SIGCONT, but cannot have stopped this process (kill(2)).
void note_continuation(int, siginfo_t* info, void*) {
  const bool of_stranger = info->si_code == SI_USER && info->si_uid != getuid() && info->si_uid != 0;
  if (!of_stranger) ++*continuations.load();
}

// A stop lengthens this process's times and leaves no other trace. Every stop ends with a SIGCONT, so a
// handler counts those, which costs nothing else.
void count_continuations(ControlBlock& control) {
  continuations.store(&control.continued);
  struct sigaction action {};
  action.sa_sigaction = note_continuation;
  action.sa_flags = SA_RESTART | SA_SIGINFO;
  sigemptyset(&action.sa_mask);
  sigaction(SIGCONT, &action, nullptr);
}

void pin_as_told(const Job& job, EndId end) {
  const int cpu = job.cpu[place_of(end)];
  if (cpu >= 0) pin_to(cpu);
}

void schedule_as_told(const Job& job) {
  if (job.policy == Policy::other) return;
  const int error = schedule_under(job.policy);
  if (error != 0) throw_error(error, "sched_setscheduler");
}

// The last end to come stands in the block. Nobody waits here: an end may have to be there first, to listen.
void note_attaching(ControlBlock& control) {
  const std::atomic_ref<std::uint64_t> latest(control.attaching_ns);
  const std::uint64_t own_ns = now_ns();
  std::uint64_t known_ns = latest.load(std::memory_order_relaxed);
  while (known_ns < own_ns && !latest.compare_exchange_weak(known_ns, own_ns)) {
  }
}

LinkSpec spec_of(const Job& job) {
  return {.message_bytes = job.message_bytes,
          .wait = wait_of_mechanism(job.wait),
          .directory = job.directory.str(),
          .name = job.name.str(),
          .parameters = job.parameters.get(),
          .one_process = job.one_process,
          .one_cpu = job.one_cpu,
          .mechanism = job.mechanism.str(),
          .batch = job.batch};
}

// Joins in run(), where errors are reported.
class JoinedLink final : public Link {
 public:
  [[nodiscard]] Handout handout(EndId) const override { return {}; }
  void run(EndId end, ControlBlock& control) override {
    const Job& job = control.job;
    const MechanismEntry* entry = find_linked_mechanism(job.mechanism.str());
    if (entry == nullptr) entry = find_mechanism(job.mechanism.str());
    if (entry == nullptr || entry->join == nullptr) throw Error("not a mechanism that can be joined");
    const AddressOf address_of = [&](std::size_t object, Side side) {
      return job.addresses[object][static_cast<std::size_t>(side)].str();
    };
    entry->join(spec_of(job), ways_of(job, entry->traits.delivery), end, address_of)->run(end, control);
  }
};

std::string no_thread(const std::system_error& error) {
  const int number = error.code().value();
  constexpr const char* kUsual = "raise ulimit -u and -v, and pids.max of the container";
  return KernelError(number, "cannot start a thread", usual_remedy(number, kUsual)).what();
}

// After one thread has failed, the others have this long to end by themselves.
constexpr auto kThreadGrace = std::chrono::milliseconds(40);

}  // namespace

int run_worker(Link& link, EndId end, ControlBlock& control) noexcept {
  EndState& state = control.end(end);
  try {
    count_continuations(control);
    pin_as_told(control.job, end);
    schedule_as_told(control.job);
    if (end.side == Side::consumer) cross_boundary(control.job);
    note_attaching(control);
    link.run(end, control);
    state.closed_ns = now_ns();
    state.cost.cpu = pinned_cpu();
    return 0;
  } catch (const CheckFailed& error) {
    report_error(state, error.what(), true);
  } catch (const std::exception& error) {
    report_error(state, explained(error), false);
  }
  return kWorkerFailed;
}

int run_threads(Link* link, ControlBlock& control) noexcept {
  const std::vector<EndId> ends = ends_of(control.job);
  std::atomic<std::size_t> ended{0};
  std::vector<std::thread> threads;
  threads.reserve(ends.size());
  const auto start = [&](EndId end) {
    threads.emplace_back([&, end] {
      JoinedLink own;
      const int code = run_worker(link != nullptr ? *link : own, end, control);
      ++ended;
      if (code == 0) return;
      // The others may wait for this one for ever.
      const auto deadline = std::chrono::steady_clock::now() + kThreadGrace;
      while (ended < ends.size() && std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      _exit(kWorkerFailed);
    });
  };
  for (const EndId end : ends) {
    try {
      start(end);
    } catch (const std::system_error& error) {
      report_error(control.end(end), no_thread(error), false);
      _exit(kWorkerFailed);  // the running threads wait for this one
    }
  }
  for (std::thread& thread : threads) thread.join();
  return 0;
}

std::optional<int> run_if_worker(int argc, char** argv) {
  if (argc != 6 || std::strcmp(argv[1], kWorkerArgument) != 0) return std::nullopt;
  const auto fd = parse_number<int>(argv[2]);
  const auto side = parse_axis<Side>(argv[3]);
  const auto index = parse_number<std::uint32_t>(argv[4]);
  const auto pair = parse_number<std::uint32_t>(argv[5]);
  if (!fd || *fd < 0 || !side || !index || *index >= kMaxFan || !pair) return kWorkerFailed;
  try {
    load_plugins_of_environment();
    const SharedControl control(*fd);
    JoinedLink link;
    return *pair < control->pairs ? run_worker(link, {*side, *index}, control->all_pairs()[*pair])
                                  : kWorkerFailed;
  } catch (const std::exception& error) {
    fmt::print(stderr, "ipcbench: {}\n", error.what());
    return kWorkerFailed;
  }
}

}  // namespace ipcbench
