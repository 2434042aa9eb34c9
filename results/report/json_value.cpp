#include "results/report/json_value.hpp"

#include <fmt/format.h>

#include <array>
#include <cstring>

#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

// The value as found, short enough for a line.
std::string describe(const Json& json) {
  constexpr std::size_t kMaxChars = 40;
  if (json.is_object()) return "an object";
  if (json.is_array() || json.is_binary()) return "an array";
  const std::string text = json.dump(-1, ' ', true, Json::error_handler_t::replace);
  return text.size() <= kMaxChars ? text : text.substr(0, kMaxChars) + "...";
}

// As RowValues::pack_pairs says.
std::vector<std::pair<std::uint64_t, std::uint64_t>> unpacked(const Json::binary_t& bytes) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs;
  pairs.reserve(bytes.size() / (2 * sizeof(std::uint64_t)));
  for (std::size_t at = 0; at < bytes.size(); at += 2 * sizeof(std::uint64_t)) {
    std::array<std::uint64_t, 2> numbers{};
    std::memcpy(numbers.data(), bytes.data() + at, sizeof numbers);
    pairs.emplace_back(numbers[0], numbers[1]);
  }
  return pairs;
}

}  // namespace

JsonValue JsonValue::at(std::string_view key) const {
  if (auto member = find(key)) return *std::move(member);
  fail(fmt::format("the key \"{}\" is missing", key));
}

std::optional<JsonValue> JsonValue::find(std::string_view key) const {
  if (!json_->is_object()) expected("an object");
  const auto member = json_->find(key);
  if (member == json_->end()) return std::nullopt;
  return JsonValue(*member, path_of(key));
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
  if (!json_->is_object()) expected("an object");
  std::vector<std::pair<std::string, JsonValue>> members;
  for (const auto& [key, value] : json_->items()) {
    members.emplace_back(key, JsonValue(value, path_of(key)));
  }
  return members;
}

std::vector<JsonValue> JsonValue::elements() const {
  if (!json_->is_array()) expected("an array");
  std::vector<JsonValue> elements;
  elements.reserve(json_->size());
  for (const Json& element : *json_) {
    elements.emplace_back(element, fmt::format("{}[{}]", path_, elements.size()));
  }
  return elements;
}

std::string JsonValue::string() const {
  if (!json_->is_string()) expected("a string");
  return json_->get<std::string>();
}

bool JsonValue::boolean() const {
  if (!json_->is_boolean()) expected("true or false");
  return json_->get<bool>();
}

double JsonValue::number() const {
  if (!json_->is_number()) expected("a number");
  return json_->get<double>();
}

std::uint64_t JsonValue::unsigned_up_to(std::uint64_t max) const {
  if (!json_->is_number_unsigned()) expected("a whole number that is not negative");
  const auto value = json_->get<std::uint64_t>();
  if (value > max) expected(fmt::format("a whole number up to {}", max));
  return value;
}

// A number without a sign is kept as an unsigned one, which may be too large.
std::int64_t JsonValue::signed_integer() const {
  constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json_->is_number_unsigned()) return static_cast<std::int64_t>(unsigned_up_to(kMax));
  if (!json_->is_number_integer()) expected("a whole number");
  return json_->get<std::int64_t>();
}

// These are the long arrays of a report, so places are worked out only for an error.
std::vector<std::pair<std::uint64_t, std::uint64_t>> JsonValue::pairs() const {
  if (json_->is_binary()) return unpacked(json_->get_binary());
  if (!json_->is_array()) expected("an array of pairs");
  std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs;
  pairs.reserve(json_->size());
  for (const Json& pair : *json_) {
    if (!pair.is_array() || pair.size() != 2 || !pair[0].is_number_unsigned() ||
        !pair[1].is_number_unsigned()) {
      JsonValue(pair, fmt::format("{}[{}]", path_, pairs.size()))
          .expected("two whole numbers that are not negative");
    }
    pairs.emplace_back(pair[0].get<std::uint64_t>(), pair[1].get<std::uint64_t>());
  }
  return pairs;
}

// Made for every value that is read: two copies, where a format string would take most of the time of a row.
std::string JsonValue::path_of(std::string_view key) const {
  std::string path;
  path.reserve(path_.size() + 1 + key.size());
  if (!path_.empty()) path.append(path_).push_back('.');
  return path.append(key);
}

void JsonValue::fail(const std::string& problem) const {
  throw ReportError(path_.empty() ? problem : fmt::format("{}: {}", path_, problem));
}

void JsonValue::expected(std::string_view what) const {
  fail(fmt::format("expected {}, got {}", what, describe(*json_)));
}

}  // namespace ipcbench
