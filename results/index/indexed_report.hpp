// What the index keeps of a report.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/facts.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// The machine that a report was measured on. Texts are empty where the report does not say.
struct IndexedHost {
  std::string key;   // the machine's identifier, or its name where it has none
  std::string name;  // as in the report
  std::string architecture;
  std::string cpu_model;
  std::string product;
  std::string physical_cores;
};

// A cell over all launches of a session that count, as the summary has it. Times are nanoseconds; NaN: not
// known.
struct IndexedResult {
  Cell cell;
  std::string name;  // cell_name(cell)
  std::uint32_t launches = 0;
  std::uint32_t left_out = 0;
  double log_mean = 0;  // of the launches' times: mean and standard deviation of ln(ns); NaN for one launch
  double log_sd = 0;
  double time_ns = 0;  // the median over launches, with its interval
  double low_ns = 0;
  double high_ns = 0;
  double p10_ns = 0;  // of the messages' times
  double p99_ns = 0;
  double cpu_ns = 0;     // CPU time of all ends per message
  double cpus_busy = 0;  // of all ends
  std::string marks;     // results/summary/marks.hpp
};

struct IndexedReport {
  std::string digest;  // results/report/digest.hpp
  std::string file;    // where it was read: an absolute path, without links
  IndexedHost host;
  std::string session;
  std::string started_utc;
  std::string kernel_release;
  std::string kernel_series;  // "6.18"
  std::string profile;
  bool complete = true;
  bool invalid = false;  // a doubt says that its figures cannot be trusted
  std::string version;   // the program's
  std::string commit;
  std::vector<Fact> configuration;  // the facts that influence figures: decisive_facts()
  std::vector<IndexedResult> results;
};

// The files of the reports that an index has, by their digests.
using KnownFiles = std::unordered_map<std::string, std::string>;

// A report that an index has already, and where it was read now.
struct KnownReport {
  std::string digest;
  std::string file;
};

// A report and its digest, from one reading. Throws ReportError.
std::pair<Report, std::string> read_with_digest(const std::filesystem::path& file,
                                                Dash dash = Dash::is_a_file);

// Reads a report. Throws ReportError.
IndexedReport read_for_index(const std::filesystem::path& file, Dash dash = Dash::is_a_file);
// Not more than its digest if that is among the known ones, which costs a tenth of reading it.
std::variant<IndexedReport, KnownReport> read_for_index(const std::filesystem::path& file,
                                                        const KnownFiles& known);

// The same of a report that is in memory.
IndexedReport indexed(const Report& report, std::string digest, std::string file);

}  // namespace ipcbench
