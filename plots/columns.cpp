#include "plots/columns.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

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

void shorten(json& value) {
  if (value.is_array()) {
    for (json& each : value) shorten(each);
    return;
  }
  if (!value.is_number_float()) return;
  const double number = rounded(value.get<double>());
  // "3000" instead of "3000.0".
  if (std::trunc(number) == number && std::abs(number) < kExact)
    value = static_cast<std::int64_t>(number);
  else
    value = number;
}

json to_words(std::vector<json> values) {
  std::map<std::string, std::size_t> places;
  json words = json::array();
  json at = json::array();
  for (json& value : values) {
    const auto [place, is_new] = places.try_emplace(value.get_ref<const std::string&>(), words.size());
    if (is_new) words.push_back(std::move(value));
    at.push_back(place->second);
  }
  return {{"words", std::move(words)}, {"at", std::move(at)}};
}

json to_column(std::vector<json> values) {
  const auto is_first = [&](const json& value) { return value == values.front(); };
  if (std::ranges::all_of(values, is_first)) return {{"all", std::move(values.front())}};
  if (std::ranges::all_of(values, &json::is_string)) return to_words(std::move(values));
  json column = json::object();
  column["each"] = std::move(values);
  return column;
}

}  // namespace

json to_columns(std::vector<json> records) {
  std::map<std::string, std::vector<json>> values;  // by field
  for (std::size_t i = 0; i < records.size(); ++i) {
    for (auto& [field, value] : records[i].get_ref<json::object_t&>()) {
      std::vector<json>& column = values.try_emplace(field, records.size()).first->second;
      shorten(value);
      column[i] = std::move(value);
    }
  }
  json columns = json::object();
  for (auto& [field, column] : values) columns[field] = to_column(std::move(column));
  return {{"count", records.size()}, {"columns", std::move(columns)}};
}

}  // namespace ipcbench
