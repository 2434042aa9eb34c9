// Writes a report as large as a full sweep's, for measuring the readers: 1,000 cells of 30 launches each by
// default, with realistic histograms and windows.
#include <charconv>
#include <exception>
#include <iostream>
#include <random>
#include <string_view>

#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace {

using namespace ipcbench;

std::uint32_t number(std::string_view text) {
  std::uint32_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// About 120 buckets around `ns` and 32 windows: 2.5 KB of text.
Row large_row(const Cell& cell, std::uint32_t launch, std::uint64_t ns, std::mt19937_64& random) {
  Row row = testing::latency_row(cell, launch, ns);
  Measurement& measurement = row.measurement;
  measurement.histogram.clear();
  const std::size_t first = Histogram::index_of(ns);
  std::uint64_t samples = 0;
  for (std::size_t i = 0; i < 120; ++i) {
    const std::uint64_t count = 1 + random() % 20'000;
    measurement.histogram.push_back({Histogram::lower_bound_ns(first + i), count});
    samples += count;
  }
  measurement.messages = samples;
  measurement.elapsed_ns = samples * ns;
  measurement.max_ns = measurement.histogram.back().lower_ns;
  for (std::size_t i = 0; i < 32; ++i)
    measurement.windows.push_back({samples / 32 + random() % 100, ns * (samples / 32)});
  return row;
}

Report large_report(std::uint32_t cells, std::uint32_t launches, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Report report = testing::sample_report();
  report.cells = {};
  for (std::uint32_t launch = 0; launch < launches; ++launch) {
    for (std::uint32_t cell = 0; cell < cells; ++cell) {
      const std::uint64_t ns = 3000 + 100 * (cell % 50) + random() % 100;
      report.cells.add(large_row(testing::make_cell("pipe", 1 + cell), launch, ns, random));
    }
  }
  return report;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 2) {
    std::cerr << "usage: write_large_report FILE [CELLS [LAUNCHES [SEED]]]\n";
    return 2;
  }
  const std::uint32_t cells = argc > 2 ? number(argv[2]) : 1000;
  const std::uint32_t launches = argc > 3 ? number(argv[3]) : 30;
  write_report(large_report(cells, launches, argc > 4 ? number(argv[4]) : 1), argv[1]);
  return 0;
} catch (const std::exception& error) {
  std::cerr << error.what() << '\n';
  return 2;
}
