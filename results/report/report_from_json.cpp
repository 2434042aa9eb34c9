// Reading: JSON text to records. Its mirror image is report_to_json.cpp.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "harness/base/printable.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report_fields.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

Session read_session(const JsonValue& json) {
  auto session = value_from<Session>(json);
  if (session.duet && session.duet->side != "base" && session.duet->side != "new") {
    json.at("duet").at("side").fail(R"(is neither "base" nor "new")");
  }
  return session;
}

// A count per message needs messages, and a cell that is there twice has no one count.
ReportCounts read_counts(const JsonValue& json) {
  auto counts = value_from<ReportCounts>(json);
  std::set<std::string> cells;
  for (const CellCounts& each : counts.cells) {
    if (each.messages == 0) json.at("cells").fail(fmt::format("{} has no messages", each.cell));
    if (!cells.insert(each.cell).second) json.at("cells").fail(fmt::format("{} is there twice", each.cell));
  }
  for (const MissingCounter& each : counts.missing) {
    if (std::ranges::find(kCounters, each.counter, &Counter::name) == kCounters.end()) {
      json.at("missing").fail(fmt::format("{} is no counter", each.counter));
    }
  }
  return counts;
}

std::map<std::string, Guarantees> read_guarantees(const JsonValue& json) {
  std::map<std::string, Guarantees> guarantees;
  for (const auto& [mechanism, questions] : json.members()) {
    Guarantees& answers = guarantees[mechanism];
    for (const auto& [question, answer] : questions.members()) {
      const auto guarantee = parse_axis<Guarantee>(question);
      if (!guarantee) answer.fail("is the answer to no question that this program knows");
      answers.emplace(*guarantee, value_from<GuaranteeAnswer>(answer));
    }
  }
  return guarantees;
}

void check_schema(const JsonValue& own) {
  const JsonValue schema = own.at("schema");
  if (schema.integer() != kReportSchema) {
    schema.fail(
        fmt::format("this report has format {}, this program reads format {}: use the ipcbench that "
                    "wrote it, or a newer one",
                    schema.integer(), kReportSchema));
  }
}

}  // namespace

ReportFrame frame_from_json(const JsonValue& json) {
  const auto own = json.find("ipcbench");
  if (!own) {
    const bool is_google = json.find("context") && json.find("benchmarks");
    json.fail(is_google ? fmt::format("the key \"ipcbench\" is missing; {}", kPlainGoogleBenchmark)
                        : "the key \"ipcbench\" is missing: this is not a report of ipcbench");
  }
  check_schema(*own);
  ReportFrame report;
  report.version = own->at("version").string();
  report.context = value_from<BenchmarkContext>(json.at("context"));
  report.session = read_session(own->at("session"));
  for (const auto& [name, value] : own->at("host").members()) report.host.push_back({name, value.string()});
  report.doubts = value_from<std::vector<Doubt>>(own->at("doubts"));
  report.floors = value_from<Floors>(own->at("floors"));
  if (const auto mechanisms = own->find("mechanisms")) {
    report.mechanisms = value_from<std::vector<MechanismInfo>>(*mechanisms);
  }
  if (const auto guarantees = own->find("guarantees")) report.guarantees = read_guarantees(*guarantees);
  report.skipped = value_from<std::vector<Omission>>(own->at("skipped"));
  report.failed = value_from<std::vector<Omission>>(own->at("failed"));
  if (const auto counts = own->find("counts")) report.counts = read_counts(*counts);
  static_cast<void>(json.at("benchmarks").elements());  // there, and an array; its rows are read already
  return report;
}

// Errors quote names and keys of the input, which may hold anything of any length.
ReportError with_origin(const ReportError& error, const std::string& origin) {
  constexpr std::size_t kMostBytes = 1000;
  const std::string_view problem = error.what();
  const std::string prefix = origin + ": ";
  const std::string_view own = problem.starts_with(prefix) ? problem.substr(prefix.size()) : problem;
  return ReportError(
      fmt::format("{}{}", printable_line(prefix), shortened_line(printable_line(own), kMostBytes)));
}

void LaunchIndex::add(const JsonValue& row, std::size_t index, const std::string& cell,
                      std::uint32_t launch) {
  auto& rows = rows_[cell];
  const auto [earlier, is_new] = rows.try_emplace(launch, index);
  if (!is_new) {
    row.fail(fmt::format("{}, launch {} is there already, as benchmarks[{}]", cell, launch, earlier->second));
  }
  if (rows.size() > kMostLaunches) {
    row.fail(fmt::format("{} has more than {} launches, the most that can be measured", cell, kMostLaunches));
  }
}

void parse_rows(const NextPiece& next, const std::string& origin, const JsonKeys& skipped,
                const std::function<void(const JsonValue&, std::size_t)>& on_row,
                const std::function<void(const JsonValue&)>& on_frame) {
  std::optional<ReportError> first;
  const auto read_row = [&](const Json& row, std::size_t index) {
    if (first) return;
    try {
      on_row({row, fmt::format("benchmarks[{}]", index)}, index);
    } catch (const ReportError& error) {
      first = error;
    }
  };
  try {
    const Json document = parse_document(next, read_row, {.skipped = skipped, .pack_pairs = true});
    on_frame({document, ""});
    if (first) throw ReportError(*first);
  } catch (const ReportError& error) {
    throw with_origin(error, origin);
  }
}

Report parse_report(const NextPiece& next, const std::string& origin) {
  Report report;
  ReportCells cells;
  LaunchIndex launches;
  const auto read_row = [&](const JsonValue& json, std::size_t index) {
    Row row = row_from_json(json);
    std::string name = cell_name(row.cell);
    launches.add(json, index, name, row.launch);
    cells.add(std::move(row), std::move(name));
  };
  parse_rows(next, origin, {}, read_row,
             [&](const JsonValue& json) { static_cast<ReportFrame&>(report) = frame_from_json(json); });
  report.cells = std::move(cells);
  return report;
}

Report parse_report(const std::string& text, const std::string& origin) {
  return parse_report(pieces_of(text), origin);
}

Report read_report(const std::filesystem::path& file) {
  InputFile input(file, Dash::is_standard_input);
  return parse_report([&input] { return input.next(); }, input.name());
}

}  // namespace ipcbench
