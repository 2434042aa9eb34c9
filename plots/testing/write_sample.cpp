// Draws the sample reports for pictures.mjs and browser.mjs: write_sample FOLDER ASSETS.
#include <exception>
#include <iostream>

#include "plots/plot.hpp"
#include "plots/testing/charts_sample.hpp"

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
    const NamedReport sample{"sample", testing::charts_sample()};
    const NamedReport crowd{"crowd", testing::crowd_sample()};
    const NamedReport hostile{"hostile", testing::hostile_sample()};
    options.svg = options.png = false;
    PlotResult result = plot({sample}, options);
    options.svg = options.png = true;
    for (const std::vector<NamedReport>& reports : {std::vector{crowd}, std::vector{sample, hostile}}) {
      const PlotResult drawn = plot(reports, options);
      result.lacking.insert(result.lacking.end(), drawn.lacking.begin(), drawn.lacking.end());
      for (const auto& file : drawn.written) std::cout << file.string() << '\n';
    }
    for (const auto& sentence : result.lacking) std::cerr << sentence << '\n';
    return result.lacking.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "write_sample: " << error.what() << '\n';
    return 1;
  }
}
