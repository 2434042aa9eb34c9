// The histories of hosts for people and for programs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "results/comparison/level_events.hpp"
#include "results/comparison/outlying_hosts.hpp"

namespace ipcbench {

struct HostTrend {
  History history;
  std::vector<Trend> trends;
  std::vector<LevelEvent> events;
  std::map<std::string, std::string> accepted;  // by the id of an event: why
  // The file of the host's newest session, if that is invalid and therefore not in the history.
  std::string newest_invalid;
};

// What is known of a host without what anybody said of it.
HostTrend host_trend(History history, const GateSettings& settings);

struct OutlyingClass {
  std::string name;
  std::size_t hosts = 0;
  std::vector<OutlyingHost> outlying;
};

struct TrendView {
  std::vector<HostTrend> hosts;
  std::vector<OutlyingClass> classes;
};

// Whether something alarms: a change to slower that counts, is the last of its level, and was not accepted;
// or the newest session of something that regressed.
bool alarms(const HostTrend& host);

// The answer of the gate: invalid where the newest session of a host is; incomparable if no host has sessions
// enough to judge the newest by; regressed if a host alarms; with require_power unguarded if something gated
// is too noisy to tell; otherwise unchanged.
Verdict gate_verdict(const TrendView& view, bool require_power);

// What changed. Of a single host also each session, where there is one cell; `all`: that of each host, and
// every row of the histories. At most so many columns, unless a name is longer.
std::string trend_text(const TrendView& view, bool all, std::size_t columns);

// {"hosts": [{"host", "name", "sessions": [{"id", "report", "started_utc", "version", "commit"}], "trends":
// [{"level", "name", "time_ns", "low_ns", "high_ns": [number or null], "newest": {"verdict", "ratio", "low",
// "high", "p_adjusted", "reason"}}], "changes": [{"id", "level", "name", "session", "verdict", "ratio",
// "low", "high", "p_adjusted", "last", "fixed_by": session or null, "cells", "differs", "accepted": why or
// null}], "newest_invalid": file
// or null, "alarms"}], "classes":
// [{"name", "hosts", "outlying": [{"host", "level", "name", "ratio", "deviation"}]}]}
std::string trend_json(const TrendView& view);

// One of those hosts, without white space.
std::string host_trend_json(const HostTrend& host);

}  // namespace ipcbench
