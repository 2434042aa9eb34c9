// The changes of a host's levels as a person sees them: one for what happened to a whole family, not one for
// each of its cells.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/comparison/trend.hpp"

namespace ipcbench {

// Places of one change in different cells may differ by so many sessions.
inline constexpr std::size_t kNearSessions = 3;

struct LevelEvent {
  // Twelve hexadecimal digits of the digest of host, level, name, direction and session: the same whoever
  // computes it, from whatever index.
  std::string id;
  Level level = Level::cell;
  std::string name;
  Step step;
  bool is_last = true;               // the level has not changed again since
  std::size_t fixed_at = 0;          // the first session after more than half of it was taken back; 0: none
  std::vector<std::string> cells;    // that changed with it, by name; of a cell none
  std::vector<std::string> differs;  // changed_facts() between the sessions before and after
};

// A change of a cell belongs to that of its family, and both to that of all cells, if they have one direction
// and near places. The worst first: what may fail a gate, then by how much.
std::vector<LevelEvent> level_events(const std::vector<Trend>& trends, const History& history);

// Whether two changes of one host, level and name are the same one, seen from different numbers of sessions.
// Sessions are ids; one that the history has not is near to none but itself.
bool is_same_change(const History& history, const std::string& session, const std::string& other);

bool is_slower(const Step& step);

}  // namespace ipcbench
