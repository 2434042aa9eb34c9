// A job file, from text to what it asks for.
#include <algorithm>

#include "bench/cli/exit_code.hpp"
#include "bench/run/job.hpp"
#include "harness/fuzz/invariant.hpp"
#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"

using namespace ipcbench;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = fuzz::text_of(data, size);
  try {
    const RunJob job = parse_job(pieces_of(text), "job");
    const RunRequest request = interpret(job, {}, {});
    require(request.wanted.size() == std::max<std::size_t>(job.selections.size(), 1), "no selection is lost");
    for (const WantedCells& wanted : request.wanted) {
      for (const RunThreshold& threshold : wanted.thresholds) {
        require(threshold.limit >= 0, "a limit is a number");
        require(threshold.figure->format(threshold.limit).size() < 100, "a limit can be printed");
      }
    }
  } catch (const ReportError& error) {
    require(std::string_view(error.what()).starts_with("job: "), "a mistake names the file");
  } catch (const UsageError& error) {
    require(std::string_view(error.what()).size() > 5, "a mistake is explained");
  }
  return 0;
}
