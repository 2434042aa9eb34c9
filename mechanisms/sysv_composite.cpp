// The System V classic: data in a shared memory segment, guarded by a semaphore and announced through a
// message queue (sysvipc(7)). Whoever has taken the semaphore owns the segment. The sender takes it, writes,
// and announces how many bytes it wrote; the receiver gives it back once it has read them. SEM_UNDO would not
// help, because one process takes the semaphore and another gives it back.
#include <fmt/format.h>
#include <sys/msg.h>
#include <sys/sem.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/sysv_queue_ends.hpp"
#include "mechanisms/parts/sysv_segment.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

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

SysvObject create_announcement_queue() {
  SysvObject queue =
      SysvObject::create(ObjectKind::sysv_queue, [](key_t key, int flags) { return msgget(key, flags); });
  if (queue.id() >= 0) return queue;
  throw_errno("no System V queue can be created (msgget)",
              {{ENOSPC, "raise kernel.msgmni (sysctl), or remove stale ones (ipcs -q, ipcrm)"},
               {ENOSYS, kNoSystemV}});
}

// The sender of an announcement that can never fit would wait for ever.
Unavailable too_small_for_announcements() {
  msginfo limits{};
  if (msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&limits)) < 0) return std::nullopt;
  const int longest_bytes = std::min(limits.msgmax, limits.msgmnb);
  if (longest_bytes >= static_cast<int>(sizeof Announcement::bytes)) return std::nullopt;
  return fmt::format(
      "a System V queue takes no announcement of {} bytes; raise kernel.msgmax and kernel.msgmnb (sysctl)",
      sizeof Announcement::bytes);
}

// The semaphore and the queue, removed with their creator.
struct OwnedObjects {
  static constexpr std::array<unsigned short, 1> kFree{1};
  SysvSemaphoreSet semaphore{kFree};
  SysvObject queue = create_announcement_queue();
};

class SysvComposite {
 public:
  static constexpr Traits kTraits{
      .name = "sysv_composite",
      .summary = "System V segment, guarded by a semaphore and announced through a message queue",
      .kind = MechanismKind::shared_memory,
      .made_of = "System V segment, System V semaphore, System V queue",
      .locks = "System V semaphore",
      .kinship = Kinship::named,
      .waits = {Wait::block, Wait::spin, Wait::adaptive},
      .in_place = true,
      .in_memory = true,
      .lifetime = Lifetime::kernel,
      .sharing = {.senders = true, .receivers = true}};

  static Unavailable available() {
    if (auto reason = SysvSegment::available()) return reason;
    if (auto reason = SysvSemaphoreSet::available()) return reason;
    try {
      const SysvObject probe = create_announcement_queue();
      return too_small_for_announcements();
    } catch (const std::exception& error) {
      return error.what();
    }
  }

  // The kernel's default (ULONG_MAX less 16 MiB, shmget(2)) is no limit in practice: memory runs out first.
  static MessageLimit message_limit(const Settings&) {
    constexpr unsigned long kDefault = std::numeric_limits<unsigned long>::max() - (1UL << 24U);
    shminfo limits{};
    if (shmctl(0, IPC_INFO, reinterpret_cast<shmid_ds*>(&limits)) < 0) return {0, "shmctl(IPC_INFO) failed"};
    if (limits.shmmax >= kDefault) return {};
    return {limits.shmmax, "raise kernel.shmmax (sysctl)"};
  }

  static std::unique_ptr<SysvComposite> create(const LinkSpec& spec) {
    return std::make_unique<SysvComposite>(spec);
  }
  static std::unique_ptr<SysvComposite> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<SysvComposite>(spec, parse(address));
  }

  explicit SysvComposite(const LinkSpec& spec)
      : wait_(spec.wait), own_(std::in_place), segment_(SysvSegment::create(spec, spec.message_bytes)) {
    ids_ = {.segment = segment_.id(), .semaphore = own_->semaphore.id(), .queue = own_->queue.id()};
  }
  SysvComposite(const LinkSpec& spec, CompositeIdentifiers ids)
      : wait_(spec.wait), ids_(ids), segment_(SysvSegment::join(ids.segment)) {}

  CompositeSender sender() { return {static_cast<std::byte*>(segment_.data()), ids_, wait_}; }
  CompositeReceiver receiver() { return {static_cast<const std::byte*>(segment_.data()), ids_, wait_}; }

  [[nodiscard]] std::string address() const {
    return fmt::format("{},{},{}", ids_.segment, ids_.semaphore, ids_.queue);
  }
  // Only the segment lives on for processes that have attached it; the other objects would be gone at once.
  void unlink() const noexcept { segment_.unlink(); }

 private:
  static CompositeIdentifiers parse(const std::string& address) {
    CompositeIdentifiers ids;
    const char* at = address.data();
    const char* const end = at + address.size();
    for (int* id : {&ids.segment, &ids.semaphore, &ids.queue}) {
      const auto [after, error] = std::from_chars(at, end, *id);
      if (error != std::errc{})
        throw std::runtime_error(fmt::format("'{}' are not three identifiers", address));
      at = after == end ? end : after + 1;
    }
    return ids;
  }

  Wait wait_;
  std::optional<OwnedObjects> own_;  // held by the creator, which removes them
  CompositeIdentifiers ids_;
  SysvSegment segment_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SysvComposite);
}  // namespace ipcbench
