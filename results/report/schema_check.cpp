#include "results/report/schema_check.hpp"

#include <fmt/format.h>

#include "harness/base/error.hpp"
#include "results/report/report_json.hpp"

#ifndef IPCBENCH_WITHOUT_SCHEMA_CHECK
#include <limits>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>
#endif

namespace ipcbench {

#ifdef IPCBENCH_WITHOUT_SCHEMA_CHECK

class SchemaCheck::Validator {};

bool can_check_schema() { return false; }

SchemaCheck::SchemaCheck() {
  throw FileError("this ipcbench was built without the library that checks schemas",
                  "install valijson (apt-get install libvalijson-dev) and build again");
}
SchemaCheck::~SchemaCheck() = default;
void SchemaCheck::check_row(const Json& /*row*/, std::size_t /*index*/) const {}
void SchemaCheck::check_frame(const Json& /*frame*/) const {}

#else

namespace {

using PlainJson = nlohmann::json;  // the library has no adapter for objects that keep their order
using valijson::adapters::NlohmannJsonAdapter;

// The library reads whole numbers as signed ones. No bound of the schema is that large, so the largest
// of those stands for all above it.
void limit_numbers(PlainJson& json) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  if (json.is_number_unsigned() && json.get<std::uint64_t>() > static_cast<std::uint64_t>(kMost))
    json = kMost;
  if (!json.is_structured()) return;
  for (PlainJson& part : json) limit_numbers(part);
}

// "<root>", "[ipc]", "[histogram]", "[0]" -> ".ipc.histogram[0]".
std::string place_of(const std::vector<std::string>& context) {
  std::string place;
  for (const std::string& part : context) {
    if (!part.starts_with('[')) continue;
    const bool is_index = part.find_first_not_of("0123456789[]") == std::string::npos;
    place += is_index ? part : "." + part.substr(1, part.size() - 2);
  }
  return place;
}

}  // namespace

class SchemaCheck::Validator {
 public:
  // part: what the text of the schema says of it.
  explicit Validator(const PlainJson& whole)
      : frame_(schema_of(whole)),
        row_(schema_of({{"$ref", "#/definitions/row"}, {"definitions", whole.at("definitions")}})) {}

  void check_frame(const Json& json) const { check(json, frame_, ""); }
  void check_row(const Json& json, const std::string& place) const { check(json, row_, place); }

 private:
  using Schema = std::unique_ptr<valijson::Schema>;

  static Schema schema_of(const PlainJson& json) {
    auto schema = std::make_unique<valijson::Schema>();
    valijson::SchemaParser().populateSchema(NlohmannJsonAdapter(json), *schema);
    return schema;
  }

  static void check(const Json& json, const Schema& schema, const std::string& place) {
    PlainJson plain = json;
    limit_numbers(plain);
    valijson::ValidationResults results;
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    if (validator.validate(*schema, NlohmannJsonAdapter(plain), &results)) return;
    valijson::ValidationResults::Error first;
    results.popError(first);
    std::string where = place + place_of(first.context);
    if (where.starts_with('.')) where.erase(0, 1);
    throw ReportError(fmt::format("{}{}{}", where, where.empty() ? "" : ": ", first.description));
  }

  Schema frame_;
  Schema row_;
};

bool can_check_schema() { return true; }

SchemaCheck::SchemaCheck()
    : validator_(std::make_unique<Validator>(PlainJson::parse(report_schema_file()))) {}
SchemaCheck::~SchemaCheck() = default;

void SchemaCheck::check_row(const Json& row, std::size_t index) const {
  validator_->check_row(row, fmt::format("benchmarks[{}]", index));
}
void SchemaCheck::check_frame(const Json& frame) const { validator_->check_frame(frame); }

#endif

}  // namespace ipcbench
