#include "harness/base/call_limit.hpp"

#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

namespace ipcbench {
namespace {

using Seconds = std::chrono::duration<double>;

constexpr auto kAgain = std::chrono::milliseconds(100);

// For the signal handler.
volatile std::sig_atomic_t alarms = 0;
volatile std::sig_atomic_t last_alarm = 0;
volatile std::sig_atomic_t exit_code = EXIT_FAILURE;
std::array<char, 256> last_words{};

void note(int) {
  alarms = alarms + 1;
  if (alarms < last_alarm) return;
  if (write(STDERR_FILENO, last_words.data(), strnlen(last_words.data(), last_words.size())) < 0) {
    // nobody listens
  }
  _exit(exit_code);
}

timeval as_timeval(std::chrono::nanoseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  return {.tv_sec = seconds.count(),
          .tv_usec = std::chrono::ceil<std::chrono::microseconds>(time - seconds).count()};
}

void prepare_last_words(const std::string& what, std::chrono::nanoseconds limit) {
  last_words.fill('\0');
  fmt::format_to_n(last_words.data(), last_words.size() - 1,
                   "ipcbench: {} has not returned after {:.3g} s and cannot be interrupted; leave that "
                   "mechanism out (--mechanism)\n",
                   what, Seconds(2 * limit).count());
}

}  // namespace

CallLimit::CallLimit(const std::string& what, std::chrono::nanoseconds limit) : what_(what), limit_(limit) {
  alarms = 0;
  last_alarm = static_cast<std::sig_atomic_t>(std::max<long>(2, limit / kAgain));
  prepare_last_words(what, limit);
  struct sigaction action {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  sigaction(SIGALRM, &action, &previous_);
  // Not timer_create(2), which takes one of the signals that RLIMIT_SIGPENDING allows.
  const itimerval times{.it_interval = as_timeval(kAgain), .it_value = as_timeval(limit)};
  setitimer(ITIMER_REAL, &times, nullptr);
}

CallLimit::~CallLimit() {
  const itimerval off{};
  setitimer(ITIMER_REAL, &off, nullptr);
  sigaction(SIGALRM, &previous_, nullptr);
}

void CallLimit::set_exit_code(int code) { exit_code = code; }

bool CallLimit::has_passed() { return alarms != 0; }

CallTimedOut CallLimit::error() const {
  return CallTimedOut(fmt::format("{} did not return within {:.3g} s", what_, Seconds(limit_).count()));
}

}  // namespace ipcbench
