// What tests each claim: an experiment with the textbook's own objects, or the cells of a report.
#include <array>

#include "bench/study/claims/claim.hpp"
#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {
namespace {

Steps private_after_fork() {
  const Mapping memory(1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
  return unshared_after_fork(memory.at(0));
}

Steps variable_after_fork() {
  volatile char variable = 0;
  return unshared_after_fork(variable);
}

constexpr std::array kClaimTrials{
    // Shared memory
    ClaimTrial{"shared_memory_fastest", &kMemoryAgainstOthers},
    ClaimTrial{"copies_four_and_two", [] { return copies_counted(textbook_carriers()); }, copies_in_cpu_time},
    ClaimTrial{"memory_device", memory_device},
    ClaimTrial{"segment_mode", [] { return mode_0644(); }},
    ClaimTrial{"segment_address", [] { return chosen_address(); }},
    ClaimTrial{"segment_detach", [] { return detach_or_remove(); }},
    ClaimTrial{"removed_segment_attach", [] { return removed_segment(); }},
    ClaimTrial{"segment_pages", [] { return rest_of_last_page(); }},
    ClaimTrial{"segment_size_ignored", [] { return size_of_existing(); }},
    ClaimTrial{"segment_attach_count", [] { return attach_count(); }},
    ClaimTrial{"memory_both_ways", [] { return both_ways(MAP_SHARED); }},
    ClaimTrial{"memory_lost_updates", [] { return lost_updates(); }},
    ClaimTrial{"memory_flag_as_lock", [] { return flag_as_lock(); }},
    ClaimTrial{"memory_reader_first", [] { return reader_first(); }},
    ClaimTrial{"memory_seen_at_once", [] { return seen_at_once(MAP_SHARED); }},
    ClaimTrial{"segment_private_key", [] { return private_key(); }},
    ClaimTrial{"memory_size_control", [] { return size_control(); }},
    ClaimTrial{"memory_any_data", [] { return any_data(); }},
    ClaimTrial{"segment_shm_lock", [] { return lock_in_memory(); }},
    ClaimTrial{"memory_faster_than_queue", &kMemoryAgainstQueues},
    ClaimTrial{"memory_local", [] { return other_namespace(); }},
    ClaimTrial{"memory_is_file", [] { return file_behind(MAP_SHARED | MAP_ANONYMOUS); }},
    // Message queues
    ClaimTrial{"queue_outlives", [] { return queues_outlive_their_creator(); }},
    ClaimTrial{"queue_both_ways", [] { return queue_both_ways(); }},
    ClaimTrial{"queue_priority", [] { return queues_are_priority_queues(); }},
    ClaimTrial{"queue_type_positive", [] { return queue_types(); }},
    ClaimTrial{"queue_at_once", [] { return queue_at_once(); }},
    ClaimTrial{"queue_large_messages", [] { return queue_largest(); }},
    ClaimTrial{"queue_slower", &kQueuesAgainstPipes},
    ClaimTrial{"queue_posix_or_sysv", [] { return posix_or_sysv(); }},
    // System V keys
    ClaimTrial{"key_exclusive", [] { return exclusive_creation(); }},
    ClaimTrial{"key_ipcs_ipcrm", [] { return shown_and_removed(); }},
    ClaimTrial{"ftok_bits", [] { return ftok_bits(); }},
    ClaimTrial{"ftok_zero", [] { return ftok_zero(); }},
    ClaimTrial{"ftok_recreated", [] { return ftok_of_recreated_files(); }},
    ClaimTrial{"ftok_same", [] { return ftok_same(); }},
    // Semaphores and locks
    ClaimTrial{"semaphore_take_and_wake", [] { return takes_and_wakes(); }},
    ClaimTrial{"semaphore_exclusion", [] { return exclusion(); }},
    ClaimTrial{"semaphore_atomic", [] { return atomic_changes(); }},
    ClaimTrial{"semaphore_range", [] { return value_range(); }},
    ClaimTrial{"sem_undo", [] { return sem_undo(); }},
    ClaimTrial{"semaphore_array", [] { return array_of_operations(); }},
    ClaimTrial{"semaphore_zero", [] { return wait_for_zero(); }},
    ClaimTrial{"semaphore_nowait", [] { return without_waiting(); }},
    ClaimTrial{"semaphore_removed", [] { return woken_otherwise(); }},
    ClaimTrial{"semaphore_set_limit", [] { return set_limit(); }},
    ClaimTrial{"semaphore_no_data", [] { return semaphore_data(); }},
    ClaimTrial{"semaphore_in_kernel", [] { return where_semaphores_are(); }},
    // Pipes and FIFOs
    ClaimTrial{"pipe_capacity", [] { return pipe_capacity(); }},
    ClaimTrial{"pipe_buf_whole", [] { return small_writes_stay_whole(); }},
    ClaimTrial{"pipe_full_and_empty", [] { return full_and_empty(); }},
    ClaimTrial{"fifo_slower", &kFifosAgainstPipes},
    ClaimTrial{"fifo_opening", [] { return fifo_opening(); }},
    ClaimTrial{"fifo_own_output", [] { return fifo_own_output(); }},
    ClaimTrial{"pipe_all_or_nothing", [] { return all_or_nothing(); }},
    ClaimTrial{"fifo_file_empty", [] { return fifo_length(); }},
    ClaimTrial{"fifo_buffer", [] { return fifo_buffer(); }},
    ClaimTrial{"fifo_like_pipe", [] { return like_a_pipe(); }},
    ClaimTrial{"pipe_one_way", [] { return one_direction(); }},
    ClaimTrial{"pipe_relatives", [] { return relatives_only(); }},
    ClaimTrial{"pipe_stream", [] { return byte_stream(); }},
    ClaimTrial{"pipe_sizes", [] { return size_limits(); }},
    ClaimTrial{"pipe_page_ring", [] { return ring_of_pages(); }},
    ClaimTrial{"pipe_off_disk", [] { return off_the_disk(); }},
    ClaimTrial{"shell_pipe", [] { return shell_pipeline(); }},
    ClaimTrial{"pipe_local", [] { return without_address(); }},
    // Signals
    ClaimTrial{"signals_merge", [] { return merge_or_queue(); }},
    ClaimTrial{"kill_and_stop", [] { return cannot_be_ignored(); }},
    ClaimTrial{"signal_default", [] { return default_ends(); }},
    ClaimTrial{"raise_and_alarm", [] { return raise_and_alarm(); }},
    ClaimTrial{"signals_at_once", [] { return handled_at_once(); }},
    ClaimTrial{"signals_in_threads", [] { return useless_between_threads(); }},
    // Files and mapped files
    ClaimTrial{"mapped_file_cheaper", &kMappedFilesAgainstFiles},
    ClaimTrial{"file_copies", [] { return copies_counted(file_carriers()); }},
    ClaimTrial{"large_file_mapped", [] { return large_file(); }},
    ClaimTrial{"private_mapping", [] { return private_mapping(); }},
    ClaimTrial{"mapping_first_touch", [] { return pages_at_first_touch(); }},
    ClaimTrial{"mapping_reaches_file", [] { return mapping_reaches_file(); }},
    ClaimTrial{"private_after_fork", private_after_fork},
    ClaimTrial{"mmap_offset_and_close", [] { return offset_and_close(); }},
    ClaimTrial{"variables_after_fork", variable_after_fork},
    ClaimTrial{"file_offset_shared", [] { return shared_file_offset(); }},
    ClaimTrial{"file_unsynchronised", [] { return unsynchronised_file(); }},
    // Sockets
    ClaimTrial{"datagrams_reliable", [] { return datagrams_reliable(); }},
    ClaimTrial{"sockets_reliable", [] { return sockets_reliable(); }},
    ClaimTrial{"datagrams_no_flow_control", [] { return no_flow_control(); }},
    ClaimTrial{"socket_dearer", &kSocketsAgainstPipes},
    ClaimTrial{"many_clients", [] { return many_clients(); }},
    ClaimTrial{"sockets_without_connection", [] { return without_connection(); }},
    ClaimTrial{"sockets_local", [] { return local_sockets(); }},
    ClaimTrial{"priorities", [] { return ranked(*make_posix_queue(), *make_sysv_queue()); }},
    ClaimTrial{"message_lengths", [] { return message_lengths(); }},
    // Threads
    ClaimTrial{"threads_faster", &kThreadsAgainstProcesses},
    ClaimTrial{"threads_avoid_kernel", [] { return threads_avoid_kernel(); }},
    // Libraries and the kernel's newer ways
    ClaimTrial{"zeromq_batches", &kBatchingAgainstSocket},
    ClaimTrial{"zeromq_round_trip", &kZeroMqAgainstSocket},
    ClaimTrial{"broker_slower", &kBrokerAgainstPeer},
    ClaimTrial{"capnp_faster", &kCapnpAgainstGrpc},
    ClaimTrial{"user_queue_faster", &kUserQueuesAgainstKernelQueues},
    ClaimTrial{"atomic_queue_faster", &kAtomicQueueAgainstBoost},
    ClaimTrial{"iceoryx_constant", &kIceoryxAtAnySize},
    ClaimTrial{"io_uring_faster", &kUringAgainstCalls},
    ClaimTrial{"vmsplice_faster", &kSpliceAgainstPipe},
    ClaimTrial{"one_copy_faster", &kOneCopyAgainstTwo},
    ClaimTrial{"batches_faster", &kBatchesAgainstSingles},
    ClaimTrial{"zerocopy_loopback", [] { return zerocopy_on_loopback(); }},
    ClaimTrial{"busy_poll_loopback", [] { return busy_poll_on_loopback(); }},
    ClaimTrial{"epoll_scales", [] { return poll_beside_idle(); }},
};

}  // namespace

std::span<const ClaimTrial> claim_trials() { return kClaimTrials; }

}  // namespace ipcbench
