// Reads reports and does nothing with them, on one CPU: what an index costs beyond is its own.
#include <fmt/format.h>

#include <ctime>
#include <exception>
#include <iostream>

#include "results/index/index_files.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report_json.hpp"

int main(int argc, char** argv) try {
  using namespace ipcbench;
  std::size_t bytes = 0;
  const auto found = find_reports({argv + 1, argv + argc});
  for (const auto& file : found.files) {
    try {
      InputFile input(file);
      const auto next = [&] {
        const std::string_view piece = input.next();
        bytes += piece.size();
        return piece;
      };
      parse_report(next, file.string());
    } catch (const ReportError&) {
      continue;
    }
  }
  const double seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  std::cout << fmt::format("{} files, {:.0f} MB of JSON, {:.2f} s of CPU time, {:.1f} MB/s\n",
                           found.files.size(), static_cast<double>(bytes) / 1e6, seconds,
                           static_cast<double>(bytes) / 1e6 / seconds);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
