// ipcbench trend: the sessions of hosts over time, from an index.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/gate_options.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/index_selection.hpp"
#include "results/comparison/several_bases.hpp"
#include "results/comparison/trend_view.hpp"
#include "results/index/index_history.hpp"
#include "results/statistics/outlying.hpp"

namespace ipcbench {
namespace {

struct TrendArguments {
  IndexSelection selection;
  std::string settings;
  std::string accept;
  std::string why;
  std::string format = "table";
  std::string out;
  bool gate = false;
  bool require_power = false;
  bool all = false;
};

using NewestSessions = std::map<std::string_view, const IndexedSession*>;  // by host

NewestSessions newest_of(const std::vector<IndexedSession>& sessions) {
  NewestSessions newest;
  for (const IndexedSession& session : sessions) newest[session.host->key] = &session;  // ascending in time
  return newest;
}

std::map<std::string, std::string> classes_of_hosts(const std::vector<IndexedSession>& sessions) {
  std::map<std::string, std::string> classes;
  for (const auto& [host, session] : newest_of(sessions)) classes.emplace(host, class_of(*session));
  return classes;
}

// `classes` are those of the hosts.
std::vector<OutlyingClass> outlying_in(const std::map<std::string, std::string>& classes,
                                       const std::vector<History>& histories, const GateSettings& settings) {
  std::map<std::string, std::vector<const History*>> members;
  for (const History& history : histories)
    members[classes.at(history.sessions.back().host)].push_back(&history);
  std::vector<OutlyingClass> outlying;
  for (const auto& [name, hosts] : members) {
    if (hosts.size() < kFewestForOutlying) continue;
    outlying.push_back({name, hosts.size(), outlying_hosts(hosts, settings)});
  }
  return outlying;
}

// By host: the file of its newest session, if that is invalid.
std::map<std::string, std::string> newest_invalid(const std::vector<IndexedSession>& sessions) {
  std::map<std::string, std::string> files;
  for (const auto& [host, session] : newest_of(sessions)) {
    if (session->invalid) files.emplace(host, session->file);
  }
  return files;
}

// With those that are invalid, and what histories and classes need.
std::vector<IndexedSession> all_sessions(Index& index, SessionFilter filter) {
  filter.with_invalid = true;
  SessionTexts texts = history_texts();
  texts.push_back(&IndexedSession::kernel_series);
  return index.sessions(filter, texts);
}

TrendView view_of(Index& index, const TrendArguments& arguments) {
  const GateSettings settings = read_settings(arguments.settings);
  std::vector<IndexedSession> sessions = all_sessions(index, arguments.selection.sessions);
  std::map<std::string, std::string> invalid;
  if (!arguments.selection.sessions.with_invalid) {
    invalid = newest_invalid(sessions);
    std::erase_if(sessions, [](const IndexedSession& session) { return session.invalid; });
  }
  const std::map<std::string, std::string> classes = classes_of_hosts(sessions);
  std::vector<History> histories =
      read_histories(index, chosen_cells(index, arguments.selection), std::move(sessions));
  std::erase_if(histories, [](const History& history) { return history.cells.empty(); });
  if (histories.empty())
    throw UsageError(fmt::format("{}: nothing in it is selected.", arguments.selection.database),
                     "without a selection, all cells and sessions are");
  TrendView view{{}, outlying_in(classes, histories, settings)};
  view.hosts = host_trends(std::move(histories), settings, index.accepted());
  for (HostTrend& host : view.hosts) host.newest_invalid = invalid[host.history.sessions.back().host];
  return view;
}

AcceptedChange change_of(const TrendView& view, const TrendArguments& arguments) {
  for (const HostTrend& host : view.hosts) {
    const auto event = std::ranges::find(host.events, arguments.accept, &LevelEvent::id);
    if (event == host.events.end()) continue;
    const HistorySession& session = host.history.sessions[event->step.at];
    return {event->id,    session.host, std::string(name_of(event->level)),
            event->name,  session.id,   is_slower(event->step),
            arguments.why};
  }
  throw UsageError(fmt::format("--accept: there is no change '{}' in what is selected.", arguments.accept),
                   "`ipcbench trend` lists the changes with their ids");
}

Outcome accept(const TrendArguments& arguments) {
  if (arguments.why.empty()) throw UsageError("--accept: needs --why, which says what the change was");
  Index index(arguments.selection.database, Index::Access::write);
  index.accept(change_of(view_of(index, arguments), arguments));
  say(fmt::format("ipcbench: accepted {}", arguments.accept));
  return Outcome::success;
}

// What the text above it does not say.
Outcome gate_outcome(const TrendView& view, bool require_power) {
  const Verdict verdict = gate_verdict(view, require_power);
  if (verdict == Verdict::incomparable)
    say(fmt::format(
        "ipcbench: --gate: nothing is judged; a host needs {} sessions and one to be judged by them.",
        kFewestBases));
  if (verdict == Verdict::unguarded)
    say("ipcbench: --require-power: cells marked unguarded are too noisy to tell; measure more launches.");
  return outcome_of(verdict);
}

Outcome follow(const TrendArguments& arguments) {
  Index index(arguments.selection.database, Index::Access::read);
  const TrendView view = view_of(index, arguments);
  OutputFile(arguments.out)
      .write(arguments.format == "json" ? trend_json(view)
                                        : trend_text(view, arguments.all, columns_of(arguments.out)));
  return arguments.gate ? gate_outcome(view, arguments.require_power) : Outcome::success;
}

Outcome trend(const TrendArguments& arguments) {
  constexpr std::string_view kFormats[] = {"table", "json"};
  if (std::ranges::count(kFormats, arguments.format) == 0)
    throw UsageError(fmt::format("--format: '{}' is not known; allowed: table, json.", arguments.format));
  check_selection(arguments.selection);
  if (!arguments.why.empty() && arguments.accept.empty())
    throw UsageError("--why: needs --accept, which names the change");
  return arguments.accept.empty() ? follow(arguments) : accept(arguments);
}

}  // namespace

CommandAction declare_trend(CLI::App& app) {
  auto arguments = std::make_shared<TrendArguments>();
  declare_index_selection(app, arguments->selection);
  app.add_option("--settings", arguments->settings, "JSON: thresholds and families of cells, as of compare")
      ->type_name("FILE");
  app.add_option("--accept", arguments->accept,
                 "Remember in the index that this change was explained, so that it alarms no more")
      ->type_name("ID");
  app.add_option("--why", arguments->why, "With --accept: the explanation")->type_name("TEXT");
  CLI::Option* const gate =
      app.add_flag("--gate", arguments->gate,
                   "End with 1 if something became slower and nobody accepted it, 3 if there are too few "
                   "sessions, 5 if the newest session is invalid, otherwise 0");
  app.add_flag("--require-power", arguments->require_power,
               "With --gate: end with 4 if something is too noisy to tell")
      ->needs(gate);
  app.add_flag(
      "--all", arguments->all,
      "Table: the newest session of every cell, also where it is expected; of one cell, each session of "
      "each host");
  declare_format(app, arguments->format, {"table", "json"});
  app.add_option("-o,--out", arguments->out, "Where it goes (default: standard output)")->type_name("FILE");
  return [arguments](const Invocation&) { return trend(*arguments); };
}

}  // namespace ipcbench
