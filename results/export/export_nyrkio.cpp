// The body of a POST to Nyrkiö's /api/v0/result/TEST: one result with a metric for each cell,
// https://github.com/nyrkio/nyrkio/blob/main/docs/source/api-reference/data-models.md. The server
// (backend/db/db.py there) refuses results that lack repository, branch or commit. Names of metrics are
// documented as short and plain; neither the server nor its GitHub action holds anybody to that, and a
// shortened name would stand for several cells.
#include <fmt/format.h>

#include <ctime>
#include <stdexcept>

#include "results/export/export.hpp"
#include "results/export/exported_cells.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

// From "2026-01-31T12:34:56Z".
std::int64_t seconds_since_1970(const std::string& utc) {
  std::tm time{};
  const char* end = strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%SZ", &time);
  if (end == nullptr || *end != '\0')
    throw std::invalid_argument(fmt::format("session.started_utc: '{}' is no time", utc));
  return timegm(&time);
}

// The place in the history is that of the commit, whenever it was measured.
std::int64_t timestamp_s(const Report& report, const Revision& revision) {
  return revision.commit_time_s ? *revision.commit_time_s : seconds_since_1970(report.session.started_utc);
}

void add_metrics(Json& metrics, const ExportedCell& cell) {
  metrics.push_back({{"name", cell.name},
                     {"unit", "ns"},
                     {"value", cell.summary.time_ns.median},
                     {"direction", "lower_is_better"}});
  if (!measures_rate(cell)) return;
  metrics.push_back({{"name", cell.name + "/messages_per_second"},
                     {"unit", "messages/s"},
                     {"value", cell.summary.messages_per_second->median},
                     {"direction", "higher_is_better"}});
}

Json extra_info(const Report& report, const std::vector<ExportedCell>& cells) {
  Json floors = Json::array();
  for (const ExportedCell& cell : cells) {
    if (is_floor(cell.summary.cell)) floors.push_back(cell.name);
  }
  return {{"ipcbench_version", report.version},
          {"session", report.session.id},
          {"host_name", report.context.host_name},
          {"profile", report.session.profile},
          {"started_utc", report.session.started_utc},
          {"complete", report.session.complete},
          {"floors", std::move(floors)}};
}

}  // namespace

std::string export_nyrkio(const Report& report, const Revision& revision) {
  const std::vector<ExportedCell> cells = exported_cells(report);
  Json result;
  result["timestamp"] = timestamp_s(report, revision);
  Json& metrics = result["metrics"] = Json::array();
  for (const ExportedCell& cell : cells) add_metrics(metrics, cell);
  result["attributes"] = {
      {"git_repo", revision.repository}, {"branch", revision.branch}, {"git_commit", revision.commit}};
  result["extra_info"] = extra_info(report, cells);
  return json_file(Json::array({std::move(result)}));
}

}  // namespace ipcbench
