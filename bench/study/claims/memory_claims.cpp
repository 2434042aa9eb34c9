#include "bench/study/claims/memory_claims.hpp"

#include <sys/mman.h>

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {

namespace {

constexpr std::array kMemoryClaims{
    Claim{"shared_memory_fastest",
          {1},
          "Shared memory is the fastest way to communicate, at every size.",
          ReportTest{shared_memory_is_fastest},
          1},
    Claim{"copies_four_and_two",
          {2, 20},
          "Pipes, FIFOs and queues copy the data four times, shared memory twice.",
          [] {
            return copies_counted().answer(
                {.confirmed = "from file to file, counted by the bytes of the system calls: reading and "
                              "writing the files are two copies, sending and receiving two more; how long "
                              "they take is another question"});
          },
          2,
          {},
          copies_in_cpu_time},
    Claim{"memory_device", {3}, "Shared memory can be had by mapping /dev/mem.", memory_device},
    Claim{"segment_mode",
          {5},
          "With mode 0644 a segment's owner reads and writes, and others only read.",
          [] { return mode_0644().answer(); }},
    Claim{"segment_address",
          {6},
          "shmat(id, NULL, 0) lets the system choose the address.",
          [] {
            return chosen_address().answer({.confirmed = "each call got a free address, of the same memory"});
          }},
    Claim{"segment_detach",
          {7, 8},
          "Detaching a segment does not delete it, IPC_RMID does.",
          [] {
            return detach_or_remove().answer(
                {.confirmed = "without a process it kept its content; IPC_RMID took its key at once"});
          }},
    Claim{"removed_segment_attach",
          {11, 12, 13},
          "A System V segment that is marked for removal cannot be attached again.",
          [] {
            return removed_segment().answer({.refuted = "by its identifier it can, until the last process "
                                                        "has detached; only its key is lost at once"});
          },
          7},
    Claim{"segment_pages",
          {9, 10},
          "A segment of 4097 bytes gives 4097 usable bytes of two pages.",
          [] {
            return rest_of_last_page().answer(
                {.depends = "on what counts as usable: 4097 B are promised, but all of both pages can be "
                            "written and is shared"});
          },
          8},
    Claim{"segment_size_ignored",
          {14},
          "Opening a segment that exists ignores the size asked for.",
          [] {
            return size_of_existing().answer(
                {.depends = "on the size: a smaller one is ignored, a larger one fails with EINVAL"});
          }},
    Claim{"segment_attach_count",
          {15},
          "A segment's count of attachments goes down when a process ends, however it ends.",
          [] {
            return attach_count().answer({.confirmed = "the kernel detaches what a process leaves attached"});
          }},
    Claim{"memory_both_ways",
          {16},
          "Shared memory works in both directions, and between any number of processes.",
          [] { return both_ways(MAP_SHARED).answer(); }},
    Claim{"memory_lost_updates",
          {17},
          "Shared memory does not synchronise: processes that count in it at once lose counts.",
          [] { return lost_updates().answer(); }},
    Claim{"memory_flag_as_lock",
          {18},
          "A plain variable in shared memory is no lock: between looking at it and setting it, another "
          "gets in.",
          [] { return flag_as_lock().answer(); }},
    Claim{"memory_reader_first",
          {19},
          "A reader of shared memory that comes first reads emptiness; nothing makes it wait.",
          [] { return reader_first().answer({.confirmed = "it reads zeros at once"}); }},
    Claim{"memory_seen_at_once",
          {20},
          "What one process stores in shared memory, the others see at once.",
          [] { return seen_at_once(MAP_SHARED).answer(); }},
    Claim{"segment_private_key",
          {21},
          "No segment is exclusive, not even one from IPC_PRIVATE.",
          [] {
            return private_key().answer(
                {.confirmed =
                     "only its key is private: whoever has the identifier and the permission attaches it"});
          }},
    Claim{"memory_size_control",
          {22},
          "The size of shared memory is easy to control.",
          [] {
            return size_control().answer(
                {.depends = "on when: at its creation any size; later only memory with a descriptor can be "
                            "resized, a System V segment cannot"});
          }},
    Claim{"memory_any_data",
          {23},
          "Shared memory holds data of any kind.",
          [] {
            return any_data().answer({.depends = "on what it means: bytes of any value, but a pointer is "
                                                 "an address of the process that stored it"});
          }},
    Claim{"segment_shm_lock",
          {24},
          "SHM_LOCK synchronises the users of a segment.",
          [] {
            return lock_in_memory().answer(
                {.refuted = "it keeps the pages in memory; another process writes at once"});
          }},
    Claim{"memory_faster_than_queue",
          {25},
          "Messages through shared memory are faster than through a message queue.",
          ReportTest{.contest = &kMemoryAgainstQueues}},
    Claim{"memory_local",
          {26},
          "Shared memory works on one machine only.",
          [] {
            return other_namespace().answer(
                {.confirmed = "not even in another IPC namespace of this machine; no call takes the name "
                              "of another machine"});
          }},
    Claim{"memory_is_file", {27}, "Shared memory is a special case of a mapped file.", [] {
            return file_behind(MAP_SHARED | MAP_ANONYMOUS)
                .answer(
                    {.confirmed = "the kernel maps a file without a name in a directory, kept in memory"});
          }}};

}  // namespace

std::span<const Claim> memory_claims() { return kMemoryClaims; }

}  // namespace ipcbench
