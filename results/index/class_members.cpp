#include "results/index/class_members.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

namespace ipcbench {
namespace {

using SessionPlaces = std::unordered_map<std::int64_t, std::size_t>;  // among the sessions, by id

std::vector<IndexedSession> sessions_of_others(Index& index, const IndexedReport& report,
                                               SessionFilter filter) {
  const std::string own = class_of(report);
  const bool is_own_class = filter.classes.empty();
  if (is_own_class) filter.classes = {own};
  std::vector<IndexedSession> sessions =
      index.sessions(filter, {&IndexedSession::digest, &IndexedSession::kernel_series});
  std::erase_if(sessions, [&](const IndexedSession& session) {
    return session.host->key == report.host.key || session.digest == report.digest ||
           (is_own_class && class_of(session) != own);  // a * in a CPU's name is any text to the filter
  });
  return sessions;
}

// Sessions ascend in time, and so do their places.
std::vector<PeerFigure> newest_of_each(const std::vector<IndexedPoint>& points, const SessionPlaces& places,
                                       const std::vector<PeerSession>& sessions) {
  std::map<std::string_view, PeerFigure> newest;  // by host
  for (const IndexedPoint& point : points) {
    const auto place = places.find(point.session);
    if (place == places.end() || !(point.time_ns > 0) || point.launches == 0) continue;
    const auto [known, is_new] = newest.try_emplace(sessions[place->second].host_key);
    if (!is_new && known->second.session > place->second) continue;
    known->second = {place->second, {point.log_mean, point.log_sd, point.launches}};
  }
  std::vector<PeerFigure> figures;
  figures.reserve(newest.size());
  for (const auto& [host, figure] : newest) figures.push_back(figure);
  return figures;
}

// The sessions by their ids: all, and the last one of each host.
struct SessionIds {
  std::vector<std::int64_t> all;
  std::vector<std::int64_t> newest;

  explicit SessionIds(const std::vector<IndexedSession>& sessions) {
    std::map<std::string_view, std::int64_t> last;
    for (const IndexedSession& session : sessions) {
      all.push_back(session.id);
      last[session.host->key] = session.id;
    }
    for (const auto& [host, id] : last) newest.push_back(id);
  }
};

// Mostly, the newest session of each host has the cell. Reading a year's sessions takes twenty times as long.
std::vector<PeerFigure> peers_in(Index& index, std::int64_t cell, const SessionIds& ids,
                                 const SessionPlaces& places, const std::vector<PeerSession>& sessions) {
  if (ids.all.empty()) return {};
  std::vector<PeerFigure> peers = newest_of_each(index.points(cell, ids.newest), places, sessions);
  if (peers.size() == ids.newest.size()) return peers;
  return newest_of_each(index.points(cell, ids.all), places, sessions);
}

// Only those that a cell refers to have their facts read.
void add_facts(Index& index, ClassMembers& members, const std::vector<IndexedSession>& sessions) {
  std::set<std::int64_t> wanted;
  for (const CellAmongPeers& cell : members.cells) {
    for (const PeerFigure& peer : cell.peers) wanted.insert(sessions[peer.session].configuration);
  }
  const auto configurations = index.configurations(wanted);
  for (std::size_t i = 0; i < sessions.size(); ++i) {
    const auto facts = configurations.find(sessions[i].configuration);
    if (facts != configurations.end()) members.sessions[i].facts = facts->second;
  }
}

}  // namespace

std::string class_of(const IndexedReport& report) {
  IndexedSession session;
  session.host = std::make_shared<const IndexedHost>(report.host);
  session.kernel_series = report.kernel_series;
  return class_of(session);
}

ClassMembers read_class_members(Index& index, const IndexedReport& report,
                                const std::vector<IndexedCell>& cells, SessionFilter filter) {
  ClassMembers members{.facts = report.configuration, .sessions = {}, .cells = {}};
  const auto sessions = sessions_of_others(index, report, std::move(filter));
  SessionPlaces places;
  for (const IndexedSession& session : sessions) {
    places[session.id] = members.sessions.size();
    members.sessions.push_back({session.host->key, session.host->name, {}});
  }
  const SessionIds ids(sessions);
  std::unordered_map<std::string_view, const IndexedResult*> own;
  for (const IndexedResult& result : report.results) own[result.name] = &result;
  for (const IndexedCell& cell : cells) {
    const auto result = own.find(cell.name);
    if (result == own.end() || result->second->launches == 0) continue;
    members.cells.push_back({cell.name,
                             cell.family,
                             {result->second->log_mean, result->second->log_sd, result->second->launches},
                             peers_in(index, cell.id, ids, places, members.sessions)});
  }
  add_facts(index, members, sessions);
  return members;
}

}  // namespace ipcbench
