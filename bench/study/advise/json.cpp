// The answer as JSON. ADVICE.md describes the keys.
#include "bench/study/advise/advice.hpp"
#include "bench/study/parts/rendering.hpp"

namespace ipcbench {
namespace {

using Json = nlohmann::ordered_json;

Json estimate_json(double value, double low, double high) {
  return {{"value", value}, {"low", low}, {"high", high}};
}
Json estimate_json(const Estimate& estimate) {
  return estimate_json(estimate.median, estimate.low, estimate.high);
}

Json stream_json(const StreamFigures& each) {
  Json json{{"size_bytes", each.stream.size_bytes}, {"per_second", each.stream.per_second}};
  if (each.p50_ns.median > 0) json["p50_ns"] = estimate_json(each.p50_ns);
  if (each.p99_ns) json["p99_ns"] = estimate_json(each.p99_ns->value, each.p99_ns->low, each.p99_ns->high);
  json["unsent_share"] = each.unsent_share;
  return json;
}

Json load_json(const Load& load) {
  Json json{{"streams", Json::array()}, {"p50_ns", estimate_json(load.p50_ns)}};
  for (const StreamFigures& each : load.streams) json["streams"].push_back(stream_json(each));
  json["cpus"] = estimate_json(load.cpus);
  json["receiver_cpus"] = estimate_json(load.receiver_cpus);
  json["sender_cpus"] = estimate_json(load.sender_cpus);
  json["cpus_at_most"] = load.cpus_at_most;
  json["lost_share"] = load.lost_share;
  return json;
}

void add_way(Json& json, const Way& way) {
  json["mechanism"] = way.mechanism;
  json["wait"] = name_of(way.wait);
  json["parameters"] = way.parameters;
}

Json expectation_json(const Expectation& expectation) {
  Json json;
  add_way(json, expectation.way);
  json["links"] = Json::array();
  for (const Load& load : expectation.links) json["links"].push_back(load_json(load));
  json["cpus"] = expectation.cpus();
  return json;
}

Json expectations_json(const std::vector<Expectation>& expectations) {
  Json json = Json::array();
  for (const Expectation& each : expectations) json.push_back(expectation_json(each));
  return json;
}

Json requirement_json(const Requirement& requirement) {
  Json json{{"streams", Json::array()}, {"peers", name_of(requirement.peers)}};
  for (const MessageStream& stream : requirement.streams)
    json["streams"].push_back({{"size_bytes", stream.size_bytes}, {"per_second", stream.per_second}});
  json["links"] = requirement.mix.empty() ? "each" : "one";
  json["needs"] = Json::array();
  for (const Need* need : requirement.needs) json["needs"].push_back(need->name);
  if (requirement.max_p99_ns) json["max_p99_ns"] = *requirement.max_p99_ns;
  if (requirement.max_cpus) json["max_cpus"] = *requirement.max_cpus;
  json["cpus"] = name_of(requirement.cpus);
  json["waits"] = Json::array();
  for (const Wait wait : requirement.waits) json["waits"].push_back(name_of(wait));
  return json;
}

Json differences_json(const Advice& advice) {
  Json json = Json::array();
  for (const Difference& difference : advice.differences) {
    Json answers = Json::object();
    for (const auto& [mechanism, found] : difference.answers) answers[mechanism] = found;
    json.push_back({{"guarantee", name_of(difference.guarantee)}, {"answers", answers}});
  }
  return json;
}

Json alternatives_json(const Advice& advice) {
  Json json = Json::array();
  for (const Alternative& each : advice.alternatives) {
    Json& one = json.emplace_back(Json{{"mechanism", each.mechanism}, {"takes", each.takes}});
    if (each.expectation) one["expectation"] = expectation_json(*each.expectation);
  }
  return json;
}

Json settings_json(const Advice& advice) {
  Json json = Json::array();
  for (const OtherSetting& other : advice.settings) {
    Json& one = json.emplace_back();
    add_way(one, other.way);
    one["load"] = load_json(other.load);
    one["tied"] = other.tied;
  }
  return json;
}

}  // namespace

std::string advice_json(const Advice& advice, const Requirement& requirement, const std::string& command) {
  Json json{
      {"version", IPCBENCH_VERSION}, {"requirement", requirement_json(requirement)}, {"fits", advice.fits()}};
  if (advice.best) json["best"] = expectation_json(*advice.best);
  json["by_design"] = advice.by_design;
  json["tied"] = expectations_json(advice.tied);
  json["differences"] = differences_json(advice);
  json["others"] = expectations_json(advice.others);
  json["alternatives"] = alternatives_json(advice);
  json["settings"] = settings_json(advice);
  json["excluded"] = advice.excluded;
  json["not_possible"] = advice.not_possible;
  json["variants"] = advice.variants;
  json["left_out_launches"] = advice.left_out;
  json["unmeasured"] = advice.unmeasured;
  if (!advice.unmeasured.empty()) json["command"] = command;
  return json_text(json);
}

}  // namespace ipcbench
