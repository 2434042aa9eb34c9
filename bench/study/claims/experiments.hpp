// The experiments, chapter by chapter. Each tries the textbook's object or call unless it is given another:
// with one that behaves otherwise, a test shows that the experiment can tell the two apart. All throw
// KernelError if the object cannot be had.
#pragma once

#include <pthread.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/channel.hpp"
#include "bench/study/parts/message_queue.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "bench/study/parts/together.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {

// --- One System V segment -----------------------------------------------------------------------------

struct SegmentCalls {
  std::function<int(key_t, std::size_t, int)> get = shmget;
  std::function<void*(int, const void*, int)> attach = shmat;
  std::function<int(const void*)> detach = shmdt;
  std::function<int(int, int, shmid_ds*)> control = shmctl;
};
Steps removed_segment(const SegmentCalls& calls = {});
Steps rest_of_last_page(const SegmentCalls& calls = {});
Steps size_of_existing(const SegmentCalls& calls = {});
Steps attach_count(const SegmentCalls& calls = {});
Steps detach_or_remove(const SegmentCalls& calls = {});
Steps chosen_address(const SegmentCalls& calls = {});
Steps mode_0644(const SegmentCalls& calls = {});  // throws Error unless root
Steps private_key(const SegmentCalls& calls = {});
Steps size_control(const SegmentCalls& calls = {});
Steps lock_in_memory(const SegmentCalls& calls = {});
Steps other_namespace(const SegmentCalls& calls = {});  // throws KernelError if there may be none
// new_memory: null if it is memory of the process alone.
Steps any_data(const std::function<void*(std::size_t bytes)>& new_memory = nullptr);
Steps file_behind(int map_flags = MAP_SHARED | MAP_ANONYMOUS);  // of the mapping that is looked at
Steps memory_device();

// --- Several processes or threads in one memory (sharing: MAP_SHARED or MAP_PRIVATE, which they inherit) ---

using Increment = std::function<void(volatile unsigned* counter)>;
// `times` each, by default enough for several turns of the scheduler.
Steps lost_updates(
    const Increment& increment = [](volatile unsigned* counter) { *counter = *counter + 1; },
    unsigned times = 5'000'000);
using MakeSection = std::function<Section(volatile int* flag)>;  // the flag is 0 at first
Section plain_flag(volatile int* flag);                          // it looks, is interrupted, and sets
Section atomic_flag(volatile int* flag);
Steps flag_as_lock(const MakeSection& make = plain_flag);
Steps both_ways(int sharing = MAP_SHARED);
Steps seen_at_once(int sharing = MAP_SHARED);
Steps threads_avoid_kernel(int sharing = MAP_SHARED);
Steps reader_first(const std::function<long()>& read_first = [] { return SharedMapping(-1, 1).at(0); });

// --- Copies -------------------------------------------------------------------------------------------

inline constexpr std::size_t kCopiedBytes = 4096;
// Carries that many bytes from one file to another.
using OnFiles = std::function<void(int from_file, int to_file)>;
struct Carrier {
  std::string calls;
  double stated_copies;
  std::function<std::vector<OnFiles>()> open;  // what each process does, one after the other
};
std::vector<Carrier> textbook_carriers();  // a pipe, a FIFO, both kinds of queue and shared memory
Carrier memory_carrier(int sharing);       // MAP_SHARED or MAP_PRIVATE
void by_read_and_write(int from_file, int to_file);
std::vector<Carrier> file_carriers();  // that, and mmap()
// Traces each carrier, and compares the files. Those that cannot be made are left out, with the reason.
Steps copies_counted(const std::vector<Carrier>& carriers);
// The time to look at a whole file of that size by mmap(), and without it by read().
TimesOfOption times_of_mapping(std::size_t bytes);
Steps large_file(const std::function<TimesOfOption(std::size_t bytes)>& measure = times_of_mapping);

// --- Queues -------------------------------------------------------------------------------------------

struct QueueCalls {
  std::function<int(int, const void*, std::size_t, int)> send = msgsnd;
  std::function<ssize_t(int, void*, std::size_t, long, int)> receive = msgrcv;
};
Steps queue_both_ways(const QueueCalls& calls = {});
Steps queue_types(const QueueCalls& calls = {});
Steps queue_at_once(const QueueCalls& calls = {});
Steps queue_largest(const QueueCalls& calls = {});
// poll_queue: what came back from poll(2) on a queue with a message in it; null: of a POSIX queue.
Steps posix_or_sysv(const std::function<std::string()>& poll_queue = nullptr);
// Leaves out, with the reason, a kind that cannot be made.
Steps queues_outlive_their_creator(std::span<const QueueKind> kinds = queue_kinds());
Steps queues_are_priority_queues(std::span<const QueueKind> kinds = queue_kinds());
Steps ranked(MessageQueue& posix, MessageQueue& sysv);

