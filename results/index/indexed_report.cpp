#include "results/index/indexed_report.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "results/comparison/differing_facts.hpp"
#include "results/report/digest.hpp"
#include "results/report/metrics.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/marks.hpp"
#include "results/summary/summary.hpp"

namespace ipcbench {
namespace {

constexpr double kUnsaid = std::numeric_limits<double>::quiet_NaN();
constexpr double kNsInSecond = 1e9;

std::string fact_of(const Report& report, std::string_view name) {
  const auto fact = std::ranges::find(report.host, name, &Fact::name);
  return fact == report.host.end() ? "" : fact->value;
}

// "6.18.5-arch1" -> "6.18".
std::string series_of(const std::string& release) {
  const std::size_t minor = release.find('.');
  if (minor == std::string::npos) return release;
  return release.substr(0, release.find_first_not_of("0123456789", minor + 1));
}

IndexedHost host_of(const Report& report) {
  const std::string id = fact_of(report, "machine_id");
  return {.key = id.empty() ? report.context.host_name : id,
          .name = report.context.host_name,
          .architecture = fact_of(report, "architecture"),
          .cpu_model = fact_of(report, "cpu_model"),
          .product = fact_of(report, "product"),
          .physical_cores = fact_of(report, "physical_cores")};
}

// Mean and standard deviation of the logarithms of the launches' times.
void add_center(IndexedResult& result, const CellSummary& summary) {
  const bool timed = times_messages(summary.cell.pattern);
  double mean = 0;
  double squares = 0;
  double count = 0;
  for (const LaunchFigure& launch : summary.figures) {
    const double value = std::log(timed ? launch.figure : kNsInSecond / launch.figure);
    const double step = value - mean;  // Welford's algorithm
    mean += step / ++count;
    squares += step * (value - mean);
  }
  result.log_mean = mean;
  result.log_sd = count > 1 ? std::sqrt(squares / (count - 1)) : kUnsaid;
}

IndexedResult result_of(const CellSummary& summary) {
  IndexedResult result{.cell = summary.cell,
                       .name = summary.name,
                       .launches = static_cast<std::uint32_t>(summary.launches),
                       .left_out = static_cast<std::uint32_t>(summary.left_out),
                       .time_ns = summary.time_ns.median,
                       .low_ns = summary.time_ns.low,
                       .high_ns = summary.time_ns.high,
                       .p10_ns = summary.p10 ? summary.p10->value : kUnsaid,
                       .p99_ns = summary.p99 ? summary.p99->value : kUnsaid,
                       .cpu_ns = summary.cpu_at_most ? kUnsaid : summary.cpu_ns_per_message,
                       .cpus_busy = summary.cpu_at_most ? kUnsaid : summary.cpus_busy,
                       .marks = marks_of(summary)};
  add_center(result, summary);
  return result;
}

// The same from whatever folder somebody asks later.
std::string lasting_name(const std::filesystem::path& file) {
  std::error_code unknown;
  const std::filesystem::path whole = std::filesystem::canonical(file, unknown);
  return (unknown ? std::filesystem::absolute(file).lexically_normal() : whole).string();
}

}  // namespace

IndexedReport indexed(const Report& report, std::string digest, std::string file) {
  const auto is_invalid = [](const Doubt& doubt) { return doubt.level == Doubt::Level::invalid; };
  IndexedReport entry{.digest = std::move(digest),
                      .file = std::move(file),
                      .host = host_of(report),
                      .session = report.session.id,
                      .started_utc = report.session.started_utc,
                      .kernel_release = fact_of(report, "kernel_release"),
                      .kernel_series = series_of(fact_of(report, "kernel_release")),
                      .profile = report.session.profile,
                      .complete = report.session.complete,
                      .invalid = std::ranges::any_of(report.doubts, is_invalid),
                      .version = report.version,
                      .commit = fact_of(report, "program_commit"),
                      .configuration = decisive_facts(report.host),
                      .results = {}};
  for (const CellSummary& summary : summarise(report, QuantileInterval::none))
    entry.results.push_back(result_of(summary));
  return entry;
}

std::pair<Report, std::string> read_with_digest(const std::filesystem::path& file, Dash dash) {
  InputFile input(file, dash);
  ReportDigest digest;
  Report report = parse_report(
      [&] {
        const std::string_view piece = input.next();
        digest.add(piece);
        return piece;
      },
      input.name());
  return {std::move(report), digest.finish()};
}

IndexedReport read_for_index(const std::filesystem::path& file, Dash dash) {
  auto [report, digest] = read_with_digest(file, dash);
  return indexed(report, std::move(digest), lasting_name(file));
}

std::variant<IndexedReport, KnownReport> read_for_index(const std::filesystem::path& file,
                                                        const KnownFiles& known) {
  if (known.empty()) return read_for_index(file);
  constexpr std::size_t kMostKept = std::size_t{32} << 20U;
  InputFile input(file);
  ReportDigest digest;
  std::string text;
  for (std::string_view piece = input.next(); !piece.empty(); piece = input.next()) {
    digest.add(piece);
    if (text.size() <= kMostKept) text += piece;
  }
  std::string name = digest.finish();
  if (known.contains(name)) return KnownReport{std::move(name), lasting_name(file)};
  if (text.size() > kMostKept) return read_for_index(file);
  std::string_view rest = text;
  const Report report = parse_report([&] { return std::exchange(rest, {}); }, input.name());
  return indexed(report, std::move(name), lasting_name(file));
}

}  // namespace ipcbench
