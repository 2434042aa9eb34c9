#include <cmath>

#include "results/comparison/reproduction.hpp"
#include "results/report/json_document.hpp"

namespace ipcbench {
namespace {

Json reproduced_number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }

Json reproduced_side_json(const ComparedSide& side) {
  return {{"report", side.origin},
          {"session", side.session.id},
          {"host", side.host_name},
          {"version", side.version},
          {"started_utc", side.session.started_utc}};
}

Json reproduced_cell_json(const ReproducedCell& cell) {
  const Finding& finding = cell.finding;
  return {{"cell", finding.name},
          {"verdict", name_of(cell.verdict)},
          {"reason", cell.reason},
          {"ratio", reproduced_number(finding.ratio.estimate)},
          {"low", reproduced_number(finding.ratio.low)},
          {"high", reproduced_number(finding.ratio.high)},
          {"base_ns", reproduced_number(finding.base_ns)},
          {"new_ns", reproduced_number(finding.new_ns)},
          {"base_launches", finding.base_launches},
          {"new_launches", finding.new_launches},
          {"p_reproduced", cell.p_reproduced},
          {"p_differs", cell.p_differs},
          {"base_line_rtt_ns", reproduced_number(cell.base_line_ns)},
          {"new_line_rtt_ns", reproduced_number(cell.new_line_ns)}};
}

Json omissions_json(const std::vector<Omission>& omissions) {
  Json json = Json::array();
  for (const Omission& each : omissions) json.push_back({{"cell", each.cell}, {"reason", each.reason}});
  return json;
}

Json floors_json(const std::vector<FloorPair>& floors) {
  Json json = Json::array();
  for (const FloorPair& each : floors) {
    json.push_back({{"name", each.name},
                    {"base_ns", each.base_ns},
                    {"new_ns", each.new_ns},
                    {"ratio", each.new_ns / each.base_ns}});
  }
  return json;
}

Json counts_json(const Reproduction& reproduction) {
  return {{"reproduced", reproduction.count(Reproduced::reproduced)},
          {"differs", reproduction.count(Reproduced::differs)},
          {"too_weak", reproduction.count(Reproduced::too_weak)},
          {"not_possible", reproduction.not_possible.size()},
          {"failed", reproduction.failed.size()},
          {"not_measured", reproduction.not_measured.size()}};
}

}  // namespace

std::string reproduction_json(const Reproduction& reproduction) {
  Json json{{"base", reproduced_side_json(reproduction.base)},
            {"new", reproduced_side_json(reproduction.candidate)},
            {"rule",
             {{"within", reproduction.within},
              {"error_rate", reproduction.error_rate},
              {"session_sd", reproduced_number(reproduction.session_sd)},
              {"session_sd_from", reproduction.session_sd_from}}},
            {"counts", counts_json(reproduction)},
            {"cells", Json::array()},
            {"not_possible", omissions_json(reproduction.not_possible)},
            {"failed", omissions_json(reproduction.failed)},
            {"not_measured", omissions_json(reproduction.not_measured)},
            {"differing_facts", reproduction.facts},
            {"floors", floors_json(reproduction.floors)},
            {"doubts", Json::array()},
            {"invalid", reproduction.invalid}};
  for (const ReproducedCell& cell : reproduction.cells) json["cells"].push_back(reproduced_cell_json(cell));
  for (const Doubt& doubt : reproduction.doubts) {
    json["doubts"].push_back(
        {{"level", name_of(doubt.level)}, {"what", doubt.what}, {"advice", doubt.advice}});
  }
  return json_text(json, 2) + '\n';
}

}  // namespace ipcbench
