// Claims about speed. Each compares cells of a report; traits select the mechanisms.
#pragma once

#include "bench/study/claims/claim.hpp"

namespace ipcbench {

// Which mechanisms claims 6, 10, 14 and 20 compare.
extern const Contest kFifosAgainstPipes;
extern const Contest kMappedFilesAgainstFiles;
extern const Contest kQueuesAgainstPipes;
extern const Contest kSocketsAgainstPipes;

// 1: in each setting, the fastest ring in shared memory against the fastest of the others.
Answer shared_memory_is_fastest(const Report& report);
// 6
Answer fifos_are_slower_than_pipes(const Report& report);
// 10: the CPU time counts.
Answer mapped_files_are_cheaper(const Report& report);
// 13: each mechanism with threads and with related processes.
Answer threads_are_faster(const Report& report);
// 14
Answer queues_are_slower_than_pipes(const Report& report);
// 20: time and CPU time count.
Answer sockets_cost_more_than_pipes(const Report& report);

}  // namespace ipcbench
