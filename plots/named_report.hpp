// A report as the charts take it.
#pragma once

#include <string>

#include "results/report/report.hpp"

namespace ipcbench {

// A report and the name of its charts: usually the report's file name without the extension.
struct NamedReport {
  std::string stem;
  Report report;
  std::string claims = {};  // what it says of the textbooks' claims: a JSON object, or empty
  std::string needs = {};   // what its mechanisms may be needed for: a JSON array, or empty
};

}  // namespace ipcbench
