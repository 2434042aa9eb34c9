// Indexes reports on one CPU, and says what each step takes: what an index costs beyond the reading is its
// own.
#include <fmt/format.h>

#include <ctime>
#include <exception>
#include <iostream>

#include "results/index/index_files.hpp"
#include "results/report/digest.hpp"
#include "results/report/input_file.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;

// The CPU time of this process, which has one thread.
double cpu_s() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

struct Steps {
  double reading = 0;  // decompression, JSON, the report in memory
  double digest = 0;
  double summary = 0;
  double insertion = 0;
  double bytes = 0;

  [[nodiscard]] std::string text(std::size_t files) const {
    return fmt::format(
        "{} files, {:.0f} MB of JSON: reading {:.1f} s ({:.1f} MB/s); beyond {:.1f} s: digests {:.1f} s, "
        "summaries {:.1f} s, insertion {:.1f} s\n",
        files, bytes / 1e6, reading, bytes / 1e6 / reading, digest + summary + insertion, digest, summary,
        insertion);
  }
};

// Calls work(), and adds what it takes.
template <class Work>
auto timed(double& seconds, const Work& work) {
  const double before = cpu_s();
  struct Adding {
    double& seconds;
    double before;
    ~Adding() { seconds += cpu_s() - before; }
  } const adding{seconds, before};
  return work();
}

IndexedReport read(const std::filesystem::path& file, Steps& steps) {
  InputFile input(file);
  const Report report =
      timed(steps.reading, [&] { return parse_report([&] { return input.next(); }, file.string()); });
  InputFile again(file);  // what it takes to read it once more counts nowhere
  ReportDigest hash;
  for (std::string_view piece = again.next(); !piece.empty(); piece = again.next()) {
    steps.bytes += static_cast<double>(piece.size());
    timed(steps.digest, [&] { hash.add(piece); });
  }
  return timed(steps.summary, [&] { return indexed(report, hash.finish(), file.string()); });
}

}  // namespace

int main(int argc, char** argv) try {
  constexpr std::size_t kBatch = 64;  // as `ipcbench index`
  if (argc < 3) {
    std::cerr << "usage: read_reports DATABASE REPORT_OR_FOLDER...\n";
    return 2;
  }
  Index index(argv[1], Index::Access::write);
  const auto found = find_reports({argv + 2, argv + argc});
  Steps steps;
  std::vector<IndexedReport> batch;
  const auto add = [&] {
    timed(steps.insertion, [&] { index.add(batch); });
    batch.clear();
  };
  for (const auto& file : found.files) {
    try {
      batch.push_back(read(file, steps));
    } catch (const ReportError&) {
      continue;
    }
    if (batch.size() == kBatch) add();
  }
  add();
  std::cout << steps.text(found.files.size());
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
