// The reader of whole reports. Each accepted report can be written, is then accepted with the same meaning,
// and is accepted by the reader of samples.
#include <cmath>

#include "harness/fuzz/invariant.hpp"
#include "results/report/report_json.hpp"
#include "results/report/samples.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

bool same(double a, double b) {
  return (std::isnan(a) && std::isnan(b)) || std::abs(a - b) <= 1e-9 * std::abs(a);
}

void require_same_samples(const SampledReport& a, const SampledReport& b) {
  require(a.cells.size() == b.cells.size(), "as many cells");
  for (std::size_t i = 0; i < a.cells.size(); ++i) {
    require(a.cells[i].name == b.cells[i].name && a.cells[i].family == b.cells[i].family, "the same cells");
    require(a.cells[i].samples.size() == b.cells[i].samples.size(), "as many launches");
    for (std::size_t k = 0; k < a.cells[i].samples.size(); ++k) {
      for (std::size_t metric = 0; metric < kMetrics; ++metric) {
        require(same(a.cells[i].samples[k].ns[metric], b.cells[i].samples[k].ns[metric]), "the same figures");
      }
    }
  }
}

void check(const Report& report) {
  const std::string text = to_json(report);
  const Report again = parse_report(text, "written");
  require(to_json(again) == text, "what is read is read as it is written");
  require_same_samples(samples_of(report, "records"), parse_samples(text, "records"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Report report = parse_report(fuzz::text_of(data, size), "input");
    check(report);
  } catch (const ReportError& error) {
    fuzz::require_error_of_input(error.what());
  }
  return 0;
}
