// The experiments behind the claims that need no report. Each comes in two parts: a function that tries
// something on a kernel object and returns what happened, and a function that judges this evidence. Tests
// can therefore pass in an object that behaves the other way, and evidence that this kernel never gives.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>

#include "bench/study/claims/claim.hpp"
#include "bench/study/parts/channel.hpp"
#include "bench/study/parts/message_queue.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

// --- Pipes (pipe_claims.cpp) --------------------------------------------------------------------------

// How much a channel holds when filled with writes of one size. A pipe keeps its data in buffers of a page;
// a write of up to a page takes at least one of them unless it fits behind the previous write.
struct CapacityAt {
  std::size_t write_bytes = 0;
  std::size_t writes = 0;  // accepted whole
  std::size_t bytes = 0;   // accepted in all, including a last partial write
  bool fills_up = false;   // false: it took 16 MiB or a million writes and would have taken more
};
// Fills a new channel for each size.
std::vector<CapacityAt> capacity_by_write_size(std::span<const std::size_t> write_sizes_bytes,
                                               const OpenChannel& open = make_pipe);
// The sizes ascend.
Answer judge_pipe_capacity(std::span<const CapacityAt> capacities);

// Whether concurrent writes of several processes stay whole (pipe(7), PIPE_BUF).
struct ConcurrentWriters {
  std::size_t write_bytes = 0;
  unsigned writers = 0;
  std::uint64_t writes = 0;  // read and checked
  std::uint64_t mixed = 0;   // of those: with bytes of more than one writer
};
// Each process writes blocks of its own letter as fast as the reader allows. Stops at the first mixture,
// after `most_writes` or after `limit`.
ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open = make_pipe,
                                     std::uint64_t most_writes = 20'000,
                                     std::chrono::milliseconds limit = std::chrono::milliseconds(300));
Answer judge_concurrent_writers(std::span<const ConcurrentWriters> trials);

// The situations that textbooks list (pipe(7)): full, empty, no writer left, no reader left.
struct Situation {
  std::string_view name;
  Attempt attempt;
  std::string_view expected;  // describe() of what the textbook says

  [[nodiscard]] bool as_stated() const { return describe(attempt) == expected; }
};
struct PipeSituations {
  std::size_t capacity_bytes = 0;  // accepted in writes of a page until it was full; 16 MiB: it never was
  std::vector<Situation> situations;
  Attempt read_rest;  // reading the data that the last writer left behind
};
// Tries each situation on a new channel. Throws what `open` throws.
PipeSituations pipe_situations(const OpenChannel& open = make_pipe);
Answer judge_pipe_situations(const PipeSituations& found);

// --- Signals and datagrams that nobody receives for a while (delivery_claims.cpp) ---------------------

// Signals sent while they are blocked (signal(7)).
struct SignalArrivals {
  static constexpr int kMost = 32;

  int sent = 0;
  int refused = 0;  // the queue was full (RLIMIT_SIGPENDING); not counted as sent
  int arrived = 0;
  std::array<int, kMost> values{};  // in the order of arrival; 0, 1, 2... were sent

  [[nodiscard]] bool merged() const { return arrived < sent; }
  [[nodiscard]] bool in_order() const;
};
// A child blocks `signal`, sends it to itself with sigqueue(3), at most kMost times, then takes what is
// pending.
SignalArrivals signal_arrivals(int signal, int times);
Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time);

// Datagrams sent to a receiver that does not read.
struct DatagramDelivery {
  std::size_t message_bytes = 0;
  std::size_t sent = 0;  // the send call succeeded
  bool refused = false;  // in the end a sender would have had to wait
  std::size_t arrived = 0;
  bool in_order = true;
  bool keeps_boundaries = false;  // two messages of 8 bytes did not arrive as one of 16

  [[nodiscard]] std::size_t lost() const { return sent - arrived; }
};
// Sends until refused, at most `most` messages, then receives everything that is there.
DatagramDelivery datagram_delivery(const OpenChannel& open, std::size_t message_bytes = 1024,
                                   std::size_t most = 4096);
Answer judge_datagrams(const DatagramDelivery& unix_socket, const DatagramDelivery& udp);

// --- Shared memory segments, mapped files and ftok() (memory_claims.cpp) ------------------------------

// A segment of one page. Its name or key stops being valid before the segment itself goes away.
class RemovableSegment {
 public:
  virtual ~RemovableSegment() = default;
  virtual char* attach() = 0;  // null if refused, with errno
  virtual void detach(char* memory) = 0;
  virtual void mark_for_removal() = 0;
  // Looks it up as a process that knows only its key or name: 0 if it is found, otherwise the errno.
  virtual int look_up() = 0;
};
// Throws KernelError with the remedy if no segment can be created.
std::unique_ptr<RemovableSegment> make_sysv_segment();

