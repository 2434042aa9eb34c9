#include "results/report/samples.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "harness/base/line_distance.hpp"
#include "results/report/input_file.hpp"
#include "results/report/json_parts.hpp"
#include "results/report/report_json.hpp"
#include "results/statistics/steadiness.hpp"

namespace ipcbench {
namespace {

constexpr double kNoFigure = std::numeric_limits<double>::quiet_NaN();

double at_least_zero(const JsonValue& json) {
  const double number = json.number();
  if (number < 0) json.fail(fmt::format("{} is below 0", number));
  return number;
}

// The clock could not tell such a time from 0, so there is nothing to compare.
double read_time_or_none(const std::optional<JsonValue>& json) {
  const double time = json ? at_least_zero(*json) : 0;
  return time > 0 ? time : kNoFigure;
}

SampledCell empty_cell(const Cell& cell, const std::string& name) {
  return {.name = name,
          .family = family_name(cell),
          .mechanism = cell.mechanism,
          .pinned = cell.cpus != Cpus::free,
          .own_rate = cell.pattern == Pattern::paced && cell.load.percent != 0,
          .samples = {}};
}

// The cells of a report in the order of their first rows.
class SampledCells {
 public:
  // The cell of that name. If it is new, `make` makes it.
  template <class Make>
  SampledCell& at(const std::string& name, const Make& make) {
    const auto [place, is_new] = places_.try_emplace(name, cells_.size());
    if (is_new) cells_.push_back(make());
    return cells_[place->second];
  }
  void add(SampledCell& cell, const Sample& sample, const JsonValue& row, std::size_t index) {
    launches_.add(row, index, cell.name, sample.launch);
    cell.samples.push_back(sample);
  }
  std::vector<SampledCell> take() {
    for (SampledCell& cell : cells_) std::ranges::sort(cell.samples, {}, &Sample::launch);
    return std::move(cells_);
  }

