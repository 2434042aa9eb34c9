// A JSON value that knows its place, read as the type that the reader expects of it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/axes.hpp"
#include "results/report/json_document.hpp"

namespace ipcbench {

// Every reading function throws ReportError ("benchmarks[3].ipc.wait: expected a string, got 5") where the
// value is not what was asked for. Refers to the JSON tree, which has to outlive it.
class JsonValue {
 public:
  JsonValue(const Json& json, std::string path) : json_(&json), path_(std::move(path)) {}

  // The member of an object: at() insists on it, find() does not.
  [[nodiscard]] JsonValue at(std::string_view key) const;
  [[nodiscard]] std::optional<JsonValue> find(std::string_view key) const;
  [[nodiscard]] std::vector<std::pair<std::string, JsonValue>> members() const;  // of an object
  [[nodiscard]] std::vector<JsonValue> elements() const;                         // of an array

  [[nodiscard]] std::string string() const;
  [[nodiscard]] bool boolean() const;
  [[nodiscard]] double number() const;
  [[nodiscard]] bool is_null() const { return json_->is_null(); }

  // A whole number that is not negative and fits the type; 1.0 is not whole in JSON text, 1 is.
  template <class Integer = std::uint64_t>
  [[nodiscard]] Integer integer() const {
    return static_cast<Integer>(unsigned_up_to(std::numeric_limits<Integer>::max()));
  }
  // A whole number that may be negative.
  [[nodiscard]] std::int64_t signed_integer() const;
  // An array of arrays of two whole numbers.
  [[nodiscard]] std::vector<std::pair<std::uint64_t, std::uint64_t>> pairs() const;

  // Throws ReportError with this value's place.
  [[noreturn]] void fail(const std::string& problem) const;

 private:
  [[nodiscard]] std::string path_of(std::string_view key) const;  // of a member
  [[nodiscard]] std::uint64_t unsigned_up_to(std::uint64_t max) const;
  [[noreturn]] void expected(std::string_view what) const;

  const Json* json_;
  std::string path_;
};

// The value of an axis by its name in harness/base/axes.hpp. Throws ReportError, which lists the names.
template <class Axis>
Axis read_axis(const JsonValue& json) {
  const std::string name = json.string();
  if (const auto value = parse_axis<Axis>(name)) return *value;
  std::string known;
  for (const auto& entry : kAxis<Axis>) known += fmt::format("{}{}", known.empty() ? "" : ", ", entry.name);
  json.fail(fmt::format("\"{:.40}\" is not one of {}", name, known));
}

}  // namespace ipcbench
