#include "results/report/journal.hpp"

#include <fmt/format.h>

#include <string_view>

#include "results/report/input_file.hpp"
#include "results/report/report_fields.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {

template <>
inline constexpr auto kFields<JournalledPlan> = std::tuple{
    Field{"launches", &JournalledPlan::launches}, Field{"warm_up_ns", &JournalledPlan::warm_up},
    Field{"timed_ns", &JournalledPlan::timed},    Field{"longest_timed_ns", &JournalledPlan::longest_timed},
    Field{"brief", &JournalledPlan::brief},       Field{"time_limit_ns", &JournalledPlan::time_limit},
    Field{"budget_ns", &JournalledPlan::budget},  Field{"add_launches", &JournalledPlan::add_launches},
    Field{"counts", &JournalledPlan::counts},     Field{"cells", &JournalledPlan::cells},
    Field{"placed", &JournalledPlan::placed}};

template <>
inline constexpr auto kFields<JournalledThreshold> =
    std::tuple{Field{"threshold", &JournalledThreshold::text}, Field{"cells", &JournalledThreshold::cells}};

namespace {

constexpr std::uint64_t kJournalFormat = 2;

JournalledPlan read_plan(const JsonValue& json) {
  auto plan = value_from<JournalledPlan>(json);
  if (plan.placed.size() != plan.cells.size()) json.fail("not every cell has its place");
  return plan;
}

JournalStart read_start(const std::string& line) {
  const Json document = parse_document(line);
  const JsonValue json(document, "");
  const auto format = json.find("ipcbench_journal");
  if (!format) json.fail("the key \"ipcbench_journal\" is missing: this is not a journal of ipcbench");
  if (format->integer() != kJournalFormat) {
    format->fail(
        fmt::format("this journal has format {}, this program reads format {}: resume the run with the "
                    "ipcbench that began it, or remove the journal and start a new run",
                    format->integer(), kJournalFormat));
  }
  const auto thresholds = json.find("thresholds");
  return {.plan = read_plan(json.at("plan")),
          .thresholds = thresholds ? value_from<std::vector<JournalledThreshold>>(*thresholds)
                                   : std::vector<JournalledThreshold>(),
          .out = json.at("out").string(),
          .report = {frame_from_json(json.at("report")), {}}};
}

JournalledLaunch read_launch(const std::string& line) {
  const Json document = parse_document(line);
  const JsonValue json(document, "");
  JournalledLaunch launch{
      .cell = {}, .outcome = {}, .elapsed = value_from<std::chrono::nanoseconds>(json.at("elapsed_ns"))};
  if (const auto row = json.find("row")) {
    Row read = row_from_json(*row);
    launch.cell = std::move(read.cell);
    launch.outcome = std::move(read.measurement);
  } else {
    launch.cell = cell_from_json(json.at("cell"));
    launch.outcome = failure_from_json(json);
  }
  return launch;
}

}  // namespace

std::string journal_line(const JournalStart& start) {
  return json_text({{"ipcbench_journal", kJournalFormat},
                    {"out", start.out.string()},
                    {"plan", json_of(start.plan, "plan", "journal")},
                    {"thresholds", json_of(start.thresholds, "thresholds", "journal")},
                    {"report", frame_json(start.report)}});
}

std::string journal_line(const JournalledLaunch& launch) {
  Json json;
  if (const auto* failure = std::get_if<Failure>(&launch.outcome)) {
    json = failure_json(*failure);
    json["cell"] = cell_json(launch.cell);
  } else {
    json["row"] =
        row_json({.cell = launch.cell, .launch = 0, .measurement = std::get<Measurement>(launch.outcome)});
  }
  json["elapsed_ns"] = launch.elapsed.count();
  return json_text(json);
}

namespace {

// Splits pieces into lines and holds no more than one line at a time.
class JournalReader {
 public:
  explicit JournalReader(std::string origin) : origin_(std::move(origin)) {}

  void take(std::string_view piece) {
    for (std::size_t end = 0; (end = piece.find('\n')) != std::string_view::npos;) {
      add_to_line(piece.substr(0, end));
      read_line();
      piece.remove_prefix(end + 1);
    }
    add_to_line(piece);
  }

  // Text after the last end of a line was cut off and does not count.
  Journal finish() {
    if (lines_ == 0) fail(ReportError("has no whole line: nothing was launched yet"));
    return std::move(journal_);
  }

 private:
  [[noreturn]] void fail(const ReportError& error) const {
    throw with_origin(error, fmt::format("{}, line {}", origin_, lines_ + 1));
  }

  void add_to_line(std::string_view text) {
    constexpr std::size_t kLongestLine = std::size_t{64} << 20U;
    if (line_.size() + text.size() > kLongestLine) fail(ReportError("is longer than 64 MiB"));
    line_ += text;
  }

  void read_line() {
    try {
      if (lines_ == 0) {
        journal_.start = read_start(line_);
      } else {
        journal_.launches.push_back(read_launch(line_));
      }
    } catch (const ReportError& error) {
      fail(error);
    }
    ++lines_;
    journal_.whole_bytes += line_.size() + 1;
    line_.clear();
  }

  std::string origin_;
  std::string line_;
  std::size_t lines_ = 0;
  Journal journal_;
};

}  // namespace

Journal parse_journal(const std::string& text, const std::string& origin) {
  JournalReader reader(origin);
  reader.take(text);
  return reader.finish();
}

Journal read_journal(const std::filesystem::path& file) {
  InputFile input(file);
  JournalReader reader(input.name());
  for (std::string_view piece = input.next(); !piece.empty(); piece = input.next()) reader.take(piece);
  return reader.finish();
}

}  // namespace ipcbench
