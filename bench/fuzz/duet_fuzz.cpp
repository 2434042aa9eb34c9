// The lines that the programs of a duet exchange, in both directions. Each accepted line can be written again
// as one line, which is accepted too.
#include "bench/duet/protocol.hpp"
#include "harness/fuzz/invariant.hpp"

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
  hear(line, parse_greeting, greeting_line);
  hear(line, parse_request, request_line);
  hear(line, parse_report_line, report_line);
  hear(line, parse_answer, answer_line);
  return 0;
}
