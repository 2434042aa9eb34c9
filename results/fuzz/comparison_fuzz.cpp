// Compares two reports with settings and a calibration, and writes the comparison in every format. The input
// is up to four files separated by lines "---": base, new, settings, calibration. Two sides of one duet are
// compared block by block.
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "harness/fuzz/invariant.hpp"
#include "results/comparison/compare.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/side_by_side.hpp"
#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

void check_formats(const Comparison& comparison) {
  fuzz::require_printable(comparison_text(comparison, {}));
  fuzz::require_printable(comparison_text(comparison, {.all = true}));
  fuzz::require_printable(comparison_text(comparison, {.details = true, .columns = 40}));
  fuzz::require_printable(side_by_side_text({comparison, comparison}, {.all = true, .columns = 40}));
  const std::string markdown = comparison_markdown(comparison, {});
  fuzz::require_printable(markdown);
  require(markdown.size() < 60'000, "Markdown fits a comment");
  fuzz::require_printable(comparison_junit(comparison, {}));
  const std::string github = comparison_github(comparison, {});
  fuzz::require_printable(github);
  require(nlohmann::json::accept(comparison_json(comparison, {})), "JSON is JSON");
  const Verdict verdict = gate_verdict(comparison, true);
  require(verdict != Verdict::added, "the gate decides as it says");
}

void read(std::string_view text) {
  const SampledReport base = parse_samples(fuzz::take_part(text), "base");
  const SampledReport candidate = parse_samples(fuzz::take_part(text), "new");
  const std::string settings_text = fuzz::take_part(text);
  const std::string calibration_text = fuzz::take_part(text);
  GateSettings settings;
  if (!settings_text.empty()) settings = parse_gate_settings(pieces_of(settings_text), "settings");
  settings.flips = std::min<std::size_t>(settings.flips, 1000);
  CompareOptions options;
  if (!calibration_text.empty())
    options.calibration = parse_calibration(pieces_of(calibration_text), "calibration");
  check_formats(compare(base, candidate, settings, options));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    read(fuzz::text_of(data, size));
  } catch (const ReportError& error) {
    fuzz::require_printable_line(printable_line(error.what()));
  }
  return 0;
}
