#include "bench/cli/difference_options.hpp"

#include <fmt/format.h>

#include <charconv>

#include "bench/cli/arguments.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// A standard deviation of log times. Refuses 0, which would mean that sessions do not differ.
double parse_session_sd(const std::string& text) {
  double sd = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, sd);
  if (error != std::errc{} || stop != end || !(sd > 0) || sd > 1) {
    throw UsageError(fmt::format(
        "--assume-session-sd: '{}' is not a share above 0 and up to 1, such as 0.02 for 2 %", text));
  }
  return sd;
}

}  // namespace

void declare_difference_options(CLI::App& app, DifferenceOptions& options) {
  app.add_option("--calibration", options.calibration,
                 "How much sessions of this host differ without a change, from `ipcbench calibrate`")
      ->type_name("FILE");
  app.add_option("--assume-session-sd", options.assumed_session_sd,
                 "Use this standard deviation between sessions instead; 0.02 is 2 %")
      ->type_name("SHARE");
  app.add_option("--across", options.across,
                 "Facts of the host that may differ because they are compared; * stands for any text")
      ->type_name("FACT,...")
      ->allow_extra_args(false);
}

bool has_session_variance(const DifferenceOptions& options) {
  return !options.calibration.empty() || !options.assumed_session_sd.empty();
}

CompareOptions compare_options_of(const DifferenceOptions& options) {
  if (!options.calibration.empty() && !options.assumed_session_sd.empty()) {
    throw UsageError("--assume-session-sd: not together with --calibration, which measured it");
  }
  CompareOptions compared;
  if (!options.calibration.empty()) {
    compared.calibration = read_calibration(options.calibration);
    compared.calibration_origin = options.calibration;
  }
  if (!options.assumed_session_sd.empty()) {
    compared.assumed_session_sd = parse_session_sd(options.assumed_session_sd);
  }
  if (!options.across.empty()) compared.across = split_list("--across", options.across);
  return compared;
}

}  // namespace ipcbench
