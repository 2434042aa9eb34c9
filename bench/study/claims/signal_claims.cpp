#include "bench/study/claims/signal_claims.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>
#include <thread>

namespace ipcbench {
namespace {

SignalArrivals send_and_take(int signal, int times) {
  SignalArrivals found;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  checked(sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
  for (int i = 0; i < times; ++i) {
    sigval value{};
    value.sival_int = found.sent;
    const bool queued = sigqueue(getpid(), signal, value) == 0;
    if (!queued && errno != EAGAIN) throw_errno("sigqueue");
    ++(queued ? found.sent : found.refused);
  }
  siginfo_t info{};
  constexpr timespec kNow{};
  while (sigtimedwait(&set, &info, &kNow) == signal && found.arrived < SignalArrivals::kMost) {
    found.values[static_cast<std::size_t>(found.arrived++)] = info.si_value.sival_int;
  }
  return found;
}

std::string arrivals_text(std::string_view kind, const SignalArrivals& signals) {
  return fmt::format("{}, blocked: {} sent, {} arrived, {}; {} refused.", kind, signals.sent, signals.arrived,
                     signals.in_order() ? "in the order of sending" : "out of order", signals.refused);
}

volatile std::sig_atomic_t g_handled = 0;
std::atomic<pid_t> g_handled_in{0};

void count(int) { g_handled = g_handled + 1; }
void note_thread(int) { g_handled_in = gettid(); }

sigset_t only(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  return set;
}

void set_action(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  checked(sigaction(signal, &action, nullptr), "sigaction");
}

void change_mask(int how, int signal) {
  const sigset_t set = only(signal);
  checked(pthread_sigmask(how, &set, nullptr) == 0 ? 0 : -1, "pthread_sigmask");
}

// The signal of the set that is pending or arrives in time; 0: none.
int taken_within(const sigset_t& set, std::chrono::milliseconds limit) {
  const timespec time{.tv_sec = limit.count() / 1000, .tv_nsec = limit.count() % 1000 * 1'000'000};
  int signal = 0;
  while ((signal = sigtimedwait(&set, nullptr, &time)) < 0 && errno == EINTR) {
  }
  return std::max(signal, 0);
}

std::string yes_or_no(bool holds) { return holds ? "yes" : "no"; }

// For what a signal does to this process: sent by `send` while its child, in the same group, sleeps.
struct Reached {
  bool caller = false;
  bool child = false;
};
Reached reached_by(const std::function<int(int)>& send) {
  constexpr std::chrono::milliseconds kSleep{100};
  change_mask(SIG_BLOCK, SIGUSR1);
  Child child = fork_child(getpid(), [&] { taken_within(only(SIGUSR2), kSleep); });
  checked(send(SIGUSR1), "the signal");
  Reached reached{.caller = taken_within(only(SIGUSR1), {}) == SIGUSR1};
  reached.child = child.reap().signal == SIGUSR1;
  return reached;
}

}  // namespace

bool SignalArrivals::in_order() const {
  const auto end = values.begin() + arrived;
  return std::ranges::adjacent_find(values.begin(), end, std::ranges::greater_equal{}) == end;
}

SignalArrivals signal_arrivals(int signal, int times) {
  return in_child<SignalArrivals>(
      [&] { return send_and_take(signal, std::clamp(times, 0, SignalArrivals::kMost)); });
}

Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time) {
  if (real_time.sent < 2)
    return untested(
        fmt::format("only {} real-time signals could be queued; raise ulimit -i", real_time.sent));
  const bool merges = ordinary.arrived == 1 && ordinary.sent > 1;
  const bool queues = !real_time.merged() && real_time.in_order();
  return judged(verdict_of((merges ? 1U : 0U) + (queues ? 1U : 0U), 2), "on the kind: ",
                fmt::format("{} of {} ordinary signals arrived, {} of {} real-time signals, {}",
                            ordinary.arrived, ordinary.sent, real_time.arrived, real_time.sent,
                            real_time.in_order() ? "in order" : "out of order"),
                {arrivals_text("SIGUSR1", ordinary), arrivals_text("SIGRTMIN", real_time)});
}

Answer signals_merge_or_queue() {
  constexpr int kTimes = 8;
  return judge_signals(signal_arrivals(SIGUSR1, kTimes), signal_arrivals(SIGRTMIN, kTimes));
}

Steps cannot_be_ignored(std::initializer_list<int> signals) {
  Steps steps;
  for (const int signal : signals) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    steps.attempt(fmt::format("sigaction({}) to SIG_IGN", signal_name(signal)), "EINVAL",
                  [&] { return sigaction(signal, &ignore, nullptr); });
  }
  const int first = *signals.begin();
  steps.attempt(fmt::format("kill(getpid(), {}), blocked with sigprocmask()", signal_name(first)),
                "killed by " + signal_name(first), [first] {
                  change_mask(SIG_BLOCK, first);
                  return ::kill(getpid(), first);
                });
  return steps;
}

