// The lines that the programs of a duet exchange, in both directions. Each accepted line can be written again
// as one line, which is accepted too.
#include "bench/duet/protocol.hpp"
#include "bench/fuzz/hear.hpp"

using namespace ipcbench;
using fuzz::hear;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string line = fuzz::text_of(data, size);
  hear(line, parse_greeting, greeting_line);
  hear(line, parse_request, request_line);
  hear(line, parse_report_line, report_line);
  hear(line, parse_answer, answer_line);
  return 0;
}