// Whether a segment that is marked for removal can be attached again (shmctl(2), IPC_RMID). The first four
// are 0 or an errno.
struct ShmRemoval {
  int attach_again = 0;         // after the mark, while it is attached
  int attach_elsewhere = 0;     // the same by another process
  int look_up = 0;              // after the mark, by its key
  int attach_after_detach = 0;  // after the last process has detached
  bool is_the_same = false;     // a store through the new attachment shows in the old one
};
// Throws KernelError if not even the first attachment succeeds.
ShmRemoval shm_removal(RemovableSegment& segment);
Answer judge_shm_removal(const ShmRemoval& removal);

// How much memory a segment provides if its size is not a multiple of a page (shmget(2)).
struct SegmentPages {
  std::size_t asked_bytes = 0;
  std::size_t reported_bytes = 0;  // shm_segsz
  std::size_t page_bytes = 0;
  std::size_t accessible_bytes = 0;  // up to the first page whose access is fatal
  bool rest_is_shared = false;       // another process sees a store beyond the reported bytes

  [[nodiscard]] std::size_t pages() const { return accessible_bytes / page_bytes; }
};
// Child processes write to one page after another from `memory` on, until one is killed or `limit_bytes` is
// reached.
std::size_t accessible_bytes(char* memory, std::size_t limit_bytes);
// Throws KernelError with the remedy if no such segment can be created.
SegmentPages segment_pages(std::size_t bytes = 4097);
Answer judge_segment_pages(const SegmentPages& pages);

// A file that this process maps with MAP_PRIVATE or MAP_SHARED and another one with MAP_SHARED.
struct PrivateMapping {
  bool sees_others_before_writing = false;  // the other's store shows in the mapping
  bool own_write_seen_by_others = false;    // a store through the mapping shows in the file
  bool sees_others_after_writing = false;   // the other's later store to the written page shows
  bool other_page_sees_others = false;      // its store to another page shows
};
// `flag`: of this process's mapping. Throws KernelError if there can be no such file.
PrivateMapping private_mapping(int flag);
Answer judge_private_mapping(const PrivateMapping& mapping);

// Whether ftok(3) gives another key for a file that was deleted and created again.
struct FtokOfRecreatedFile {
  std::string file_system;  // "tmpfs"; the magic number if its name is not known
  unsigned tries = 0;
  unsigned other_inode = 0;  // how often the new file had another inode
  unsigned other_key = 0;    // how often it had another key
};
using Recreate = std::function<void(const std::filesystem::path& file)>;  // throws KernelError
void delete_and_create(const std::filesystem::path& file);
// Uses a new file in `directory`. Throws KernelError if it cannot write there.
FtokOfRecreatedFile ftok_of_recreated_file(const std::filesystem::path& directory,
                                           const Recreate& recreate = delete_and_create, unsigned tries = 16);
// The trials are named by their directory.
Answer judge_ftok(const Trials<FtokOfRecreatedFile>& trials);

// --- Message queues (queue_claims.cpp) ----------------------------------------------------------------

struct QueueLifetime {
  bool outlived = false;      // another process found the queue after its creator had ended
  bool message_kept = false;  // and its creator's message in it
};
// A child process creates the queue, sends a message and ends without removing it. Throws
// std::runtime_error with the child's error.
QueueLifetime queue_lifetime(MessageQueue& queue);
Answer judge_queue_lifetime(const Trials<QueueLifetime>& trials);

Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection);

// --- Semaphores (semaphore_claims.cpp) ----------------------------------------------------------------

// `others`: the locks that the answer mentions for comparison.
Answer judge_sem_undo(AfterCrash with_undo, AfterCrash without, const Trials<AfterCrash>& others);

// A counter that processes share, initially 0. All functions throw KernelError.
class SharedCounter {
 public:
  virtual ~SharedCounter() = default;
  virtual void add(int number) = 0;
  virtual int value() = 0;
};
// Their errors name the remedy if a limit is in the way.
std::unique_ptr<SharedCounter> make_sysv_counter();   // semop(2) adds, semctl(GETVAL) reads
std::unique_ptr<SharedCounter> make_posix_counter();  // sem_post(3) as often as needed, sem_getvalue(3)

// Whether a number reaches another process through a semaphore alone.
struct SemaphorePayload {
  int sent = 0;     // added by another process
  int arrived = 0;  // read here
};
// Throws std::runtime_error with the child's error.
SemaphorePayload semaphore_payload(SharedCounter& counter, int number = 12'345);
Answer judge_semaphore_payload(const Trials<SemaphorePayload>& trials);

// --- The claims, tried on this kernel -----------------------------------------------------------------

Answer pipe_holds_64_kib();
Answer small_writes_stay_whole();
Answer signals_merge_or_queue();
Answer datagrams_keep_or_lose();
Answer ftok_gives_another_key();
Answer queues_outlive_their_creator();
Answer queues_are_priority_queues();
Answer sem_undo_frees();
Answer semaphores_carry_no_data();

}  // namespace ipcbench
