#include "results/report/benchmark_format.hpp"

#include <fmt/format.h>

#include <cmath>
#include <map>
#include <stdexcept>

namespace ipcbench {

using Json = nlohmann::ordered_json;

double finite(double value, std::string_view key, std::string_view owner) {
  if (std::isfinite(value)) return value;
  throw std::invalid_argument(fmt::format("{}: {} is {}, which is no measurement", owner, key, value));
}

std::vector<CellIndex> index_cells(const ReportCells& cells) {
  std::map<std::pair<std::string, Pattern>, CellIndex> next;  // by family
  std::vector<CellIndex> indices;
  for (const auto& [cell, name, launches] : cells) {
    CellIndex& index = next.try_emplace({cell.mechanism, cell.pattern}, CellIndex{next.size()}).first->second;
    indices.push_back(index);
    ++index.instance;
  }
  return indices;
}

Json context_json(const BenchmarkContext& context) {
  Json json;
  json["date"] = context.date;
  json["host_name"] = context.host_name;
  json["executable"] = context.executable;
  json["num_cpus"] = context.num_cpus;
  json["mhz_per_cpu"] = context.mhz_per_cpu;
  if (context.cpu_scaling_enabled) json["cpu_scaling_enabled"] = *context.cpu_scaling_enabled;
  Json& caches = json["caches"] = Json::array();
  for (const auto& cache : context.caches) {
    caches.push_back({{"type", cache.type},
                      {"level", cache.level},
                      {"size", cache.size_bytes},
                      {"num_sharing", cache.num_sharing}});
  }
  Json& load = json["load_avg"] = Json::array();
  for (const double value : context.load_avg) load.push_back(finite(value, "load_avg", "context"));
  json["library_build_type"] = context.library_build_type;
  json["json_schema_version"] = 1;
  return json;
}

}  // namespace ipcbench
