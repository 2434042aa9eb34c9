// Sending and receiving through a System V segment. A semaphore guards it, a message queue announces
// messages.
#pragma once

#include <sys/msg.h>
#include <sys/sem.h>

#include <cstddef>
#include <span>

#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/parts/sysv_queue_ends.hpp"

namespace ipcbench {

struct Announcement {
  long type = kMessageType;
  std::size_t bytes = 0;
};

// The identifiers of all three: "98304,7,12".
struct CompositeIdentifiers {
  int segment = -1;
  int semaphore = -1;
  int queue = -1;
};

class CompositeSender {
 public:
  CompositeSender(std::byte* segment, CompositeIdentifiers ids, Wait wait)
      : segment_(segment), ids_(ids), flags_(wait) {}

  std::span<std::byte> loan(std::size_t n) {
    if (!taken_ && !take()) return {};
    taken_ = true;
    return {segment_, n};
  }
  // There is always room, because there is never more than one announcement.
  bool commit(std::size_t n) {
    const Announcement announcement{.bytes = n};
    while (msgsnd(ids_.queue, &announcement, sizeof announcement.bytes, 0) != 0) {
      if (errno != EINTR) throw_errno("msgsnd");
    }
    taken_ = false;
    return true;
  }
  void park() { flags_.sleep_next(); }

 private:
  bool take() {
    sembuf down{.sem_num = 0, .sem_op = -1, .sem_flg = static_cast<short>(flags_.take())};
    while (semop(ids_.semaphore, &down, 1) != 0) {
      if (errno == EAGAIN) return false;
      if (errno != EINTR) throw_errno("semop");
    }
    return true;
  }

  std::byte* segment_;
  CompositeIdentifiers ids_;
  CallFlags flags_;
  bool taken_ = false;
};

class CompositeReceiver {
 public:
  CompositeReceiver(const std::byte* segment, CompositeIdentifiers ids, Wait wait)
      : segment_(segment), ids_(ids), flags_(wait) {}

  std::span<const std::byte> peek(std::size_t n) {
    Announcement announcement;
    const int flags = flags_.take();
    while (msgrcv(ids_.queue, &announcement, sizeof announcement.bytes, kMessageType, flags) < 0) {
      if (errno == ENOMSG) return {};
      if (errno != EINTR) throw_errno("msgrcv");
    }
    if (announcement.bytes != n) throw_wrong_length(announcement.bytes, n);
    return {segment_, n};
  }
  void release() {
    sembuf up{.sem_num = 0, .sem_op = 1, .sem_flg = 0};
    checked(semop(ids_.semaphore, &up, 1), "semop");
  }
  void park() { flags_.sleep_next(); }

 private:
  const std::byte* segment_;
  CompositeIdentifiers ids_;
  CallFlags flags_;
};

}  // namespace ipcbench
