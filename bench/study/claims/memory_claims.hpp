// The claims about shared memory, and their experiments.
#pragma once

#include <sys/shm.h>

#include <functional>

#include "bench/study/claims/steps.hpp"
#include "bench/study/parts/together.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {

// --- Several processes at once (sharing_experiments.cpp) ----------------------------------------------

using Increment = std::function<void(volatile unsigned* counter)>;
void increment_plainly(volatile unsigned* counter);
// Two processes increment one counter so many times each; the default is enough for several turns of the
// scheduler.
Steps lost_updates(const Increment& increment = increment_plainly, unsigned times = 5'000'000);

using MakeSection = std::function<Section(volatile int* flag)>;  // the flag is 0 at first
Section plain_flag(volatile int* flag);                          // it looks, is interrupted, and sets
Section atomic_flag(volatile int* flag);
Steps flag_as_lock(const MakeSection& make = plain_flag);

// sharing: MAP_SHARED or MAP_PRIVATE, of a mapping that the processes inherit.
Steps both_ways(int sharing);
Steps seen_at_once(int sharing);

long read_untouched_memory();
Steps reader_first(const std::function<long()>& read_first = read_untouched_memory);

// --- One segment (segment_experiments.cpp) ------------------------------------------------------------

// The system calls of an experiment. A test replaces the one whose behaviour decides.
struct SegmentCalls {
  std::function<int(key_t, std::size_t, int)> get = shmget;
  std::function<void*(int, const void*, int)> attach = shmat;
  std::function<int(const void*)> detach = shmdt;
  std::function<int(int, int, shmid_ds*)> control = shmctl;
};

// A new segment and the key under which it can be looked up. Throws KernelError with the remedy.
SysvObject make_segment(std::size_t bytes, key_t& key);

Steps removed_segment(const SegmentCalls& calls = {});
Steps rest_of_last_page(const SegmentCalls& calls = {});
Steps size_of_existing(const SegmentCalls& calls = {});
Steps attach_count(const SegmentCalls& calls = {});
Steps detach_or_remove(const SegmentCalls& calls = {});
Steps chosen_address(const SegmentCalls& calls = {});
Steps mode_0644(const SegmentCalls& calls = {});  // throws Error unless root
Steps private_key(const SegmentCalls& calls = {});
Steps size_control(const SegmentCalls& calls = {});
Steps any_data(const std::function<void*(std::size_t bytes)>& new_memory = nullptr);
Steps lock_in_memory(const SegmentCalls& calls = {});
Steps other_namespace(const SegmentCalls& calls = {});  // throws KernelError if there may be none
Steps file_behind(int map_flags);                       // of the mapping that is looked at
Steps memory_device();

// --- Copies, counted by their system calls (counted_copies.cpp) ---------------------------------------

// What carries a message from one end to the other.
struct Carrier {
  std::string name;
  double stated_copies;  // what textbooks say of the way from a file to a file
  std::function<void(int from_file, int to_file, std::size_t bytes)> carry;
};
// A pipe, a FIFO, both kinds of queue and shared memory.
std::vector<Carrier> textbook_carriers();
// Traces each carrier with a message of a page. Carriers that cannot be made are left out, with the reason.
Steps copies_counted(const std::vector<Carrier>& carriers = textbook_carriers());

}  // namespace ipcbench