 private:
  std::vector<SampledCell> cells_;
  std::unordered_map<std::string, std::size_t> places_;  // by name
  LaunchIndex launches_;
};

double read_distance_ns(const JsonValue& row) {
  if (!row.find("line_rtt_before_ns")) return kNoFigure;
  const double before_ns = at_least_zero(row.at("line_rtt_before_ns"));
  return distance_ns({.before_ns = before_ns, .after_ns = at_least_zero(row.at("line_rtt_after_ns"))});
}

double figure_or_none(const std::optional<JsonValue>& value) {
  return value ? at_least_zero(*value) : kNoFigure;
}

// As in metric_values_ns(): none where the producer's waiting for its schedule is in it
// (knows_own_cpu_time()).
double read_cpu_ns(const JsonValue& row) {
  const bool is_bound = row.find("offered_per_second") && !row.find("pacing_cpu_time_ns");
  return is_bound ? kNoFigure : at_least_zero(row.at("cpu_time"));
}

// A row's flat figures, without its histogram.
Sample sample_from(const JsonValue& row, const JsonValue& ipc, std::uint32_t launch) {
  const auto steady = ipc.find("steady");
  return {.launch = launch,
          .ns = {read_time_or_none(row.at("real_time")), read_time_or_none(row.find("p10_ns")),
                 read_time_or_none(row.find("p99_ns")), read_cpu_ns(row)},
          .line_rtt_ns = read_distance_ns(row),
          .steady = !steady || steady->boolean(),
          .messages = figure_or_none(row.find("iterations")),
          .elapsed_ns = figure_or_none(ipc.find("elapsed_ns"))};
}

void add_settings(SampledCell& cell, const JsonValue& ipc) {
  const auto settings = ipc.find("settings");
  if (!settings) return;
  for (const auto& [name, value] : settings->members()) cell.settings[name].insert(value.integer());
}

std::string text_or(const JsonValue& json, std::string_view key, const std::string& otherwise) {
  const auto text = json.find(key);
  return text ? text->string() : otherwise;
}

bool is_true(const JsonValue& json, std::string_view key) {
  const auto flag = json.find(key);
  return flag && flag->boolean();
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

MetricValues plain_values(const JsonValue& row) {
  const double unit = unit_ns(row);
  return {at_least_zero(row.at("real_time")) * unit, kNoFigure, kNoFigure,
          at_least_zero(row.at("cpu_time")) * unit};
}

// The rows of a plain Google Benchmark report: launches, aggregates of several, and errors.
class PlainRows {
 public:
  void add(const JsonValue& row, std::size_t index) {
    const auto run_name = row.find("run_name");
    const std::string name = run_name ? run_name->string() : row.at("name").string();
    if (is_true(row, "error_occurred")) {
      failed_.push_back({name, text_or(row, "error_message", "an error without a message")});
    } else if (is_true(row, "skipped")) {
      skipped_.push_back({name, text_or(row, "skip_message", "skipped without a message")});
    } else if (text_or(row, "run_type", "iteration") == "aggregate") {
      add_aggregate(row, name);
    } else {
      add_iteration(row, name, index);
    }
  }

  // If only aggregates were written (--benchmark_report_aggregates_only), they are one launch.
  void finish(SampledReport& report) {
    report.cells = cells_.take();
    for (SampledCell& cell : report.cells) {
      const auto values = aggregates_.find(cell.name);
      if (!cell.samples.empty() || values == aggregates_.end()) continue;
      if (values->second[place_of(Metric::time)] != 0) cell.samples.push_back({.ns = values->second});
    }
    std::erase_if(report.cells, [](const SampledCell& cell) { return cell.samples.empty(); });
    report.failed = std::move(failed_);
    report.skipped = std::move(skipped_);
  }

 private:
  // The family of "BM_copy/4096/real_time" is "BM_copy".
  SampledCell& cell_of(const std::string& name) {
    return cells_.at(name, [&] {
      return SampledCell{
          .name = name, .family = name.substr(0, name.find('/')), .mechanism = {}, .samples = {}};
    });
  }

  void add_iteration(const JsonValue& row, const std::string& name, std::size_t index) {
    const MetricValues ns = plain_values(row);
    if (ns[place_of(Metric::time)] == 0) {
      failed_.push_back({name, "real_time is 0"});
      return;
    }
    SampledCell& cell = cell_of(name);
    const auto launch = row.find("repetition_index");
    const auto counted = static_cast<std::uint32_t>(cell.samples.size());
    cells_.add(cell, {.launch = launch ? launch->integer<std::uint32_t>() : counted, .ns = ns}, row, index);
  }

  // The median, or else the mean.
  void add_aggregate(const JsonValue& row, const std::string& name) {
    const std::string kind = text_or(row, "aggregate_name", "");
    cell_of(name);
    if (kind == "median") aggregates_.insert_or_assign(name, plain_values(row));
    if (kind == "mean") aggregates_.try_emplace(name, plain_values(row));
  }

  SampledCells cells_;
  std::unordered_map<std::string, MetricValues> aggregates_;  // by the cell's name
  std::vector<Omission> failed_;
  std::vector<Omission> skipped_;
};

// Only values that are shown: none of them is required.
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
  if (!report.plain) {
    static_cast<ReportFrame&>(report) = frame_from_json(json);
    return report;
  }
  const auto rows = json.find("benchmarks");
  if (!rows) json.fail("neither a report of ipcbench nor one of Google Benchmark");
  static_cast<void>(rows->elements());  // an array; its rows are read already
  if (const auto context = json.find("context")) report.context = plain_context(*context);
  return report;
}

// `first_own` and `first_plain` are the indices of the first row of each kind.
void check_kind(bool plain, std::optional<std::size_t> first_own, std::optional<std::size_t> first_plain) {
  if (plain && first_own) {
    throw ReportError(fmt::format(
        "benchmarks[{}]: has an `ipc` part, but the key \"ipcbench\" is missing: not a whole report",
        *first_own));
  }
  if (!plain && first_plain) {
    throw ReportError(
        fmt::format("benchmarks[{}]: has no `ipc` part, as every row of ipcbench's", *first_plain));
  }
}

SampledReport parse(const NextPiece& next, const std::string& origin) {
  SampledReport report;
  SampledCells own;
  PlainRows plain;
  std::optional<std::size_t> first_own;
  std::optional<std::size_t> first_plain;
  const auto read_row = [&](const JsonValue& row, std::size_t index) {
    const auto ipc = row.find("ipc");
    auto& first = ipc ? first_own : first_plain;
    first = first.value_or(index);
    if (!ipc) return plain.add(row, index);
    const RowHead head = row_head_from_json(row, *ipc);
    SampledCell& cell = own.at(head.name, [&] { return empty_cell(head.cell, head.name); });
    own.add(cell, sample_from(row, *ipc, head.launch), row, index);
    add_settings(cell, *ipc);
  };
  const auto read_frame = [&](const JsonValue& json) {
    report = frame_of(json);
    check_kind(report.plain, first_own, first_plain);
    if (report.plain) {
      plain.finish(report);
    } else {
      report.cells = own.take();
    }
  };
  parse_rows(next, origin, {"histogram", "sent_histogram", "streams", "windows"}, read_row, read_frame);
  report.origin = origin;
  return report;
}

}  // namespace

std::string family_name(const Cell& cell) { return cell_name(cell, "size"); }

SampledReport samples_of(const Report& report, std::string origin) {
  SampledReport sampled{static_cast<const ReportFrame&>(report), std::move(origin), false, {}};
  for (const ReportCell& cell : report.cells) {
    SampledCell& into = sampled.cells.emplace_back(empty_cell(cell.cell, cell.name));
    for (const auto& [number, place, measurement] : cell.launches) {
      for (const auto& [name, value] : measurement.settings) into.settings[name].insert(value);
      into.samples.push_back({.launch = number,
                              .ns = metric_values_ns(cell.cell.pattern, measurement),
                              .line_rtt_ns = measurement.line ? distance_ns(*measurement.line) : kNoFigure,
                              .steady = is_steady(measurement.windows).value_or(true),
                              .messages = static_cast<double>(measurement.messages),
                              .elapsed_ns = static_cast<double>(measurement.elapsed_ns)});
    }
  }
  return sampled;
}

SampledReport read_samples(const std::filesystem::path& file) {
  InputFile input(file, Dash::is_standard_input);
  return parse([&input] { return input.next(); }, input.name());
}

SampledReport parse_samples(const std::string& text, const std::string& origin) {
  return parse(pieces_of(text), origin);
}

}  // namespace ipcbench
