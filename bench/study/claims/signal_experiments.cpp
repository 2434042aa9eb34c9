// How signals arrive.
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <thread>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// Returns the set of that signal alone.
sigset_t block(int signal) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  checked(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0 ? 0 : -1, "pthread_sigmask");
  return set;
}

// Where and how often the handler ran.
std::atomic<pid_t> g_handled_in{0};
std::atomic<int> g_handled{0};
void note(int) {
  g_handled_in = gettid();
  ++g_handled;
}

// The name of the blocked signal if it is pending or arrives within `seconds`.
std::string arrival(const sigset_t& set, time_t seconds) {
  const timespec limit{.tv_sec = seconds, .tv_nsec = 0};
  int got = 0;
  while ((got = sigtimedwait(&set, nullptr, &limit)) < 0 && errno == EINTR) {
  }
  if (got < 0) return errno == EAGAIN ? "nothing" : error_name(errno);
  return signal_name(got);
}

std::string in_a_child(const std::function<std::string()>& body) {
  return bytes_from_child(body, std::chrono::seconds(5));
}

std::atomic<int>* g_handled_elsewhere = nullptr;  // shared with the process that sends

// How often the handler in another process had not run yet when kill() returned.
std::string late_elsewhere(const std::function<int(pid_t, int)>& send, bool sleeps) {
  constexpr int kSignals = 100;
  const SharedMapping memory(-1, sizeof(std::atomic<int>));
  g_handled_elsewhere = new (memory.data()) std::atomic<int>(0);
  std::signal(SIGUSR1, [](int) { ++*g_handled_elsewhere; });
  const Child other = fork_child(0, [sleeps] {
    volatile unsigned turns = 0;  // a loop without any effect need not be kept
    while (true) {
      turns = turns + 1;
      if (sleeps) pause();
    }
  });
  int late = 0;
  for (int i = 0; i < kSignals; ++i) {
    usleep(1000);  // meanwhile it computes, or sleeps again
    const int before = *g_handled_elsewhere;
    send(other.pid(), SIGUSR1);
    if (*g_handled_elsewhere == before) ++late;
  }
  return fmt::format("{} of {}", late, kSignals);
}

// The values that arrive of signals that were sent with 0, 1, 2 while they were blocked.
std::string values_of(int signal) {
  const sigset_t set = block(signal);
  for (int number = 0; number < 3; ++number) {
    sigval value{};
    value.sival_int = number;
    if (sigqueue(getpid(), signal, value) != 0) throw_errno("sigqueue", {{EAGAIN, "raise ulimit -i"}});
  }
  std::string got;
  siginfo_t info{};
  constexpr timespec kNow{};
  while (sigtimedwait(&set, &info, &kNow) > 0) got += std::to_string(info.si_value.sival_int);
  return got;
}

}  // namespace

Steps merge_or_queue(int ordinary, int real_time) {
  return Steps()
      .add("sigqueue() of SIGUSR1 with 0, 1, 2 while it is blocked; sigwaitinfo()",
           in_a_child([&] { return values_of(ordinary); }), "0")
      .add("sigqueue() of SIGRTMIN with 0, 1, 2 while it is blocked; sigwaitinfo()",
           in_a_child([&] { return values_of(real_time); }), "012");
}

Steps cannot_be_ignored(std::initializer_list<int> signals) {
  Steps steps;
  for (const int signal : signals) {
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    steps
        .attempt(fmt::format("sigaction() of {} to SIG_IGN", signal_name(signal)), "EINVAL",
                 [&] { return sigaction(signal, &ignore, nullptr); })
        .attempt(
            fmt::format("sigprocmask() to block {}; whether it is in the mask then", signal_name(signal)),
            "0", [signal] {
              block(signal);
              sigset_t mask;
              pthread_sigmask(SIG_BLOCK, nullptr, &mask);
              return sigismember(&mask, signal);
            });
  }
  return steps;
}

Steps default_ends(std::initializer_list<int> signals) {
  Steps steps;
  for (const int signal : signals) {
    steps.attempt(fmt::format("raise({}) with SIG_DFL", signal_name(signal)),
                  "killed by " + signal_name(signal),
                  [signal] { return std::signal(signal, SIG_DFL) == SIG_ERR ? -1 : ::raise(signal); });
  }
  return steps;
}

Steps raise_and_alarm(const std::function<int(int)>& send) {
  return Steps()
      .add("raise(SIGUSR1), then sigwait()", in_a_child([&] {
             const sigset_t set = block(SIGUSR1);
             return send(SIGUSR1) == 0 ? arrival(set, 0) : error_name(errno);
           }),
           "SIGUSR1")
      .add("the child of the process that raises", in_a_child([&] {
             Child other = fork_child(getpid(), [] { usleep(100'000); });
             block(SIGUSR1);
             send(SIGUSR1);
             return other.reap().signal == SIGUSR1 ? "killed" : "goes on";
           }),
           "goes on")
      .add("alarm(1), then sigwait()", in_a_child([] {
             const sigset_t set = block(SIGALRM);
             alarm(1);
             return arrival(set, 3);
           }),
           "SIGALRM");
}

Steps handled_at_once(const std::function<int(pid_t, int)>& send) {
  const auto handled = [&](bool blocked) {
    return in_a_child([&] {
      std::signal(SIGUSR1, note);
      if (blocked) block(SIGUSR1);
      return send(getpid(), SIGUSR1) != 0 ? error_name(errno) : std::to_string(g_handled);
    });
  };
  return Steps()
      .add("kill(getpid(), SIGUSR1): runs of the handler when kill() returns", handled(false), "1")
      .add("the same with SIGUSR1 blocked by sigprocmask()", handled(true), "1")
      .add("kill(pid, SIGUSR1) to another process that computes: not handled yet when kill() returns",
           in_a_child([&] { return late_elsewhere(send, false); }))
      .add("the same while that process sleeps in pause()",
           in_a_child([&] { return late_elsewhere(send, true); }));
}

Steps useless_between_threads(const std::function<int(pthread_t, int)>& send) {
  const std::string where = in_a_child([&] {
    std::signal(SIGUSR1, note);
    std::atomic<pid_t> id{0};
    std::thread thread([&] {
      for (id = gettid(); g_handled == 0;) std::this_thread::yield();
    });
    while (id == 0) std::this_thread::yield();
    send(thread.native_handle(), SIGUSR1);
    thread.join();
    return g_handled_in == id ? "t" : "another thread";
  });
  const std::string waited = in_a_child([] {
    const sigset_t set = block(SIGUSR1);
    std::string got;
    std::thread thread([&] { got = arrival(set, 1); });
    ::kill(getpid(), SIGUSR1);
    thread.join();
    return got;
  });
  return Steps()
      .check("pthread_kill(t, SIGUSR1); the handler runs in", where, where != "t", "any thread")
      .check("kill(getpid(), SIGUSR1) by one thread; sigwait() in another", waited, waited != "SIGUSR1",
             "nothing");
}

}  // namespace ipcbench
