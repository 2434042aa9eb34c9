// Claims that are answered by trying: each judgement is a function of what the experiments found, apart from
// the trying, so that other findings can be judged as well.
#pragma once

#include <exception>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "bench/study/claims/claim.hpp"
#include "bench/study/experiments/concurrent_writers.hpp"
#include "bench/study/experiments/crash_of_holder.hpp"
#include "bench/study/experiments/datagram_delivery.hpp"
#include "bench/study/experiments/ftok_of_recreated_file.hpp"
#include "bench/study/experiments/message_queue.hpp"
#include "bench/study/experiments/pipe_capacity.hpp"
#include "bench/study/experiments/pipe_situations.hpp"
#include "bench/study/experiments/private_mapping.hpp"
#include "bench/study/experiments/queue_lifetime.hpp"
#include "bench/study/experiments/segment_pages.hpp"
#include "bench/study/experiments/semaphore_payload.hpp"
#include "bench/study/experiments/shm_removal.hpp"
#include "bench/study/experiments/signal_arrivals.hpp"

namespace ipcbench {

// The same experiment with several kinds of object, of which this machine may lack some.
template <class ProbeFinding>
struct Trials {
  std::vector<std::pair<std::string, ProbeFinding>> done;    // by the object's kind
  std::vector<std::pair<std::string, std::string>> refused;  // and the reason

  template <class Try>
  void add(const std::string& kind, Try try_it) {
    try {
      done.emplace_back(kind, try_it());
    } catch (const std::exception& error) {
      refused.emplace_back(kind, error.what());
    }
  }
};

// Claims 3, 4 and 5. The writes are of several sizes, ascending.
Answer judge_pipe_capacity(std::span<const CapacityAt> capacities);
Answer judge_concurrent_writers(std::span<const ConcurrentWriters> trials);
Answer judge_pipe_situations(const PipeSituations& situations);

// Claims 7, 8, 15 and 19; the last by directory.
Answer judge_shm_removal(const ShmRemoval& removal);
Answer judge_segment_pages(const SegmentPages& pages);
Answer judge_private_mapping(const PrivateMapping& mapping);
Answer judge_ftok(const Trials<FtokOfRecreatedFile>& trials);

// Claims 9, 11, 12, 16, 17 and 18. Of 9: what the lock of that name did, `undo` among them.
Answer judge_sem_undo(AfterCrash with_undo, AfterCrash without, const Trials<AfterCrash>& others);
Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time);
Answer judge_datagrams(const DatagramDelivery& unix_socket, const DatagramDelivery& udp);
Answer judge_queue_lifetime(const Trials<QueueLifetime>& trials);
Answer judge_queue_order(const QueuePriorities& posix, const QueuePriorities& sysv,
                         const QueueSelection& selection);
Answer judge_semaphore_payload(const Trials<SemaphorePayload>& trials);

// The same, tried here.
Answer pipe_holds_64_kib();
Answer small_writes_stay_whole();
Answer pipe_has_four_situations();
Answer marked_segments_cannot_be_attached();
Answer segment_gives_what_was_asked();
Answer sem_undo_frees();
Answer signals_merge_or_queue();
Answer datagrams_keep_or_lose();
Answer private_mappings_share_nothing();
Answer queues_outlive_their_creator();
Answer queues_are_priority_queues();
Answer semaphores_carry_no_data();
Answer ftok_gives_another_key();

}  // namespace ipcbench
