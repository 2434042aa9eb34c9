// Reports as files: reading only what is a file, writing so that there is never half of one.
#include "harness/cleanup/whole_file.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {

Report read_report(const std::filesystem::path& file) {
  InputFile input(file);
  return parse_report([&input] { return input.next(); }, file.string());
}

void write_report(const Report& report, const std::filesystem::path& file) {
  write_whole_file(file, to_json(report));
}

}  // namespace ipcbench
