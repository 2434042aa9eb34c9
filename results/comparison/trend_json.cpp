#include <nlohmann/json.hpp>

#include "results/comparison/trend_view.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

Json ratio_json(const Ratio& ratio) {
  return {{"ratio", ratio.estimate}, {"low", ratio.low}, {"high", ratio.high}};
}

Json sessions_json(const History& history) {
  Json sessions = Json::array();
  for (const HistorySession& session : history.sessions) {
    sessions.push_back({{"id", session.id},
                        {"report", session.origin},
                        {"started_utc", session.started_utc},
                        {"version", session.version},
                        {"commit", session.commit}});
  }
  return sessions;
}

Json trend_json_of(const Trend& trend) {
  Json time = Json::array();
  Json low = Json::array();
  Json high = Json::array();
  for (const HistoryPoint& point : trend.points) {
    time.push_back(point.time_ns);
    low.push_back(point.low_ns);
    high.push_back(point.high_ns);
  }
  Json newest{{"verdict", name_of(trend.newest.verdict)}};
  newest.update(ratio_json(trend.newest.ratio));
  newest["p_adjusted"] = trend.newest.p_slower_adjusted;
  newest["reason"] = trend.newest.reason;
  return {{"level", name_of(trend.level)}, {"name", trend.name},         {"time_ns", std::move(time)},
          {"low_ns", std::move(low)},      {"high_ns", std::move(high)}, {"newest", std::move(newest)}};
}

Json event_json(const HostTrend& host, const LevelEvent& event) {
  Json json{{"id", event.id},
            {"level", name_of(event.level)},
            {"name", event.name},
            {"session", host.history.sessions[event.step.at].id},
            {"verdict", name_of(event.step.verdict)}};
  json.update(ratio_json(event.step.ratio));
  const auto why = host.accepted.find(event.id);
  json["p_adjusted"] = event.step.p_adjusted;
  json["last"] = event.is_last;
  json["fixed_by"] = event.fixed_at == 0 ? Json(nullptr) : Json(host.history.sessions[event.fixed_at].id);
  json["cells"] = event.cells;
  json["differs"] = event.differs;
  json["accepted"] = why == host.accepted.end() ? Json(nullptr) : Json(why->second);
  return json;
}

Json host_json(const HostTrend& host) {
  Json trends = Json::array();
  for (const Trend& trend : host.trends) trends.push_back(trend_json_of(trend));
  Json changes = Json::array();
  for (const LevelEvent& event : host.events) changes.push_back(event_json(host, event));
  const HistorySession& newest = host.history.sessions.back();
  return {{"host", newest.host},
          {"name", newest.host_name},
          {"sessions", sessions_json(host.history)},
          {"trends", std::move(trends)},
          {"changes", std::move(changes)},
          {"newest_invalid", host.newest_invalid.empty() ? Json(nullptr) : Json(host.newest_invalid)},
          {"alarms", alarms(host)}};
}

Json class_json(const OutlyingClass& each) {
  Json outlying = Json::array();
  for (const OutlyingHost& host : each.outlying) {
    outlying.push_back({{"host", host.host},
                        {"level", name_of(host.level)},
                        {"name", host.name},
                        {"ratio", host.ratio},
                        {"deviation", host.deviation}});
  }
  return {{"name", each.name}, {"hosts", each.hosts}, {"outlying", std::move(outlying)}};
}

}  // namespace

std::string trend_json(const TrendView& view) {
  Json hosts = Json::array();
  for (const HostTrend& host : view.hosts) hosts.push_back(host_json(host));
  Json classes = Json::array();
  for (const OutlyingClass& each : view.classes) classes.push_back(class_json(each));
  const Json all{{"hosts", std::move(hosts)}, {"classes", std::move(classes)}};
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string host_trend_json(const HostTrend& host) {
  return host_json(host).dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace ipcbench
