// Objects for AnnouncedSleep: wait() sleeps until there has been a post(), and consumes it.
#pragma once

#include <semaphore.h>
#include <sys/eventfd.h>
#include <sys/sem.h>
#include <sys/syscall.h>

#include <atomic>
#include <csignal>

#include "harness/base/fd.hpp"
#include "mechanisms/parts/pthread_shared.hpp"

namespace ipcbench {

// sem_overview(7): an unnamed semaphore in the ring's own memory.
class WaitOnPosixSemaphore {
 public:
  WaitOnPosixSemaphore() { checked(sem_init(&semaphore_, 1, 0), "sem_init"); }
  void wait() {
    while (sem_wait(&semaphore_) != 0) {
      if (errno != EINTR) throw_errno("sem_wait");
    }
  }
  void post() { checked(sem_post(&semaphore_), "sem_post"); }

 private:
  sem_t semaphore_{};
};

// semop(2): one semaphore of a set that somebody else owns. The set's identifier is valid in every process.
class WaitOnSysvSemaphore {
 public:
  struct Member {
    int set;
    unsigned short number;
  };
  explicit WaitOnSysvSemaphore(Member member) : member_(member) {}

  void wait() const {
    while (change_by(-1) != 0) {
      if (errno != EINTR) throw_errno("semop");
    }
  }
  void post() const { checked(change_by(1), "semop"); }

 private:
  [[nodiscard]] int change_by(short amount) const {
    sembuf change{.sem_num = member_.number, .sem_op = amount, .sem_flg = 0};
    return semop(member_.set, &change, 1);
  }

  Member member_;
};

// pthread_cond_wait(3): a flag, the process-shared mutex that guards it and the condition that it is set.
class WaitOnCondition {
 public:
  WaitOnCondition() {
    init_shared(mutex_);
    init_shared(condition_);
  }

  void wait() {
    check_pthread(pthread_mutex_lock(&mutex_), "pthread_mutex_lock");
    while (!posted_) check_pthread(pthread_cond_wait(&condition_, &mutex_), "pthread_cond_wait");
    posted_ = false;
    check_pthread(pthread_mutex_unlock(&mutex_), "pthread_mutex_unlock");
  }
  // Signals after the unlock, or the sleeper would wake up to a locked mutex.
  void post() {
    check_pthread(pthread_mutex_lock(&mutex_), "pthread_mutex_lock");
    posted_ = true;
    check_pthread(pthread_mutex_unlock(&mutex_), "pthread_mutex_unlock");
    check_pthread(pthread_cond_signal(&condition_), "pthread_cond_signal");
  }

 private:
  pthread_mutex_t mutex_{};
  pthread_cond_t condition_{};
  bool posted_ = false;
};

// eventfd(2): its count. The descriptor has the same number in all processes: forked ones, and those that
// inherited it under that number.
class WaitOnEvent {
 public:
  explicit WaitOnEvent(int event) : event_(event) {}

  void wait() const {
    eventfd_t count = 0;
    while (eventfd_read(event_, &count) != 0) {
      if (errno != EINTR) throw_errno("eventfd_read");
    }
  }
  void post() const { checked(eventfd_write(event_, 1), "eventfd_write"); }

 private:
  int event_;
};

// sigwaitinfo(2), tgkill(2): a signal to the sleeping thread, which keeps it blocked for its lifetime and
// takes it when it waits. SIGURG, because a process that does not expect it ignores it.
class WaitOnSignal {
 public:
  void enter() {
    const sigset_t signals = only_ours();
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    process_.store(getpid(), std::memory_order_relaxed);
    thread_.store(static_cast<pid_t>(syscall(SYS_gettid)), std::memory_order_relaxed);
  }

  void wait() const {
    const sigset_t signals = only_ours();
    while (sigwaitinfo(&signals, nullptr) < 0) {
      if (errno != EINTR) throw_errno("sigwaitinfo");
    }
  }
  void post() const {
    const pid_t process = process_.load(std::memory_order_relaxed);
    checked(syscall(SYS_tgkill, process, thread_.load(std::memory_order_relaxed), kSignal), "tgkill");
  }

 private:
  static constexpr int kSignal = SIGURG;
  static sigset_t only_ours() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, kSignal);
    return signals;
  }

  std::atomic<pid_t> process_{0};
  std::atomic<pid_t> thread_{0};
};

}  // namespace ipcbench
