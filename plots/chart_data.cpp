#include "plots/chart_data.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

json to_numbers(const Estimate& estimate) {
  return json::array({estimate.median, estimate.low, estimate.high, estimate.confidence});
}

json to_numbers(const std::optional<Estimate>& estimate) {
  return estimate ? to_numbers(*estimate) : json(nullptr);
}

std::string to_text(const Settings& settings) {
  std::string text;
  for (const auto& [name, value] : settings) {
    if (!text.empty()) text += ", ";
    text += name + "=" + std::to_string(value);
  }
  return text;
}

std::string rate_text(const OfferedLoad& load) {
  return load.percent != 0 ? std::to_string(load.percent) + "%" : std::to_string(load.per_second);
}

json to_number(const std::optional<double>& number) { return number ? json(*number) : json(nullptr); }

// How far the numbers are to be trusted.
void add_quality(json& record, const CellSummary& summary) {
  record["spread_between"] = to_number(summary.spread_between);
  record["spread_within"] = to_number(summary.spread_within);
  record["not_steady"] = summary.not_steady;
  record["bimodal"] = summary.bimodal;
}

// What only some patterns have; text is empty and numbers are null in the others.
void add_pattern(json& record, const CellSummary& summary) {
  const Cell& cell = summary.cell;
  const bool paced = cell.pattern == Pattern::paced;
  record["rate"] = paced ? rate_text(cell.load) : "";
  record["arrivals"] = paced ? name_of(cell.load.arrivals) : "";
  record["fan"] = is_fan(cell.pattern) ? std::to_string(cell.fan) : "";
  const auto& clock = summary.clock;
  record["clock_bound_ns"] = clock ? json(clock->bound_ns) : json(nullptr);
  record["clocks_agree"] = clock ? json(clock->agree) : json(nullptr);
  const auto& load = summary.load;
  record["offered_per_second"] = load ? json(load->offered_per_second) : json(nullptr);
  record["unsent_share"] = load ? json(load->unsent_share) : json(nullptr);
  record["lag_p99_ns"] = load ? json(load->lag_p99_ns) : json(nullptr);
}

json to_record(const CellSummary& summary) {
  const Cell& cell = summary.cell;
  json record{{"mechanism", cell.mechanism},
              {"floor", is_floor(cell)},
              {"pattern", name_of(cell.pattern)},
              {"size_bytes", cell.size_bytes},
              {"wait", name_of(cell.wait)},
              {"peers", name_of(cell.peers)},
              {"cpus", name_of(cell.cpus)},
              {"payload", name_of(cell.payload)},
              {"parameters", to_text(cell.parameters)},
              {"launches", summary.launches},
              {"time_ns", to_numbers(summary.time_ns)},
              {"p99_ns", to_number(summary.p99_ns)},
              {"messages_per_second", to_numbers(summary.messages_per_second)},
              {"bytes_per_second", to_numbers(summary.bytes_per_second)},
              {"producer_cpu_ns", summary.producer_cpu_ns_per_message},
              {"consumer_cpu_ns", summary.consumer_cpu_ns_per_message},
              {"lost_share", summary.lost_share}};
  add_quality(record, summary);
  add_pattern(record, summary);
  return record;
}

std::string_view level_name(Doubt::Level level) {
  switch (level) {
    case Doubt::Level::info:
      return "info";
    case Doubt::Level::warn:
      return "warn";
    case Doubt::Level::invalid:
      return "invalid";
  }
  return "info";
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

json to_record(const NamedReport& named) {
  const Report& report = named.report;
  json cells = json::array();
  for (const CellSummary& summary : summarise(report)) cells.push_back(to_record(summary));
  json doubts = json::array();
  for (const Doubt& doubt : report.doubts) {
    doubts.push_back({{"level", level_name(doubt.level)}, {"what", doubt.what}, {"advice", doubt.advice}});
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
          {"doubts", std::move(doubts)},
          {"facts", std::move(facts)},
          {"skipped", to_records(report.skipped)},
          {"failed", to_records(report.failed)},
          {"cells", std::move(cells)}};
}

}  // namespace

std::string chart_data_json(const std::vector<NamedReport>& reports) {
  json records = json::array();
  for (const NamedReport& each : reports) records.push_back(to_record(each));
  // Host names and reasons come from outside: a byte that is not UTF-8 must not cost the whole chart.
  return json{{"reports", std::move(records)}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace ipcbench
