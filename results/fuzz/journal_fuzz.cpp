// Journals of runs. Each accepted one can be written and read again; a line that is cut off is ignored.
#include "harness/fuzz/invariant.hpp"
#include "results/report/journal.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

std::string written(const Journal& journal) {
  std::string text = journal_line(journal.start) + "\n";
  for (const JournalledLaunch& launch : journal.launches) text += journal_line(launch) + "\n";
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const Journal journal = parse_journal(fuzz::text_of(data, size), "input");
    require(journal.whole_bytes <= size, "no more is whole than there is");
    const std::string text = written(journal);
    require(written(parse_journal(text, "written")) == text, "what is read is read as it is written");
  } catch (const ReportError& error) {
    fuzz::require_printable_line(error.what());
    require(std::string_view(error.what()).starts_with("input, line "), "errors name the file and the line");
  }
  return 0;
}
