#include "plots/chart_data.hpp"

#include <algorithm>
#include <array>
#include <boost/algorithm/string/replace.hpp>
#include <cctype>
#include <cmath>
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "harness/base/cell.hpp"
#include "harness/base/mechanism_info.hpp"
#include "plots/columns.hpp"
#include "plots/comparison_data.hpp"
#include "plots/course.hpp"
#include "plots/distances.hpp"
#include "plots/distribution.hpp"
#include "results/report/metrics.hpp"
#include "results/summary/standings.hpp"
#include "results/summary/summary.hpp"
#include "results/summary/ties.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

constexpr std::string_view kParameters = "parameters";
constexpr std::array<unsigned, 4> kLaunchPermille{500, 900, 990, 999};

// A chart belongs to a pattern and shows mechanisms as lines over sizes. The reader chooses on all other
// axes.
constexpr std::array<std::string_view, 3> kDrawnAxes{"mechanism", "pattern", "size"};

std::vector<const CellAxis*> chosen_axes(Pattern pattern) {
  std::vector<const CellAxis*> axes;
  for (const CellAxis* axis : named_axes()) {
    const bool drawn = std::ranges::find(kDrawnAxes, axis->name) != kDrawnAxes.end();
    if (!drawn && (axis->applies == nullptr || axis->applies(pattern))) axes.push_back(axis);
  }
  return axes;
}

json to_numbers(const Estimate& estimate) {
  return json::array({estimate.median, estimate.low, estimate.high, estimate.confidence});
}

json to_numbers(const std::optional<Estimate>& estimate) {
  return estimate ? to_numbers(*estimate) : json(nullptr);
}

json to_number(const std::optional<double>& number) { return number ? json(*number) : json(nullptr); }

// Whole numbers keep all their digits in columns.
json to_whole_number(const std::optional<double>& number) {
  return number ? json(std::llround(*number)) : json(nullptr);
}

// A member of an optional part of the summary: only some patterns have it.
template <class Part, class Member>
json to_member(const std::optional<Part>& part, Member Part::*member) {
  return part ? json((*part).*member) : json(nullptr);
}

std::string to_text(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) {
    if (!text.empty()) text += ", ";
    text += name + "=" + std::to_string(value);
  }
  return text;
}

std::optional<double> system_calls(const SideSummary& side) {
  constexpr std::size_t kPlace = 0;
  static_assert(kCounters[kPlace].count == &SideCounts::system_calls);
  return side.counts[kPlace];
}

// A time without a value is not a number here and null in JSON.
json to_numbers(const std::vector<double>& numbers) {
  return numbers.empty() ? json(nullptr) : json(numbers);
}

json to_figures(const std::vector<LaunchFigure>& figures) {
  json numbers = json::array();
  for (const LaunchFigure& each : figures) numbers.push_back(each.figure);
  return numbers;
}

json launch_quantiles(const ReportCell& cell, const CellSummary& summary) {
  if (!times_messages(cell.cell.pattern)) return nullptr;
  json all = json::array();
  for (const Launch* launch : counted_launches(cell, summary)) {
    json values = json::array();
    for (const unsigned permille : kLaunchPermille) {
      if (const auto ns = percentile_ns(launch->measurement, permille)) values.push_back(*ns);
    }
    all.push_back(std::move(values));
  }
  return all;
}

// Ties go both ways; the earlier of two cells names the later.
json later_ones(const std::vector<std::size_t>& ties, std::size_t index) {
  json later = json::array();
  for (const std::size_t other : ties) {
    if (other > index) later.push_back(other);
  }
  return later;
}

