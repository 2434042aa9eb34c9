// What holds for every line of a protocol: it is refused with a reason, or can be said again.
#pragma once

#include <string>

#include "harness/fuzz/invariant.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench::fuzz {

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

}  // namespace ipcbench::fuzz