// --- Keys ---------------------------------------------------------------------------------------------

using GetByKey = std::function<int(key_t key, int flags)>;
Steps exclusive_creation(const GetByKey& get = msgget);
void remove_by_ipcrm(int id);  // throws Error if it is not installed
Steps shown_and_removed(const std::function<void(int id)>& remove = remove_by_ipcrm);
using Ftok = std::function<key_t(const char* path, int project)>;
Steps ftok_bits(const Ftok& ftok = ::ftok);
Steps ftok_zero(const Ftok& ftok = ::ftok);
Steps ftok_same(const Ftok& ftok = ::ftok);
using Recreate = std::function<void(const std::filesystem::path& file)>;
void delete_and_create(const std::filesystem::path& file);
std::vector<std::filesystem::path> usual_directories();  // one of each file system
Steps ftok_of_recreated_files(const Recreate& recreate = delete_and_create,
                              const std::vector<std::filesystem::path>& directories = usual_directories());

// --- Semaphores and locks -----------------------------------------------------------------------------

using SemaphoreCall = std::function<int(int id, sembuf* operations, std::size_t count)>;
Steps takes_and_wakes(const SemaphoreCall& semop = ::semop);
Steps array_of_operations(const SemaphoreCall& semop = ::semop);
Steps wait_for_zero(const SemaphoreCall& semop = ::semop);
Steps without_waiting(const SemaphoreCall& semop = ::semop);
Steps woken_otherwise(const SemaphoreCall& semop = ::semop);
Steps atomic_changes(const SemaphoreCall& semop = ::semop);
Section sysv_section(int id);  // of the identifier of a semaphore at 1
Steps exclusion(const std::function<Section(int id)>& make = sysv_section);
using SetValue = std::function<std::string(int id, int value)>;  // what came back
std::string set_value(int id, int value);                        // semctl(SETVAL)
Steps value_range(const SetValue& set_to = set_value);
std::string make_set(std::size_t semaphores);  // what came back
Steps set_limit(const std::function<std::string(std::size_t semaphores)>& make = make_set);
// null: of a POSIX semaphore.
Steps where_semaphores_are(const std::function<void()>& post_and_wait = nullptr);
Steps sem_undo(const std::function<SharedLock(bool undo)>& make = make_sysv_semaphore);
// A counter that processes share, initially 0.
struct SharedCounter {
  std::string adding;                 // the calls by which one process adds 1234 and another sees its value
  std::string taking;                 // one: what a semaphore is for
  std::function<int(int by)> change;  // 0, or -1 with errno
  std::function<int()> value;
};
std::vector<SharedCounter> semaphore_counters();  // System V and POSIX
Steps semaphore_data(const std::vector<SharedCounter>& counters = semaphore_counters());

// --- Pipes and FIFOs ----------------------------------------------------------------------------------

Steps pipe_capacity(const OpenChannel& open = make_pipe);  // with writes of several sizes, up to 16 MiB
// Whether concurrent writes of several processes stay whole (pipe(7), PIPE_BUF).
struct ConcurrentWriters {
  unsigned writers = 4;
  std::uint64_t writes = 0;  // read and checked
  std::uint64_t mixed = 0;   // of those: with bytes of more than one writer
};
// Each process writes blocks of its own letter as fast as the reader allows. Stops at the first mixture or
// after `most_writes`.
ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open = make_pipe,
                                     std::uint64_t most_writes = 5'000);
Steps small_writes_stay_whole(const OpenChannel& open = make_pipe);
Steps full_and_empty(const OpenChannel& open = make_pipe);
Steps all_or_nothing(const OpenChannel& open = make_pipe);
Steps one_direction(const OpenChannel& open = make_pipe);
Steps byte_stream(const OpenChannel& open = make_pipe);
Steps size_limits(const OpenChannel& open = make_pipe);
Steps ring_of_pages(const OpenChannel& open = make_pipe);
Steps without_address(const OpenChannel& open = make_pipe);
// Hands a descriptor to the process at the other end of a UNIX socket.
using PassDescriptor = std::function<void(const Fd& socket, const Fd& passed)>;
void send_descriptor(const Fd& socket, const Fd& passed);  // SCM_RIGHTS, unix(7)
Steps relatives_only(const PassDescriptor& pass = send_descriptor);
long written_blocks();  // to disks, of this process: getrusage(2), ru_oublock
Steps off_the_disk(const std::function<long()>& blocks = written_blocks);
Steps shell_pipeline(const std::string& between = "|");  // two commands of sh(1)
// Makes something with that name; 0, or -1 with errno.
using MakeNode = std::function<int(const char* path)>;
int make_fifo(const char* path);
PipeEnds open_fifo_channel();
Steps like_a_pipe(const OpenChannel& open = open_fifo_channel);
Steps fifo_opening(const MakeNode& make = make_fifo);
Steps fifo_own_output(const MakeNode& make = make_fifo);
Steps fifo_length(const MakeNode& make = make_fifo);
Steps fifo_buffer(const MakeNode& make = make_fifo);

