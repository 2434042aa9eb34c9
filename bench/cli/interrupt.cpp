#include "bench/cli/interrupt.hpp"

namespace ipcbench {
namespace {

constexpr std::array kSignals{SIGINT, SIGTERM, SIGHUP, SIGXCPU};

volatile std::sig_atomic_t received = 0;

void note(int signal) { received = signal; }

}  // namespace

InterruptWatch::InterruptWatch() {
  received = 0;
  struct sigaction action {};
  action.sa_handler = note;
  // Without SA_RESTART, so that blocking calls return.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    sigaction(kSignals[i], nullptr, &previous_[i]);
    // A signal that was ignored at the start (nohup) stays ignored.
    if (previous_[i].sa_handler != SIG_IGN) sigaction(kSignals[i], &action, nullptr);
  }
}

InterruptWatch::~InterruptWatch() {
  for (std::size_t i = 0; i < kSignals.size(); ++i) sigaction(kSignals[i], &previous_[i], nullptr);
}

const volatile std::sig_atomic_t* InterruptWatch::flag() { return &received; }

int InterruptWatch::signal() { return received; }

}  // namespace ipcbench
