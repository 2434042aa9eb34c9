// Draws the sample reports for the tests in web/: write_sample FOLDER ASSETS.
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
    const NamedReport hostile{"hostile", testing::hostile_sample()};
    options.svg = options.png = false;
    PlotResult result = plot({sample}, options);
    options.svg = options.png = true;
    const PlotResult both = plot({sample, hostile}, options);
    result.lacking.insert(result.lacking.end(), both.lacking.begin(), both.lacking.end());
    for (const auto& file : both.written) std::cout << file.string() << '\n';
    for (const auto& sentence : result.lacking) std::cerr << sentence << '\n';
    return result.lacking.empty() ? 0 : 1;
  } catch (const std::exception& error) {
    std::cerr << "write_sample: " << error.what() << '\n';
    return 1;
  }
}
