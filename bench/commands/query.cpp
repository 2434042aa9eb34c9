// ipcbench query: what an index of many reports says of cells.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "bench/cli/arguments.hpp"
#include "bench/cli/console.hpp"
#include "bench/cli/format_option.hpp"
#include "bench/cli/output_file.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/index_selection.hpp"
#include "harness/base/printable.hpp"
#include "harness/base/text_layout.hpp"
#include "harness/base/units.hpp"
#include "results/export/export.hpp"
#include "results/index/groups.hpp"

namespace ipcbench {
namespace {

struct QueryArguments {
  IndexSelection selection;
  bool latest = false;
  std::vector<std::string> group_by{"host"};
  std::vector<std::string> statistics{"p50", "p90", "count"};
  std::string figure = "time";
  std::string format = "table";
  std::string out;
};

struct FigureName {
  std::string_view name;
  IndexedFigure figure;
};
constexpr std::array kFigures{
    FigureName{"time", IndexedFigure::time_ns}, FigureName{"low", IndexedFigure::p10_ns},
    FigureName{"p99", IndexedFigure::p99_ns}, FigureName{"cpu", IndexedFigure::cpu_ns}};

struct Answer {
  std::vector<GroupKey> by;
  std::vector<GroupStatistic> statistics;
  std::vector<SessionGroup> groups;
};

bool is_time(const GroupStatistic& statistic) {
  return statistic.name != "count" && statistic.name != "hosts";
}

// "p50_ns", "count".
std::string column_of(const GroupStatistic& statistic) {
  return statistic.name + (is_time(statistic) ? "_ns" : "");
}

std::string answer_json(const Answer& answer) {
  auto rows = nlohmann::ordered_json::array();
  for (const SessionGroup& group : answer.groups) {
    auto& row = rows.emplace_back(nlohmann::ordered_json{{"cell", group.cell}});
    for (std::size_t i = 0; i < answer.by.size(); ++i) row[answer.by[i].name] = group.keys[i];
    for (const GroupStatistic& each : answer.statistics) {
      const double value = statistic_of(group, each);
      row[column_of(each)] = is_time(each) ? nlohmann::ordered_json(value)
                                           : nlohmann::ordered_json(static_cast<std::uint64_t>(value));
    }
    row["differing"] = group.differing;
  }
  return rows.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

std::string answer_csv(const Answer& answer) {
  std::vector<std::string> header{"cell"};
  for (const GroupKey& key : answer.by) header.emplace_back(key.name);
  for (const GroupStatistic& each : answer.statistics) header.push_back(column_of(each));
  header.emplace_back("differing");
  std::string text = csv_line(header);
  for (const SessionGroup& group : answer.groups) {
    std::vector<std::string> row{group.cell};
    std::ranges::copy(group.keys, std::back_inserter(row));
    for (const GroupStatistic& each : answer.statistics)
      row.push_back(fmt::format("{}", statistic_of(group, each)));
    row.push_back(fmt::format("{}", fmt::join(group.differing, " ")));
    text += csv_line(row);
  }
  return text;
}

std::string shown(const GroupStatistic& statistic, double value) {
  return is_time(statistic) ? format_duration_ns(value) : fmt::format("{}", value);
}

// What the groups pool although it may decide their figures, below the table.
std::string differing_text(const Answer& answer, std::size_t columns) {
  std::set<std::string> facts;
  std::size_t groups = 0;
  for (const SessionGroup& group : answer.groups) {
    facts.insert(group.differing.begin(), group.differing.end());
    groups += group.differing.empty() ? 0U : 1U;
  }
  if (groups == 0) return "";
  return "\n" +
         wrap_paragraph("",
                        fmt::format("* {} of {} pool sessions that differ in facts which influence "
                                    "figures: {}.",
                                    groups, counted(answer.groups.size(), "group"), fmt::join(facts, ", ")),
                        columns);
}

std::string answer_table(const Answer& answer) {
  const std::size_t columns = output_style().columns;
  std::vector<std::vector<std::string>> rows(1, {"Cell"});
  for (const GroupKey& key : answer.by) rows[0].emplace_back(key.name);
  for (const GroupStatistic& each : answer.statistics) rows[0].push_back(each.name);
  for (const SessionGroup& group : answer.groups) {
    std::vector<std::string> row{printable_line(group.cell)};
    for (const std::string& key : group.keys) row.push_back(printable_line(key));
    for (const GroupStatistic& each : answer.statistics)
      row.push_back(shown(each, statistic_of(group, each)));
    if (!group.differing.empty()) row.back() += '*';
    rows.push_back(std::move(row));
  }
  return align_columns(rows, columns) + differing_text(answer, columns);
}

struct AnswerFormat {
  std::string_view name;
  std::string (*write)(const Answer& answer);
};
constexpr std::array kAnswerFormats{AnswerFormat{"table", answer_table}, AnswerFormat{"json", answer_json},
                                    AnswerFormat{"csv", answer_csv}};

// What --group-by takes.
std::vector<std::string> key_names() {
  std::vector<std::string> names;
  for (const GroupKey& key : group_keys()) names.emplace_back(key.name);
  names.emplace_back("none");
  return names;
}

std::vector<GroupKey> keys_of(const std::vector<std::string>& texts) {
  std::vector<GroupKey> keys;
  for (const std::string& name : parse_names("--group-by", texts, key_names())) {
    const auto key = std::ranges::find(group_keys(), name, &GroupKey::name);
    if (key != group_keys().end()) keys.push_back(*key);
  }
  return keys;
}

std::vector<GroupStatistic> statistics_of(const std::vector<std::string>& texts) {
  std::vector<GroupStatistic> statistics;
  for (const std::string& name : split_list("--stat", texts)) {
    const auto statistic = parse_statistic(name);
    if (!statistic)
      throw UsageError(
          fmt::format("--stat: '{}' is not known; allowed: p0 to p100, count, hosts, min, max.", name));
    statistics.push_back(*statistic);
  }
  return statistics;
}

Outcome query(const QueryArguments& arguments) {
  const AnswerFormat& format = parse_choice("--format", arguments.format, kAnswerFormats);
  Answer answer{keys_of(arguments.group_by), statistics_of(arguments.statistics), {}};
  const Grouping grouping{answer.by, parse_choice("--of", arguments.figure, kFigures).figure,
                          arguments.latest};
  check_selection(arguments.selection);
  const auto open = [&] {
    return std::make_unique<Index>(arguments.selection.database, Index::Access::read);
  };
  const auto index = open();
  const std::vector<IndexedCell> cells = chosen_cells(*index, arguments.selection);
  answer.groups =
      grouped(open, cells, index->sessions(arguments.selection.sessions, texts_of(answer.by)), grouping);
  if (answer.groups.empty())
    throw UsageError(fmt::format("{}: nothing in it is selected.", arguments.selection.database),
                     "without a selection, all cells and sessions are");
  OutputFile(arguments.out).write(format.write(answer));
  return Outcome::success;
}

}  // namespace

CommandAction declare_query(CLI::App& app) {
  auto arguments = std::make_shared<QueryArguments>();
  declare_index_selection(app, arguments->selection);
  app.add_flag("--latest", arguments->latest, "Of each host and cell only the newest of those sessions");
  app.add_option("--group-by", arguments->group_by,
                 fmt::format("What the sessions of a cell are grouped by: {}", fmt::join(key_names(), ", ")))
      ->type_name("KEY,...")
      ->allow_extra_args(false)
      ->capture_default_str();
  app.add_option("--stat", arguments->statistics,
                 "What is said of a group's sessions: p0 to p100, count, hosts, min, max")
      ->type_name("NAME,...")
      ->allow_extra_args(false)
      ->capture_default_str();
  app.add_option(
         "--of", arguments->figure,
         "The figure of a session: the median time over its launches, the 10th or 99th percentile of its "
         "messages, or the CPU time per message")
      ->type_name("time|low|p99|cpu")
      ->capture_default_str();
  declare_format(app, arguments->format, {"table", "json", "csv"});
  declare_csv(app, arguments->format);
  app.add_option("-o,--out", arguments->out, "Where it goes (default: standard output)")->type_name("FILE");
  return [arguments](const Invocation&) { return query(*arguments); };
}

}  // namespace ipcbench
