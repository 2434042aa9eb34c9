// What the core is held to, and the table that says how it does.
#pragma once

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace ipcbench::core {

// By name of the block: the nanoseconds of each repetition.
using Times = std::map<std::string, std::vector<double>>;

struct Interval {
  double estimate = 0;
  double low = 0;
  double high = 0;
};

enum class Measure { ratio, difference_ns };

// The ratio or the difference of the medians of two samples, with the 95 % interval of the percentile
// bootstrap (Efron and Tibshirani, An Introduction to the Bootstrap, section 13.3), the same for the same
// samples. Throws std::invalid_argument if one is empty.
Interval compare_medians(const std::vector<double>& ours, const std::vector<double>& theirs, Measure measure);

struct Goal {
  std::string what;
  std::string ours;
  std::vector<std::string>
      theirs;  // the fastest of them counts, by median; those that were not measured do not
  Measure measure = Measure::ratio;
  double at_most = 0;
};

// The median of each block, and each goal as met, missed or not measured.
void print_tables(std::ostream& out, const Times& times, const std::vector<Goal>& goals);

}  // namespace ipcbench::core
