// Settings of the gate: accepted ones appear in a comparison's JSON and can be read back from there.
#include <nlohmann/json.hpp>

#include "harness/fuzz/invariant.hpp"
#include "results/comparison/comparison_formats.hpp"
#include "results/comparison/gate_settings.hpp"
#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

std::string as_json(const GateSettings& settings) {
  Comparison comparison;
  comparison.settings = settings;
  return nlohmann::ordered_json::parse(comparison_json(comparison, {})).at("settings").dump();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const GateSettings settings = parse_gate_settings(pieces_of(fuzz::text_of(data, size)), "input");
    const std::string text = as_json(settings);
    require(as_json(parse_gate_settings(pieces_of(text), "written")) == text,
            "what is read is read as it is written");
    smallest_effect(settings, "pipe/latency/size:64/wait:block/peers:fork/cpus:same", Metric::time);
  } catch (const ReportError& error) {
    fuzz::require_printable_line(error.what());
    require(std::string_view(error.what()).starts_with("input: "), "errors name the file");
  }
  return 0;
}
