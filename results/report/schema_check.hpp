// Whether a report keeps to report.schema.json. The program carries the schema within it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "results/report/json_document.hpp"

namespace ipcbench {

// Whether this program can check: it was built with valijson (https://github.com/tristanpenman/valijson).
bool can_check_schema();

// The text of report.schema.json.
std::string_view report_schema_file();

// Checks a report part by part, so that a large one is never in memory as a whole.
class SchemaCheck {
 public:
  // Throws FileError where the program was built without valijson.
  SchemaCheck();
  ~SchemaCheck();
  SchemaCheck(const SchemaCheck&) = delete;
  SchemaCheck& operator=(const SchemaCheck&) = delete;

  // Each throws ReportError with the place: "benchmarks[3].ipc.wait: Failed to match against any enum
  // values".
  void check_row(const Json& row, std::size_t index) const;
  // The report without its rows: parse_document() leaves their array empty.
  void check_frame(const Json& frame) const;

 private:
  class Validator;
  std::unique_ptr<Validator> validator_;
};

}  // namespace ipcbench