Steps default_ends(std::initializer_list<int> signals) {
  Steps steps;
  for (const int signal : signals) {
    const std::string name = signal_name(signal);
    steps.attempt(fmt::format("raise({}) with SIG_DFL", name), "killed by " + name, [signal] {
      set_action(signal, SIG_DFL);
      return ::raise(signal);
    });
  }
  return steps;
}

Steps raise_and_alarm(const std::function<int(int)>& send) {
  constexpr std::chrono::milliseconds kMore{3000};  // than the second after which alarm(1) sends
  const auto reached = in_child<Reached>([&] { return reached_by(send); });
  const int alarmed = in_child<int>(
      [&] {
        change_mask(SIG_BLOCK, SIGALRM);
        alarm(1);
        return taken_within(only(SIGALRM), kMore);
      },
      2 * kMore);
  Steps steps;
  steps.add("raise(SIGUSR1): it reaches the caller", yes_or_no(reached.caller), "yes")
      .add("raise(SIGUSR1): it reaches the caller's child", yes_or_no(reached.child), "no")
      .add("alarm(1), then sigwait()", alarmed == 0 ? "nothing" : signal_name(alarmed), "SIGALRM");
  return steps;
}

Steps signal_at_once(const std::function<int(pid_t, int)>& send) {
  struct Seen {
    int free, blocked, unblocked;
  };
  const auto seen = in_child<Seen>([&] {
    Seen handled{};
    set_action(SIGUSR1, count);
    send(getpid(), SIGUSR1);
    handled.free = g_handled;
    change_mask(SIG_BLOCK, SIGUSR1);
    send(getpid(), SIGUSR1);
    handled.blocked = g_handled - handled.free;
    change_mask(SIG_UNBLOCK, SIGUSR1);
    handled.unblocked = g_handled - handled.free;
    return handled;
  });
  Steps steps;
  steps
      .add("times that the handler ran before kill(getpid(), SIGUSR1) returned", std::to_string(seen.free),
           "1")
      .add("the same after sigprocmask(SIG_BLOCK, SIGUSR1)", std::to_string(seen.blocked), "1")
      .add("times that it ran once sigprocmask(SIG_UNBLOCK) followed", std::to_string(seen.unblocked));
  return steps;
}

Steps signal_to_thread(const std::function<int(pthread_t, int)>& send) {
  struct Found {
    pid_t thread, handled_in;
    int waited_for;
  };
  const auto found = in_child<Found>([&] {
    Found result{};
    set_action(SIGUSR1, note_thread);
    change_mask(SIG_BLOCK, SIGUSR2);
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
      id = gettid();
      result.waited_for = taken_within(only(SIGUSR2), kAttemptLimit / 2);
    });
    while (id == 0) std::this_thread::yield();
    checked(send(thread.native_handle(), SIGUSR1) == 0 ? 0 : -1, "pthread_kill");
    while (g_handled_in == 0) std::this_thread::yield();
    ::kill(getpid(), SIGUSR2);
    thread.join();
    result.thread = id;
    result.handled_in = g_handled_in;
    return result;
  });
  const bool in_thread = found.handled_in == found.thread;
  Steps steps;
  steps
      .check("pthread_kill(t, SIGUSR1): the handler runs in", in_thread ? "thread t" : "another thread",
             !in_thread, "any thread")
      .check("sigwait() in t, kill(getpid(), SIGUSR2) by another thread",
             found.waited_for == 0 ? "nothing" : signal_name(found.waited_for), found.waited_for == 0,
             "nothing");
  return steps;
}

std::span<const Claim> signal_claims() {
  static constexpr std::array kClaims{
      Claim{"signals_merge",
            {},
            "Ordinary signals merge; real-time signals queue and keep their order.",
            signals_merge_or_queue,
            11},
      Claim{"kill_and_stop",
            {94},
            "SIGKILL and SIGSTOP cannot be ignored.",
            [] { return cannot_be_ignored().answer(); }},
      Claim{"signal_default",
            {94},
            "The default action of a signal ends the process.",
            [] { return default_ends().answer({.depends = "on the signal: some are ignored by default"}); }},
      Claim{"raise_and_alarm",
            {95},
            "raise() sends only to its caller, and alarm() sends SIGALRM.",
            [] { return raise_and_alarm().answer(); }},
      Claim{"signals_immediate",
            {97},
            "A signal is handled immediately.",
            [] {
              return signal_at_once().answer({.depends = "on the receiver: at once if it does not block the "
                                                         "signal, otherwise when it unblocks it"});
            }},
      Claim{"signals_in_threads", {98}, "Signals are of no use between threads.", [] {
              return signal_to_thread().answer(
                  {.refuted = "pthread_kill() reaches one thread, and a thread can wait with sigwait()"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
