// Claims about speed: which cells of a report each of them compares.
#pragma once

#include "bench/study/claims/claim.hpp"

namespace ipcbench {

// 1: in each setting the fastest ring in shared memory against the fastest of all other mechanisms.
Answer shared_memory_is_fastest(const Report& report);
// 6: `fifo` against `pipe`.
Answer fifos_are_slower_than_pipes(const Report& report);
// 10: the CPU time of `file_mmap_ring` against that of `file`.
Answer mapped_files_are_cheaper(const Report& report);
// 13: peers:thread against peers:fork, of each mechanism.
Answer threads_are_faster(const Report& report);
// 14: `posix_queue` and `sysv_queue` against `pipe`.
Answer queues_are_slower_than_pipes(const Report& report);
// 20: time and CPU time of every kind of socket against those of `pipe`.
Answer sockets_cost_more_than_pipes(const Report& report);

}  // namespace ipcbench
