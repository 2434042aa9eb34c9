// The history of a host, read from an index, with what was said of its changes.
#pragma once

#include <vector>

#include "results/comparison/trend_view.hpp"
#include "results/index/index.hpp"

namespace ipcbench {

// One for each machine among the sessions, by name, with those of the cells that it ever measured. A session
// that is in the index twice (its report was written again) counts once, as it was added last. The
// sessions have to be read with history_texts() at least. Throws IndexError.
std::vector<History> read_histories(Index& index, const std::vector<IndexedCell>& cells,
                                    std::vector<IndexedSession> sessions);
SessionTexts history_texts();

// host_trend() of each, worked out on all CPUs, with what is accepted in the index marked.
std::vector<HostTrend> host_trends(std::vector<History> histories, const GateSettings& settings,
                                   const std::vector<AcceptedChange>& accepted);

}  // namespace ipcbench
