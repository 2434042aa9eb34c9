// Draws the sample reports for pictures.mjs and browser_test.py: write_sample FOLDER ASSETS.
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "plots/plot.hpp"
#include "plots/testing/charts_sample.hpp"
#include "results/report/report_json.hpp"

namespace {

using ipcbench::NamedReport;

// As `ipcbench plot` passes them.
constexpr const char* kNeeds = R"([{"name": "order", "words": "messages arrive in the order of sending",
                                    "guarantees": ["order"], "met": {"udp": -1, "pipe": 16777216}}])";

// Two large ones among small ones.
std::vector<NamedReport> thirty_reports(const NamedReport& sample, const NamedReport& crowd,
                                        const NamedReport& hostile) {
  std::vector<NamedReport> reports{sample, crowd, hostile};
  while (reports.size() < 30) {
    reports.push_back(hostile);
    reports.back().stem += std::to_string(reports.size());
  }
  return reports;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: write_sample FOLDER ASSETS\n";
    return 2;
  }
  try {
    using namespace ipcbench;
    PlotOptions options;
    options.out_dir = argv[1];
    options.assets = argv[2];
    const NamedReport sample{"sample", testing::charts_sample(), "", kNeeds};
    const NamedReport crowd{"crowd", testing::crowd_sample()};
    const NamedReport hostile{"hostile", testing::hostile_sample()};
    std::vector<std::string> lacking;
    const auto draw = [&](const std::vector<NamedReport>& reports, bool svg, bool png) {
      options.svg = svg;
      options.png = png;
      const PlotResult drawn = plot(reports, options);
      lacking.insert(lacking.end(), drawn.lacking.begin(), drawn.lacking.end());
      for (const auto& file : drawn.written) std::cout << file.string() << '\n';
    };
    draw({sample}, false, false);
    write_report(sample.report, options.out_dir / "sample.json");
    draw({crowd}, true, false);
    draw({sample, hostile}, true, true);
    options.out_dir /= "thirty";
    draw(thirty_reports(sample, crowd, hostile), false, false);
    for (const auto& sentence : lacking) std::cerr << sentence << '\n';
    return lacking.empty() ? 0 : 77;  // skipped
  } catch (const std::exception& error) {
    std::cerr << "write_sample: " << error.what() << '\n';
    return 1;
  }
}
