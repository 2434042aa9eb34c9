#include <nlohmann/json.hpp>
#include <set>

#include "bench/study/advise/needs.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

constexpr std::int64_t kNever = -1;

std::set<std::size_t> sizes_of(const Report& report) {
  std::set<std::size_t> sizes;
  for (const ReportCell& each : report.cells) sizes.insert(each.cell.size_bytes);
  return sizes;
}

// A need that short messages meet may be missed by longer ones, never the other way round.
std::int64_t longest_met(const Need& need, const Guarantees& answers, const std::set<std::size_t>& sizes) {
  std::int64_t longest = kNever;
  for (const std::size_t size : sizes) {
    if (need.satisfied(answers, size)) longest = static_cast<std::int64_t>(size);
  }
  return longest;
}

json to_record(const Need& need, const Report& report, const std::set<std::size_t>& sizes) {
  json asked = json::array();
  for (const Guarantee guarantee : need.asks) asked.push_back(name_of(guarantee));
  json met = json::object();
  for (const auto& [mechanism, answers] : report.guarantees) {
    met[mechanism] = longest_met(need, answers, sizes);
  }
  return {{"name", need.name}, {"words", need.words}, {"guarantees", asked}, {"met", met}};
}

}  // namespace

std::string needs_json(const Report& report) {
  const std::set<std::size_t> sizes = sizes_of(report);
  json records = json::array();
  for (const Need& need : needs()) records.push_back(to_record(need, report, sizes));
  return records.dump();
}

}  // namespace ipcbench