json to_record(const CellSummary& summary) {
  const Cell& cell = summary.cell;
  json record{{"mechanism", cell.mechanism},
              {"pattern", name_of(cell.pattern)},
              {"size_bytes", cell.size_bytes},
              {kParameters, to_text(cell.parameters)},
              {"buffer_bytes", to_whole_number(summary.buffer_bytes)},
              {"launches", summary.launches},
              {"time_ns", to_numbers(summary.time_ns)},
              {"figures", to_figures(summary.figures)},
              {"messages", summary.messages},
              {"p99_ns", to_member(summary.p99, &PooledQuantile::value)},
              {"p99_low_ns", to_member(summary.p99, &PooledQuantile::low)},
              {"p99_high_ns", to_member(summary.p99, &PooledQuantile::high)},
              {"messages_per_second", to_numbers(summary.messages_per_second)},
              {"bytes_per_second", to_numbers(summary.bytes_per_second)},
              {"cpus_busy", summary.cpus_busy},
              {"producer_cpu_ns", summary.producer_cpu_ns_per_message},
              {"consumer_cpu_ns", summary.consumer_cpu_ns_per_message},
              {"producer_run_delay_ns", to_number(summary.producer.run_delay_ns)},
              {"consumer_run_delay_ns", to_number(summary.consumer.run_delay_ns)},
              {"producer_switches", summary.producer.switches},
              {"consumer_switches", summary.consumer.switches},
              {"producer_system_calls", to_number(system_calls(summary.producer))},
              {"consumer_system_calls", to_number(system_calls(summary.consumer))},
              {"lost_share", summary.lost_share},
              {"spread_between", to_number(summary.spread_between)},
              {"spread_within", to_number(summary.spread_within)},
              {"slowest_pair", to_number(summary.slowest_pair)},
              {"ends_share_cpus", summary.ends_share_cpus},
              {"not_steady", summary.not_steady},
              {"bimodal", summary.bimodal},
              {"disturbed", summary.disturbed},
              {"line_rtt_low_ns", to_member(summary.line, &LineSummary::low_ns)},
              {"line_rtt_high_ns", to_member(summary.line, &LineSummary::high_ns)},
              {"mixed_distances", to_member(summary.line, &LineSummary::mixed)},
              {"clock_bound_ns", to_member(summary.clock, &ClockCheck::bound_ns)},
              {"clocks_agree", to_member(summary.clock, &ClockCheck::agree)},
              {"offered_per_second", to_member(summary.load, &LoadSummary::offered_per_second)},
              {"unsent_share", to_member(summary.load, &LoadSummary::unsent_share)},
              {"sent_p50_ns", summary.load ? to_number(summary.load->sent_p50_ns) : json(nullptr)},
              {"lag_p50_ns", to_member(summary.load, &LoadSummary::lag_p50_ns)},
              {"lag_p99_ns", to_member(summary.load, &LoadSummary::lag_p99_ns)}};
  for (const CellAxis* axis : chosen_axes(cell.pattern)) record[axis->name] = axis->text(cell);
  return record;
}

struct LessByNumber {  // "50%" before "200" before "1000"
  bool operator()(const std::string& a, const std::string& b) const {
    return strverscmp(a.c_str(), b.c_str()) < 0;
  }
};
using Labels = std::map<std::string, std::string, LessByNumber>;  // by value

json to_axis(std::string_view field, std::string_view label, bool always, std::string_view usual,
             const Labels& labels, std::vector<std::string> order = {}) {
  if (order.empty()) {
    for (const auto& [value, text] : labels) order.push_back(value);
  }
  json values = json::array();
  for (const std::string& value : order) {
    const auto measured = labels.find(value);
    if (measured != labels.end()) values.push_back({{"value", value}, {"label", measured->second}});
  }
  return {{"field", field}, {"label", label}, {"always", always}, {"usual", usual}, {"values", values}};
}

json to_axis(const CellAxis& axis, const std::vector<const Cell*>& cells) {
  Labels labels;
  for (const Cell* cell : cells) labels.emplace(axis.text(*cell), describe_value(axis, *cell));
  std::vector<std::string> order;
  if (axis.values != nullptr) {
    for (const CellAxis::Value& value : axis.values()) order.emplace_back(value.name);
  }
  const bool in_every_name = axis.applies == nullptr && axis.naming == CellAxis::Naming::keyed;
  return to_axis(axis.name, axis.label, in_every_name, axis.usual, labels, order);
}

json to_axes(const std::vector<CellSummary>& summaries) {
  json axes = json::object();
  for (const auto& pattern : kAxis<Pattern>) {
    std::vector<const Cell*> cells;
    Labels settings;
    for (const CellSummary& summary : summaries) {
      if (summary.cell.pattern != pattern.value) continue;
      cells.push_back(&summary.cell);
      const std::string text = to_text(summary.cell.parameters);
      settings.emplace(text, text.empty() ? "defaults" : text);
    }
    if (cells.empty()) continue;
    json& described = axes[pattern.name] = json::array();
    for (const CellAxis* axis : chosen_axes(pattern.value)) described.push_back(to_axis(*axis, cells));
    described.push_back(to_axis(kParameters, "Settings", false, "", settings));
  }
  return axes;
}

json to_records(std::vector<MechanismInfo> mechanisms) {
  std::ranges::sort(mechanisms, {}, &MechanismInfo::name);
  json records = json::array();
  for (const auto& kind : kAxis<MechanismKind>) {
    for (const MechanismInfo& each : mechanisms) {
      if (each.kind != kind.value) continue;
      records.push_back({{"name", each.name},
                         {"kind", kind.label},
                         {"floor", each.kind == MechanismKind::floor},
                         {"carries_bytes", each.carries_bytes},
                         {"made_of", each.made_of}});
    }
  }
  return records;
}

std::string fact(const Report& report, std::string_view name) {
  const auto found = std::ranges::find(report.host, name, &Fact::name);
  return found == report.host.end() ? std::string() : found->value;
}

std::string kernel_of(const Report& report) {
  const std::string release = fact(report, "kernel_release");
  return release.empty() ? release : "Linux " + release;
}

