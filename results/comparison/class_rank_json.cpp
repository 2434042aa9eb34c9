#include <nlohmann/json.hpp>

#include "results/comparison/class_rank_view.hpp"

namespace ipcbench {
namespace {

using RankJson = nlohmann::ordered_json;

RankJson separation_json(const Separation& separation) {
  RankJson facts = RankJson::array();
  for (std::size_t i = 0; i < separation.facts.size(); ++i) {
    facts.push_back({{"name", separation.facts[i].name},
                     {"value", separation.facts[i].value},
                     {"here", separation.own[i].value}});
  }
  return {{"facts", std::move(facts)},
          {"times_as_fast", separation.times_as_fast},
          {"p", separation.p},
          {"with", separation.with},
          {"without", separation.without}};
}

RankJson separations_json(const std::vector<Separation>& separations, const std::string& cell) {
  RankJson list = RankJson::array();
  for (const Separation& each : separations) {
    if (each.cell == cell) list.push_back(separation_json(each));
  }
  return list;
}

RankJson best_quarter_json(const Standing& standing) {
  if (standing.is_among_best()) return true;
  return standing.is_behind() ? RankJson(false) : RankJson(nullptr);
}

RankJson standing_json(const Standing& standing, const std::vector<Separation>& separations) {
  return {{"cell", standing.cell},
          {"family", standing.family},
          {"machines", standing.machines},
          {"few", standing.has_few()},
          {"rank", standing.rank.rank},
          {"rank_low", standing.rank.low},
          {"rank_high", standing.rank.high},
          {"best_quarter", best_quarter_json(standing)},
          {"faster_than", standing.faster_than},
          {"time_ns", standing.time_ns},
          {"of_best", standing.of_best},
          {"of_median", standing.of_median},
          {"best_host", standing.best},
          {"facts", separations_json(separations, standing.cell)}};
}

}  // namespace

std::string class_rank_json(const ClassRankView& view) {
  const ClassRank& rank = view.rank;
  RankJson cells = RankJson::array();
  for (const Standing& standing : rank.standings) cells.push_back(standing_json(standing, rank.cell_facts));
  RankJson json{{"host", view.host},
                {"among", view.among},
                {"invalid", view.invalid},
                {"confidence", kRankConfidence},
                {"report_cells", view.cells},
                {"overall",
                 {{"machines", rank.overall.machines},
                  {"rank", rank.overall.rank},
                  {"faster_than", rank.overall.faster_than},
                  {"of_median", rank.overall.of_median},
                  {"facts", separations_json(rank.overall_facts, "")}}},
                {"cells", std::move(cells)}};
  return json.dump(2, ' ', false, RankJson::error_handler_t::replace) + '\n';
}

}  // namespace ipcbench
