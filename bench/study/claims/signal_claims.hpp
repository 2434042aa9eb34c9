// The claims about signals, and their experiments.
#pragma once

#include <pthread.h>

#include <csignal>
#include <functional>
#include <initializer_list>

#include "bench/study/claims/steps.hpp"

namespace ipcbench {

// Each experiment tries the textbook's signals or call unless it is given another.
Steps merge_or_queue(int ordinary = SIGUSR1, int real_time = SIGRTMIN);
Steps cannot_be_ignored(std::initializer_list<int> signals = {SIGKILL, SIGSTOP});
Steps default_ends(std::initializer_list<int> signals = {SIGTERM, SIGUSR1, SIGCHLD, SIGWINCH});
Steps raise_and_alarm(const std::function<int(int signal)>& send = ::raise);
Steps handled_at_once(const std::function<int(pid_t to, int signal)>& send = ::kill);
Steps useless_between_threads(const std::function<int(pthread_t to, int signal)>& send = pthread_kill);

}  // namespace ipcbench
