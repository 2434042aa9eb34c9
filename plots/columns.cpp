#include "plots/columns.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <string>

namespace ipcbench {
namespace {

using nlohmann::json;

constexpr int kSignificant = 5;
constexpr double kExact = 9e15;  // whole numbers up to here are exact as doubles

double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  // Powers of ten are exact, those below one are not.
  const double places = kSignificant - 1 - std::floor(std::log10(std::abs(value)));
  const double power = std::pow(10, std::abs(places));
  return places < 0 ? std::round(value / power) * power : std::round(value * power) / power;
}

json shortened(const json& value) {
  if (value.is_array()) {
    json array = json::array();
    for (const json& each : value) array.push_back(shortened(each));
    return array;
  }
  if (!value.is_number_float()) return value;
  const double number = rounded(value.get<double>());
  // "3000" instead of "3000.0".
  if (std::trunc(number) == number && std::abs(number) < kExact) return static_cast<std::int64_t>(number);
  return number;
}

json to_words(const std::vector<json>& values) {
  std::map<std::string, std::size_t> places;
  json words = json::array();
  json at = json::array();
  for (const json& value : values) {
    const auto [place, is_new] = places.try_emplace(value.get<std::string>(), words.size());
    if (is_new) words.push_back(value);
    at.push_back(place->second);
  }
  return {{"words", std::move(words)}, {"at", std::move(at)}};
}

json to_column(const std::vector<json>& values) {
  const auto is_first = [&](const json& value) { return value == values.front(); };
  if (std::ranges::all_of(values, is_first)) return {{"all", values.front()}};
  if (std::ranges::all_of(values, &json::is_string)) return to_words(values);
  return {{"each", values}};
}

}  // namespace

json to_columns(const std::vector<json>& records) {
  std::set<std::string> fields;
  for (const json& record : records) {
    for (const auto& [field, value] : record.items()) fields.insert(field);
  }
  json columns = json::object();
  for (const std::string& field : fields) {
    std::vector<json> values;
    values.reserve(records.size());
    for (const json& record : records) {
      values.push_back(record.contains(field) ? shortened(record.at(field)) : json(nullptr));
    }
    columns[field] = to_column(values);
  }
  return {{"count", records.size()}, {"columns", std::move(columns)}};
}

}  // namespace ipcbench