// --- Signals ------------------------------------------------------------------------------------------

Steps merge_or_queue(int ordinary = SIGUSR1, int real_time = SIGRTMIN);
Steps cannot_be_ignored(std::initializer_list<int> signals = {SIGKILL, SIGSTOP});
Steps default_ends(std::initializer_list<int> signals = {SIGTERM, SIGUSR1, SIGCHLD, SIGWINCH});
Steps raise_and_alarm(const std::function<int(int signal)>& send = ::raise);
Steps handled_at_once(const std::function<int(pid_t to, int signal)>& send = ::kill);
Steps useless_between_threads(const std::function<int(pthread_t to, int signal)>& send = pthread_kill);

// --- Files and mapped files (flags: of mmap(2)) ---------------------------------------------------------

Steps private_mapping(int flags = MAP_PRIVATE);  // another process maps the file with MAP_SHARED
Steps pages_at_first_touch(int flags = MAP_SHARED);
Steps mapping_reaches_file(int flags = MAP_SHARED);
Steps unshared_after_fork(volatile char& byte);  // memory that parent and child both use
using MapPage = std::function<void*(int fd, off_t offset)>;
void* map_page(int fd, off_t offset);  // as mmap(2), readable, writable and shared
Steps offset_and_close(const MapPage& map = map_page);
// childs: the child's descriptor for the parent's open file.
Steps shared_file_offset(const std::function<Fd(const Fd& parents)>& childs = duplicate);
PipeEnds open_file_channel();  // two open files of one regular file, each with its own offset
Steps unsynchronised_file(const OpenChannel& open = open_file_channel);

// --- Sockets ------------------------------------------------------------------------------------------

struct NamedChannel {
  std::string_view name;
  OpenChannel open;
};
std::span<const NamedChannel> channels();  // pipe, UNIX stream, UNIX datagrams, UDP
Steps datagrams_reliable(const NamedChannel& reliable = channels()[2],
                         const NamedChannel& lossy = channels()[3]);
Steps sockets_reliable(std::span<const NamedChannel> sockets = channels().subspan(1));
Steps no_flow_control(const NamedChannel& socket = channels()[2]);
int accept_connection(int listening);
Steps many_clients(const std::function<int(int listening)>& accept_one = accept_connection);
// The types that are tried as datagram and as stream socket.
Steps without_connection(int datagram = SOCK_DGRAM, int stream = SOCK_STREAM);
Steps local_sockets();
Steps message_lengths(std::span<const NamedChannel> tried = channels());

// --- Waiting for descriptors --------------------------------------------------------------------------

// The wall-clock time of waiting for a descriptor that is ready, beside idle ones.
TimesOfOption times_beside_idle(Wait by);
Steps poll_beside_idle(const std::function<TimesOfOption(Wait)>& measure = times_beside_idle);

// --- The loopback network (TCP over 127.0.0.1) ----------------------------------------------------------

bool was_copied();                  // what the kernel reports of a send with MSG_ZEROCOPY
TimesOfOption times_of_zerocopy();  // CPU time
Steps zerocopy_on_loopback(const std::function<bool()>& copied = was_copied,
                           const std::function<TimesOfOption()>& measure = times_of_zerocopy);
// A receiver that waits in vain, and polls all the time if there is a queue of a device to poll.
struct PolledWait {
  std::uint64_t queue;  // SO_INCOMING_NAPI_ID; 0: none
  std::uint64_t wait_ns;
  std::uint64_t cpu_ns;
};
PolledWait wait_with_busy_poll();
TimesOfOption times_of_busy_poll();
Steps busy_poll_on_loopback(const std::function<PolledWait()>& wait = wait_with_busy_poll,
                            const std::function<TimesOfOption()>& measure = times_of_busy_poll);

}  // namespace ipcbench
