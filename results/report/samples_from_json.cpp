// Reading samples: from the flat figures of the rows, without their histograms.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "results/report/input_file.hpp"
#include "results/report/report_json.hpp"
#include "results/report/row_from_json.hpp"
#include "results/report/samples.hpp"

namespace ipcbench {
namespace {

constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

double at_least_zero(const JsonValue& json) {
  const double number = json.number();
  if (number < 0) json.fail(fmt::format("{} is below 0", number));
  return number;
}

// 0 is shorter than the clock could tell, which is nothing to compare.
double read_time_or_none(const std::optional<JsonValue>& json) {
  const double time = json ? at_least_zero(*json) : 0;
  return time > 0 ? time : kNoFigure;
}

MetricValues values_of(double time_ns, double low_ns, double tail_ns, double cpu_ns) {
  MetricValues values{};
  values[place_of(Metric::time)] = time_ns;
  values[place_of(Metric::low)] = low_ns;
  values[place_of(Metric::tail)] = tail_ns;
  values[place_of(Metric::cpu)] = cpu_ns;
  return values;
}

// Google Benchmark's units.
double unit_ns(const JsonValue& row) {
  const auto unit = row.find("time_unit");
  if (!unit) return 1;
  const std::string name = unit->string();
  constexpr std::pair<const char*, double> kUnits[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
  for (const auto& [known, ns] : kUnits) {
    if (name == known) return ns;
  }
  unit->fail(fmt::format("\"{:.40}\" is not one of ns, us, ms, s", name));
}

std::string text_or(const JsonValue& json, std::string_view key, const std::string& otherwise) {
  const auto text = json.find(key);
  return text ? text->string() : otherwise;
}

bool is_true(const JsonValue& json, std::string_view key) {
  const auto flag = json.find(key);
  return flag && flag->boolean();
}

// Collects the rows of one report, of either kind; which of the two it is shows only at its end, so that the
// first mistake in a row waits for it.
class SampleReader {
 public:
  void read(const Json& json, std::size_t index) {
    if (error_) return;
    try {
      add({json, fmt::format("benchmarks[{}]", index)}, index);
    } catch (const ReportError& error) {
      error_ = error;
    }
  }

  void finish(SampledReport& report) {
    if (error_) throw ReportError(*error_);
    check_kind(report.plain);
    for (CellReader& reader : cells_) {
      use_aggregate(reader);
      if (reader.cell.samples.empty()) continue;
      std::ranges::sort(reader.cell.samples, {}, &Sample::launch);
      report.cells.push_back(std::move(reader.cell));
    }
    report.failed.insert(report.failed.end(), failed_.begin(), failed_.end());
    report.skipped.insert(report.skipped.end(), skipped_.begin(), skipped_.end());
  }

 private:
  struct CellReader {
    SampledCell cell;
    std::unordered_map<std::uint32_t, std::size_t> seen;  // launch, index of its row
    std::optional<MetricValues> median;                   // aggregates of Google Benchmark's
    std::optional<MetricValues> mean;
  };

  void add(const JsonValue& row, std::size_t index) {
    if (const auto ipc = row.find("ipc")) {
      if (!first_ours_) first_ours_ = index;
      add_launch(row, *ipc, index);
    } else {
      if (!first_plain_) first_plain_ = index;
      add_plain(row, index);
    }
  }

  void add_launch(const JsonValue& row, const JsonValue& ipc, std::size_t index) {
    const Cell cell = cell_from_json(ipc);
    const std::string name = cell_name(cell);
    if (row.at("name").string() != name + "/real_time") {
      row.at("name").fail(fmt::format("does not agree with `ipc`, which says {}/real_time", name));
    }
    if (row.at("time_unit").string() != "ns") row.at("time_unit").fail("is not \"ns\"");
    CellReader& reader = reader_of(name);
    if (reader.seen.empty()) {
      reader.cell.family = family_name(cell);
      reader.cell.mechanism = cell.mechanism;
      reader.cell.pinned = cell.cpus != Cpus::free;
    }
    const Sample sample{
        .launch = row.at("repetition_index").integer<std::uint32_t>(),
        .ns = values_of(read_time_or_none(row.at("real_time")), read_time_or_none(row.find("p10_ns")),
                        read_time_or_none(row.find("p99_ns")), at_least_zero(row.at("cpu_time"))),
        .steady = !ipc.find("steady") || ipc.at("steady").boolean()};
    add_sample(reader, sample, row, index);
  }

  // A row of Google Benchmark's own: a launch, an aggregate of several, or an error.
  void add_plain(const JsonValue& row, std::size_t index) {
    const auto run_name = row.find("run_name");
    const std::string name = run_name ? run_name->string() : row.at("name").string();
    if (is_true(row, "error_occurred")) {
      failed_.push_back({name, text_or(row, "error_message", "an error without a message")});
    } else if (is_true(row, "skipped")) {
      skipped_.push_back({name, text_or(row, "skip_message", "skipped without a message")});
    } else if (text_or(row, "run_type", "iteration") == "aggregate") {
      read_aggregate(row, plain_reader_of(name));
    } else {
      add_iteration(row, name, index);
    }
  }

  void add_iteration(const JsonValue& row, const std::string& name, std::size_t index) {
    const MetricValues ns = plain_values(row);
    if (ns[place_of(Metric::time)] == 0) {
      failed_.push_back({name, "real_time is 0"});
      return;
    }
    CellReader& reader = plain_reader_of(name);
    const auto launch = row.find("repetition_index");
    const auto counted = static_cast<std::uint32_t>(reader.cell.samples.size());
    add_sample(reader, {.launch = launch ? launch->integer<std::uint32_t>() : counted, .ns = ns}, row, index);
  }

  static void read_aggregate(const JsonValue& row, CellReader& reader) {
    const std::string kind = text_or(row, "aggregate_name", "");
    if (kind == "median") reader.median = plain_values(row);
    if (kind == "mean") reader.mean = plain_values(row);
  }

  // Where only aggregates were written (--benchmark_report_aggregates_only), the best of them is one launch.
  static void use_aggregate(CellReader& reader) {
    const auto& values = reader.median ? reader.median : reader.mean;
    if (!reader.cell.samples.empty() || !values || (*values)[place_of(Metric::time)] == 0) return;
    reader.cell.samples.push_back({.launch = 0, .ns = *values});
  }

  static MetricValues plain_values(const JsonValue& row) {
    const double unit = unit_ns(row);
    return values_of(at_least_zero(row.at("real_time")) * unit, kNoFigure, kNoFigure,
                     at_least_zero(row.at("cpu_time")) * unit);
  }

  // "BM_copy" of "BM_copy/4096/real_time": what Google Benchmark calls a family.
  static std::string plain_family(const std::string& name) { return name.substr(0, name.find('/')); }

  CellReader& reader_of(const std::string& name) {
    const auto [place, is_new] = places_.try_emplace(name, cells_.size());
    if (is_new) cells_.emplace_back().cell.name = name;
    return cells_[place->second];
  }

  CellReader& plain_reader_of(const std::string& name) {
    CellReader& reader = reader_of(name);
    reader.cell.family = plain_family(name);
    return reader;
  }

  static void add_sample(CellReader& reader, const Sample& sample, const JsonValue& row, std::size_t index) {
    const auto [seen, is_new] = reader.seen.try_emplace(sample.launch, index);
    if (!is_new) {
      row.fail(repeated_launch(reader.cell.name, sample.launch, seen->second));
    }
    if (reader.cell.samples.size() >= kMostLaunches) row.fail(too_many_launches(reader.cell.name));
    reader.cell.samples.push_back(sample);
  }

  void check_kind(bool plain) const {
    const auto& stranger = plain ? first_ours_ : first_plain_;
    if (!stranger) return;
    if (plain) {
      throw ReportError(fmt::format(
          "benchmarks[{}]: has an `ipc` part, but the key \"ipcbench\" is missing: not a whole report",
          *stranger));
    }
    throw ReportError(
        fmt::format("benchmarks[{}]: has no `ipc` part, as every row of ipcbench's", *stranger));
  }

  std::vector<CellReader> cells_;
  std::unordered_map<std::string, std::size_t> places_;
  std::vector<Omission> failed_;
  std::vector<Omission> skipped_;
  std::optional<std::size_t> first_ours_;
  std::optional<std::size_t> first_plain_;
  std::optional<ReportError> error_;
};

// Nothing is insisted on that is only shown.
BenchmarkContext plain_context(const JsonValue& json) {
  BenchmarkContext context;
  context.date = text_or(json, "date", "");
  context.host_name = text_or(json, "host_name", "");
  context.executable = text_or(json, "executable", "");
  context.library_build_type = text_or(json, "library_build_type", "");
  if (const auto cpus = json.find("num_cpus")) context.num_cpus = cpus->integer<int>();
  return context;
}

SampledReport frame_of(const JsonValue& json) {
  SampledReport report;
  report.plain = !json.find("ipcbench");
  if (report.plain) {
    const auto rows = json.find("benchmarks");
    if (!rows) json.fail("neither a report of ipcbench nor one of Google Benchmark");
    static_cast<void>(rows->elements());  // an array; its rows are read already
    if (const auto context = json.find("context")) report.context = plain_context(*context);
    return report;
  }
  Report frame = frame_from_json(json);
  report.version = std::move(frame.version);
  report.context = std::move(frame.context);
  report.session = std::move(frame.session);
  report.host = std::move(frame.host);
  report.doubts = std::move(frame.doubts);
  report.skipped = std::move(frame.skipped);
  report.failed = std::move(frame.failed);
  return report;
}

SampledReport parse(const NextPiece& next, const std::string& origin) {
  static const JsonKeys kSkipped{"histogram", "windows", "settings"};
  SampleReader rows;
  try {
    const Json document = parse_document(
        next, [&rows](const Json& row, std::size_t index) { rows.read(row, index); }, kSkipped);
    SampledReport report = frame_of({document, ""});
    rows.finish(report);
    report.origin = origin;
    return report;
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

}  // namespace

SampledReport read_samples(const std::filesystem::path& file) {
  InputFile input(file, Dash::is_standard_input);
  return parse([&input] { return input.next(); }, input.name());
}

SampledReport parse_samples(const std::string& text, const std::string& origin) {
  return parse(pieces_of(text), origin);
}

}  // namespace ipcbench
