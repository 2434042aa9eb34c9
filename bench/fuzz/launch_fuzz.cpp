// The lines between a run and its launcher, in both directions. Each accepted line can be written again as
// one line, which is accepted too.
#include "bench/fuzz/hear.hpp"
#include "bench/run/launch_protocol.hpp"
#include "results/report/report_json.hpp"

using namespace ipcbench;
using fuzz::hear;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line = fuzz::text_of(data, size);
  Cell cell;
  cell.mechanism = "pipe";
  cell.size_bytes = 64;
  cell.cpus = Cpus::same;  // the cell of the seed `row`
  hear(line, parse_launch_request, launch_request_line);
  hear(
      line, [&](const std::string& text) { return parse_launch_answer(text, cell); },
      [&](const LaunchOutcome& outcome) { return launch_answer_line(cell, outcome); });
  return 0;
}
