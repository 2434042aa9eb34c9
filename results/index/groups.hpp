// Groups of sessions: what `ipcbench query` answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/index/index.hpp"

namespace ipcbench {

// What sessions can be grouped by.
struct GroupKey {
  std::string_view name;
  std::string (*value)(const IndexedSession& session);
  std::string IndexedSession::*text = nullptr;  // that it needs to be read; none: only those of the host
};
std::span<const GroupKey> group_keys();
// What they need of sessions.
SessionTexts texts_of(const std::vector<GroupKey>& keys);

// One number about the sessions of a group.
struct GroupStatistic {
  std::string name;  // "count", "hosts", "min", "max" or "p50"
  double share = 0;  // 0.5 for p50
};
// Empty if there is no such statistic.
std::optional<GroupStatistic> parse_statistic(const std::string& name);

// One cell in the sessions of one group. Different cells are never in one group.
struct SessionGroup {
  std::string cell;
  std::vector<std::string> keys;       // the values of Grouping::by
  std::vector<double> values;          // the figure in each session that has it, ascending
  std::size_t hosts = 0;               // different ones
  std::vector<std::string> differing;  // decisive facts that the sessions do not share, by name
};

// The statistic over the group's values, as a time in nanoseconds or a number. Percentiles are Hyndman and
// Fan's 7th definition (The American Statistician 50, 1996): p50 is the usual median. At least one value.
double statistic_of(const SessionGroup& group, const GroupStatistic& statistic);

struct Grouping {
  std::vector<GroupKey> by = {};
  IndexedFigure figure = IndexedFigure::time_ns;
  bool latest = false;  // of each host and cell only the newest of the sessions
};

// The groups of each cell, by cell and then by keys. `open` connects to the index that the cells and sessions
// come from; it is called by each of the threads that read. Throws IndexError.
std::vector<SessionGroup> grouped(const std::function<std::unique_ptr<Index>()>& open,
                                  const std::vector<IndexedCell>& cells,
                                  const std::vector<IndexedSession>& sessions, const Grouping& grouping);

}  // namespace ipcbench
