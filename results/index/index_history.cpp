#include "results/index/index_history.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "harness/base/on_all_cpus.hpp"

namespace ipcbench {
namespace {

struct Place {
  std::size_t history = 0;
  std::size_t session = 0;
};
using PlacesById = std::unordered_map<std::int64_t, Place>;  // by IndexedSession::id

using SharedFacts = std::map<std::int64_t, std::shared_ptr<const std::vector<Fact>>>;

// By configuration; a copy for each session would be most of the work.
SharedFacts shared_facts(Index& index, const std::vector<IndexedSession>& sessions) {
  SharedFacts shared;
  for (auto& [configuration, facts] : index.configurations(configurations_of(sessions)))
    shared[configuration] = std::make_shared<const std::vector<Fact>>(std::move(facts));
  return shared;
}

HistorySession session_of(IndexedSession session, const SharedFacts& configurations) {
  const auto facts = configurations.find(session.configuration);
  return {.id = std::move(session.session),
          .origin = std::move(session.file),
          .started_utc = std::move(session.started_utc),
          .host = session.host->key,
          .host_name = session.host->name,
          .version = std::move(session.version),
          .commit = std::move(session.commit),
          .facts = facts == configurations.end() ? nullptr : facts->second};
}

// Of a session that is there twice, the one that was added last.
void keep_each_once(std::vector<IndexedSession>& sessions) {
  std::map<std::string_view, std::unordered_map<std::string_view, std::int64_t>> last;  // by host and session
  for (const IndexedSession& session : sessions) {
    std::int64_t& id = last[session.host->key][session.session];
    id = std::max(id, session.id);
  }
  std::unordered_set<std::int64_t> kept;
  for (const auto& [host, ids] : last) {
    for (const auto& [session, id] : ids) kept.insert(id);
  }
  if (kept.size() == sessions.size()) return;
  std::erase_if(sessions, [&](const IndexedSession& session) { return !kept.contains(session.id); });
}

// Unpinned cells are not gated, nor those at a share of a capacity that each launch measures for itself.
bool is_gated(const std::string& name) {
  return name.find("/cpus:free") == std::string::npos && name.find('%') == std::string::npos;
}

void add_points(std::vector<History>& histories, const PlacesById& places, const IndexedCell& cell,
                const std::vector<IndexedPoint>& points) {
  std::map<std::size_t, CellHistory> of_hosts;
  for (const IndexedPoint& point : points) {
    const auto place = places.find(point.session);
    if (place == places.end() || !(point.time_ns > 0)) continue;
    CellHistory& history = of_hosts[place->second.history];
    history.points.resize(histories[place->second.history].sessions.size());
    history.points[place->second.session] = {point.time_ns, point.low_ns, point.high_ns, point.log_sd,
                                             point.launches};
  }
  for (auto& [host, history] : of_hosts) {
    history.name = cell.name;
    history.family = cell.family;
    history.gated = is_gated(cell.name);
    histories[host].cells.push_back(std::move(history));
  }
}

bool is_accepted_by(const AcceptedChange& change, const HostTrend& host, const LevelEvent& event) {
  const HistorySession& session = host.history.sessions[event.step.at];
  return change.id == event.id || (change.host_key == session.host && change.level == name_of(event.level) &&
                                   change.name == event.name && change.is_slower == is_slower(event.step) &&
                                   is_same_change(host.history, change.session, session.id));
}

void mark_accepted(HostTrend& host, const std::vector<AcceptedChange>& accepted) {
  for (const LevelEvent& event : host.events) {
    const auto found = std::ranges::find_if(
        accepted, [&](const AcceptedChange& change) { return is_accepted_by(change, host, event); });
    if (found != accepted.end()) host.accepted[event.id] = found->why;
  }
}

}  // namespace

SessionTexts history_texts() {
  return {&IndexedSession::session, &IndexedSession::file, &IndexedSession::started_utc,
          &IndexedSession::version, &IndexedSession::commit};
}

std::vector<History> read_histories(Index& index, const std::vector<IndexedCell>& cells,
                                    std::vector<IndexedSession> sessions) {
  const SharedFacts configurations = shared_facts(index, sessions);
  keep_each_once(sessions);
  std::set<std::pair<std::string, std::string>> hosts;  // by name and key
  for (const IndexedSession& session : sessions) hosts.emplace(session.host->name, session.host->key);
  std::unordered_map<std::string, std::size_t> numbers;  // by key: a container's name may change
  for (const auto& [name, key] : hosts) numbers.try_emplace(key, numbers.size());
  std::vector<History> histories(numbers.size());
  PlacesById places;
  std::vector<std::int64_t> ids;
  ids.reserve(sessions.size());
  for (IndexedSession& session : sessions) {
    const std::size_t number = numbers.at(session.host->key);
    places[session.id] = {number, histories[number].sessions.size()};
    ids.push_back(session.id);
    histories[number].sessions.push_back(session_of(std::move(session), configurations));
  }
  for (const IndexedCell& cell : cells) add_points(histories, places, cell, index.points(cell.id, ids));
  return histories;
}

std::vector<HostTrend> host_trends(std::vector<History> histories, const GateSettings& settings,
                                   const std::vector<AcceptedChange>& accepted) {
  std::vector<HostTrend> trends(histories.size());
  on_all_cpus(histories.size(), [&](std::size_t host) {
    trends[host] = host_trend(std::move(histories[host]), settings);
    mark_accepted(trends[host], accepted);
  });
  return trends;
}

}  // namespace ipcbench
