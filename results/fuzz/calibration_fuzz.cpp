// Calibrations: an accepted one can be written, read again and shown.
#include "harness/fuzz/invariant.hpp"
#include "results/comparison/calibration.hpp"
#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Calibration calibration = parse_calibration(pieces_of(fuzz::text_of(data, size)), "input");
    const std::string text = calibration_json(calibration);
    require(calibration_json(parse_calibration(pieces_of(text), "written")) == text,
            "what is read is read as it is written");
    typical_session_sd(calibration, Metric::time);
    calibration_table(calibration, {});
  } catch (const ReportError& error) {
    fuzz::require_printable_line(error.what());
    require(std::string_view(error.what()).starts_with("input: "), "errors name the file");
  }
  return 0;
}
