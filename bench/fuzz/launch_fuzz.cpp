// The lines between a run and its launcher, in both directions. Each accepted line can be written again as
// one line, which is accepted too.
#include "bench/run/launch_protocol.hpp"
#include "harness/fuzz/invariant.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

template <class Parse, class Say>
void hear(const std::string& line, Parse parse, Say say) {
  try {
    const std::string said = say(parse(line));
    require(said.find('\n') == std::string::npos, "one line");
    require(say(parse(said)) == said, "what is heard is heard as it is said");
  } catch (const ReportError& error) {
    require(*error.what() != '\0', "a refusal has a reason");
  }
}

}  // namespace

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
