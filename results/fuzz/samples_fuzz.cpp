// The reader of samples, which also reads Google Benchmark's reports. Each accepted report can be compared
// with itself.
#include <cmath>

#include "harness/fuzz/invariant.hpp"
#include "results/comparison/compare.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

void check(const SampledReport& report) {
  for (const SampledCell& cell : report.cells) {
    require(!cell.samples.empty() && cell.samples.size() <= kMostLaunches, "cells have launches");
    for (const Sample& sample : cell.samples) {
      for (const double ns : sample.ns) require(std::isnan(ns) || ns >= 0, "no time is negative");
    }
  }
  if (report.cells.empty()) return;
  GateSettings settings;
  settings.flips = 100;
  const Comparison comparison =
      compare(report, report, settings, {.calibration = {}, .assumed_session_sd = 0.02, .across = {}});
  require(comparison.verdict != Verdict::regressed && comparison.verdict != Verdict::improved,
          "nothing differs from itself");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const SampledReport report = parse_samples(fuzz::text_of(data, size), "input");
    check(report);
  } catch (const ReportError& error) {
    fuzz::require_error_of_input(error.what());
  }
  return 0;
}
