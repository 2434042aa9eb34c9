// Everything that is written from a report: the table, every export, the charts' data and page, the claims
// about speed. None may fail on a report that the reader accepts, except to say that a figure is no
// measurement.
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "bench/study/claims/claim.hpp"
#include "harness/fuzz/invariant.hpp"
#include "plots/chart_data.hpp"
#include "plots/plot.hpp"
#include "results/export/export.hpp"
#include "results/report/report_json.hpp"
#include "results/summary/table.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

void export_all(const Report& report) {
  for (const ExportFormat& format : export_formats()) {
    try {
      const std::string text = format.write(report, "");
      if (format.name != "csv") require(nlohmann::json::accept(text), "exports are JSON");
    } catch (const std::invalid_argument&) {
      continue;  // an invalid time stamp or figure
    }
  }
}

void draw(const Report& report) {
  const std::string data = chart_data_json({{"report", report}});
  require(nlohmann::json::accept(data), "the charts' data are JSON");
  require(fill_page("/*DATA*/", data).find('<') == std::string::npos, "no name ends the page's script");
}

// Skips the experiments: they take a second each, and use no report.
void answer_claims(const Report& report) {
  ClaimAnswers answers{.system = "",
                       .kernel = "",
                       .report_file = "report",
                       .report_host = report.context.host_name,
                       .answers = {}};
  for (const Claim& claim : claims()) {
    if (kind_of(claim) == "report") answers.answers.push_back({&claim, answer(claim, &report)});
  }
  claims_text(answers);
  claims_markdown(answers);
  require(nlohmann::json::accept(claims_json(answers)), "claims are JSON");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Report report;
  try {
    report = parse_report(fuzz::text_of(data, size), "input");
  } catch (const ReportError&) {
    return 0;
  }
  summary_table(report);
  export_all(report);
  draw(report);
  answer_claims(report);
  return 0;
}
