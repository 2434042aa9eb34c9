#include "mechanisms/testing/planted_fault.hpp"

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <thread>

#include "harness/base/fd.hpp"

namespace ipcbench {
namespace {

constexpr auto kPause = std::chrono::milliseconds(20);

void die_of(int signal) {
  std::signal(signal, SIG_DFL);  // a sanitizer may have taken it
  std::raise(signal);
}

void wait_for_a_signal() {
  std::array<int, 2> fds{};
  checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
  const std::array<Fd, 2> ends{Fd(fds[0]), Fd(fds[1])};
  char nothing = 0;
  checked(read(ends[0].get(), &nothing, 1), "read");
}

void stop_and_be_continued() {
  const pid_t stopped = getpid();
  const pid_t helper = fork();
  if (helper == 0) {
    std::this_thread::sleep_for(kPause);
    kill(stopped, SIGCONT);
    _exit(0);
  }
  std::raise(SIGSTOP);
  waitpid(helper, nullptr, 0);
}

void widen_affinity() {
  cpu_set_t all;
  std::memset(&all, 0xff, sizeof all);
  checked(sched_setaffinity(0, sizeof all, &all), "sched_setaffinity");
}

void do_here(Deed deed) {
  switch (deed) {
    case Deed::segfault:
      return die_of(SIGSEGV);
    case Deed::abort:
      return die_of(SIGABRT);
    case Deed::kill:
      std::raise(SIGKILL);
      return;
    case Deed::exit_0:
      _exit(0);
    case Deed::exit_1:
      _exit(1);
    case Deed::throws:
    case Deed::throw_and_linger:
      throw std::runtime_error("a planted error; plant none");
    case Deed::wait:
      return wait_for_a_signal();
    case Deed::ignore_sigterm:
      std::signal(SIGTERM, SIG_IGN);
      [[fallthrough]];
    case Deed::hang:
      while (true) pause();
    case Deed::spin:
      for (volatile bool for_ever = true; for_ever;) {
      }
      return;
    case Deed::stop:
      std::raise(SIGSTOP);
      return;
    case Deed::stop_and_go:
      return stop_and_be_continued();
    case Deed::widen_affinity:
      return widen_affinity();
    default:
      return;
  }
}

// Without a directory there is no other end to compete with.
bool is_first(const std::string& claim) {
  const Fd made(open(claim.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  return made || errno != EEXIST;
}

std::string claim_in(const LinkSpec& spec) { return spec.directory + "/planted"; }

}  // namespace

PlannedDeed PlantedFault::plan_in(const LinkSpec& spec) {
  return {.deed = static_cast<Deed>(spec.parameter("deed").value_or(0)),
          .moment = static_cast<Moment>(
              spec.parameter("moment").value_or(static_cast<std::uint64_t>(Moment::message))),
          .at_message = spec.parameter("at_message").value_or(0),
          .every = spec.parameter("every").value_or(0),
          .by_receiver = spec.parameter("by_receiver").value_or(0) == 1};
}

PlantedFault::PlantedFault(const PlannedDeed& plan, const LinkSpec& spec, EndRole role)
    : plan_(plan),
      concerned_(role.on_the_way_there && role.receives == plan.by_receiver),
      claim_(claim_in(spec)),
      old_(spec.message_bytes + 1) {}

PlantedFault::~PlantedFault() {
  if (lingers_) std::this_thread::sleep_for(kPause);
}

void PlantedFault::do_before_create(const PlannedDeed& plan, const LinkSpec& spec) {
  if (plan.moment == Moment::creating && is_first(claim_in(spec))) do_here(plan.deed);
}

void PlantedFault::do_to_process(Deed deed) {
  if (deed == Deed::throw_and_linger) lingers_ = true;
  do_here(deed);
}

Deed PlantedFault::deed_at(Moment moment) const {
  if (!concerned_ || plan_.deed == Deed::none || moment != plan_.moment) return Deed::none;
  if (moment == Moment::message && plan_.every != 0) {
    const bool struck = number_ >= plan_.at_message && (number_ - plan_.at_message) % plan_.every == 0;
    return struck ? plan_.deed : Deed::none;
  }
  if (moment == Moment::message && number_ != plan_.at_message) return Deed::none;
  return is_first(claim_) ? plan_.deed : Deed::none;
}

Cell planted_cell(const PlannedDeed& plan, Pattern pattern, Peers peers) {
  Cell cell{.mechanism = "planted_pair",
            .pattern = pattern,
            .size_bytes = 64,
            .peers = peers,
            .load = {.per_second = pattern == Pattern::paced ? 5000U : 0U},
            .fan = is_fan(pattern) ? 2U : 1U,
            .parameters = {}};
  cell.parameters = {{"deed", static_cast<std::uint64_t>(plan.deed)},
                     {"moment", static_cast<std::uint64_t>(plan.moment)},
                     {"at_message", plan.at_message},
                     {"every", plan.every},
                     {"by_receiver", plan.by_receiver ? 1 : 0}};
  return cell;
}

}  // namespace ipcbench
