// A list of what Conbench's API takes one by one (POST /api/benchmark-results/), described by the docstrings
// of https://github.com/conbench/conbench/blob/main/benchadapt/python/benchadapt/result.py and, with what is
// required, by the schemas in conbench/entities/benchmark_result.py and hardware.py there. Conbench works out
// mean, median and quartiles from the data itself and prefers to.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>

#include "results/export/export.hpp"
#include "results/export/exported_cells.hpp"
#include "results/report/row_metrics.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

// Empty if the host did not say. A name given twice was read again later, and the later reading stands.
std::string fact(const Report& report, std::string_view name) {
  std::string value;
  for (const Fact& each : report.host) {
    if (each.name == name) value = each.value;
  }
  return value;
}

// The number that a fact begins with; 0, Conbench's word for unknown, if it begins with none.
std::uint64_t number_of(const std::string& fact) {
  std::uint64_t number = 0;
  std::from_chars(fact.data(), fact.data() + fact.size(), number);
  return number;
}

std::uint64_t cache_bytes(const BenchmarkContext& context, std::string_view type, int level) {
  for (const CacheInfo& cache : context.caches) {
    if (cache.level == level && cache.type == type) return cache.size_bytes;
  }
  return 0;
}

// Machines are told apart by name, processors and memory. What a kernel keeps for itself differs between
// versions, so Conbench's own client rounds to whole GiB, and so does this.
std::uint64_t memory_bytes(const Report& report) {
  constexpr std::uint64_t kKibPerGib = 1'048'576;
  const std::uint64_t kib = number_of(fact(report, "memory_total"));
  return (kib + kKibPerGib / 2) / kKibPerGib * kKibPerGib * 1024;
}

// Every key is required. Numbers are text, as Conbench's own client sends them.
// server's.
Json machine_info(const Report& report) {
  const BenchmarkContext& context = report.context;
  const auto cache = [&](std::string_view type, int level) {
    return std::to_string(cache_bytes(context, type, level));
  };
  const std::string max_khz = fact(report, "cpu_max_khz");
  const std::uint64_t max_hz = max_khz.empty()
                                   ? static_cast<std::uint64_t>(std::max(context.mhz_per_cpu, 0)) * 1'000'000
                                   : number_of(max_khz) * 1000;
  return {{"name", context.host_name},
          {"architecture_name", ""},  // a report does not say
          {"kernel_name", fact(report, "kernel_release")},
          {"os_name", "Linux"},
          {"os_version", fact(report, "distribution")},
          {"cpu_model_name", fact(report, "cpu_model")},
          {"cpu_l1d_cache_bytes", cache("Data", 1)},
          {"cpu_l1i_cache_bytes", cache("Instruction", 1)},
          {"cpu_l2_cache_bytes", cache("Unified", 2)},
          {"cpu_l3_cache_bytes", cache("Unified", 3)},
          {"cpu_core_count", "0"},  // a report counts threads only
          {"cpu_thread_count", std::to_string(context.num_cpus)},
          {"cpu_frequency_max_hz", std::to_string(max_hz)},
          {"memory_bytes", std::to_string(memory_bytes(report))},
          {"gpu_count", "0"},
          {"gpu_product_names", Json::array()}};
}

// One value per launch. `iterations` is the work within one of them and has 32 bits there.
Json stats(const ExportedCell& cell) {
  Json data = Json::array();
  Json times = Json::array();
  for (const Row* row : cell.launches) {
    data.push_back(time_ns(*row));
    times.push_back(row->measurement.elapsed_ns);
  }
  const std::uint64_t per_launch = messages(cell) / cell.launches.size();
  return {{"data", std::move(data)},
          {"unit", "ns"},
          {"times", std::move(times)},
          {"time_unit", "ns"},
          {"iterations", std::min<std::uint64_t>(per_launch, std::numeric_limits<std::int32_t>::max())}};
}

// What makes a case: results with the same tags are one history.
Json tags(const Cell& cell) {
  Json json{{"name", cell.mechanism}};
  for (const auto& [name, value] : axes_of(cell)) {
    if (name != "mechanism") json[name] = value;
  }
  return json;
}

// Anything else worth knowing: text only, and no part of the history.
Json info(const ExportedCell& cell, const Report& report) {
  const CellSummary& summary = cell.summary;
  Json json;
  json["cell"] = cell.name;
  json["ipcbench_version"] = report.version;
  json["compiler"] = fact(report, "compiler");
  json["profile"] = report.session.profile;
  json["complete"] = report.session.complete ? "true" : "false";
  if (is_floor(summary.cell)) json["floor"] = "true";
  json["cpu_ns_per_message"] = fmt::format("{}", cpu_ns_per_message(cell));
  if (summary.p99_ns) json["p99_ns"] = fmt::format("{}", *summary.p99_ns);
  if (measures_rate(cell))
    json["messages_per_second"] = fmt::format("{}", summary.messages_per_second->median);
  return json;
}

// Without a commit a result stands in no history; without a repository the key is left to whoever posts it.
void add_revision(Json& json, const Revision& revision) {
  if (revision.repository.empty()) return;
  json["github"] = {{"repository", revision.repository}};
  if (!revision.commit.empty()) json["github"]["commit"] = revision.commit;
}

Json result(const ExportedCell& cell, const Report& report, const Revision& revision) {
  Json json;
  json["run_id"] = report.session.id;
  json["batch_id"] = report.session.id;
  json["timestamp"] = report.session.started_utc;
  json["tags"] = tags(cell.summary.cell);
  json["stats"] = stats(cell);
  json["context"] = {{"benchmark_language", "C++"}, {"build_type", report.context.library_build_type}};
  json["info"] = info(cell, report);
  json["machine_info"] = machine_info(report);
  add_revision(json, revision);
  return json;
}

}  // namespace

std::string export_conbench(const Report& report, const Revision& revision) {
  Json json = Json::array();
  for (const ExportedCell& cell : exported_cells(report)) json.push_back(result(cell, report, revision));
  return json_file(json);
}

}  // namespace ipcbench
