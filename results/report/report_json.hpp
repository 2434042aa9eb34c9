// Reports as JSON: the only code that knows the report's keys. The format is described by
// results/report/report.schema.json and is a superset of Google Benchmark's.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// The format's version: the key `schema` of the report.
inline constexpr std::uint64_t kReportSchema = 1;

// A file or text that is no report. what() is one line: the source, the place, the problem.
class ReportError : public Error {
 public:
  using Error::Error;
};

// The error as one line without control characters that starts with "origin: ".
ReportError with_origin(const ReportError& error, const std::string& origin);

// The whole report as JSON text, one row a line. Throws std::invalid_argument for NaN and Infinity, rows
// without messages or samples, and rows without a part that their pattern needs (the clocks' offset, the
// schedule). If two facts have one name, the later stands. Bytes that are not UTF-8 (in a host's or a file's
// name) are replaced.
std::string to_json(const Report& report);

// Parses a report. `origin` names the source in errors. Throws ReportError with one line that says what
// is wrong and where (file, line or JSON path): bad JSON, wrong types, another schema, duplicate launches.
Report parse_report(const std::string& text, const std::string& origin);
// The same from pieces of text, as results/report/json_document.hpp takes them.
Report parse_report(const std::function<std::string_view()>& next_piece, const std::string& origin);

// Reads and parses a regular file ("-": standard input) of at most 1 GiB less one byte. Throws ReportError.
Report read_report(const std::filesystem::path& file);

// Writes to a temporary name beside `file`, syncs, and renames: after an error (FileError: disk
// full, no permission, no such directory) nothing is left and an older file is untouched. A symbolic link
// is followed; an existing file that is not regular (a device, a directory) is refused.
void write_report(const Report& report, const std::filesystem::path& file);

}  // namespace ipcbench