json to_records(const std::vector<Omission>& omissions) {
  json records = json::array();
  for (const Omission& each : omissions) records.push_back({{"cell", each.cell}, {"reason", each.reason}});
  return records;
}

std::vector<json> to_records(const Report& report, const std::vector<CellSummary>& summaries) {
  const std::vector<std::vector<std::size_t>> tied = ties(summaries);
  std::vector<json> records;
  for (std::size_t i = 0; i < summaries.size(); ++i) {
    const Distribution distribution = distribution_of(report.cells[i], summaries[i]);
    json record = to_record(summaries[i]);
    record["ties"] = later_ones(tied[i], i);
    record["quantiles_ns"] = to_numbers(distribution.quantiles_ns);
    record["launch_quantiles_ns"] = launch_quantiles(report.cells[i], summaries[i]);
    record["histogram"] = distribution.histogram;
    record["course"] = course_of(report.cells[i], summaries[i]);
    records.push_back(std::move(record));
  }
  return records;
}

bool is_plain(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 ||
         std::string_view("-_./=,:%+@").find(character) != std::string_view::npos;
}

// Quoted for a shell.
std::string shell_command(const std::vector<std::string>& words) {
  std::string command;
  for (const std::string& word : words) {
    if (!command.empty()) command += ' ';
    const bool plain = !word.empty() && std::ranges::all_of(word, is_plain);
    command += plain ? word : "'" + boost::replace_all_copy(word, "'", R"('\'')") + "'";
  }
  return command;
}

// {questions: {NAME: question}, mechanisms: {NAME: {question's NAME: {state, answer}}}}; null if nothing was
// probed.
json to_record(const std::map<std::string, Guarantees>& guarantees) {
  if (guarantees.empty()) return nullptr;
  json questions = json::object();
  for (const auto& [guarantee, name, question] : kAxis<Guarantee>) questions[name] = question;
  json mechanisms = json::object();
  for (const auto& [mechanism, answers] : guarantees) {
    json& record = mechanisms[mechanism] = json::object();
    for (const auto& [guarantee, given] : answers)
      record[name_of(guarantee)] = {{"state", name_of(given.state)}, {"answer", given.answer}};
  }
  return {{"questions", std::move(questions)}, {"mechanisms", std::move(mechanisms)}};
}

json to_records(const std::vector<Standings>& all, const std::vector<CellSummary>& summaries) {
  json records = json::array();
  for (const Standings& each : all) {
    TextTable table = table_of(each);
    json record{
        {"title", title_of(each)}, {"cell", each.any - summaries.data()}, {"head", std::move(table.front())}};
    table.erase(table.begin());
    record["rows"] = std::move(table);
    records.push_back(std::move(record));
  }
  return records;
}

json to_record(const NamedReport& named) {
  const Report& report = named.report;
  const std::vector<CellSummary> summaries = summarise(report);
  json doubts = json::array();
  for (const Doubt& doubt : report.doubts) {
    doubts.push_back({{"level", name_of(doubt.level)}, {"what", doubt.what}, {"advice", doubt.advice}});
  }
  json facts = json::array();
  for (const Fact& each : report.host) facts.push_back({{"name", each.name}, {"value", each.value}});
  return {{"name", named.stem},
          {"host", report.context.host_name},
          {"kernel", kernel_of(report)},
          {"cpu", fact(report, "cpu_model")},
          {"date", report.session.started_utc},
          {"profile", report.session.profile},
          {"version", report.version},
          {"note", report.session.complete ? std::string() : report.session.note},
          {"command", shell_command(report.session.command)},
          {"guarantees", to_record(report.guarantees)},
          {"needs", named.needs.empty() ? json(nullptr) : json::parse(named.needs)},
          {"claims", named.claims.empty() ? json(nullptr) : json::parse(named.claims)},
          {"comparisons", nullptr},
          {"doubts", std::move(doubts)},
          {"facts", std::move(facts)},
          {"skipped", to_records(report.skipped)},
          {"failed", to_records(report.failed)},
          {"mechanisms", to_records(report.mechanisms)},
          {"axes", to_axes(summaries)},
          {"standings", to_records(standings(report, summaries), summaries)},
          {"distances", distances_of(report)},
          {"quantile_shares", kQuantileShares},
          {"cells", to_columns(to_records(report, summaries))}};
}

}  // namespace

std::string chart_data_json(const std::vector<NamedReport>& reports, const CompareOptions& options) {
  json records = json::array();
  for (const NamedReport& each : reports) records.push_back(to_record(each));
  if (!records.empty()) records[0]["comparisons"] = comparisons_of(reports, options);
  // Host names and reasons come from outside; a byte that is not UTF-8 must not prevent the charts.
  return json{{"reports", std::move(records)}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace ipcbench
