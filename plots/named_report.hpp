// A report and what the page needs besides.
#pragma once

#include <string>

#include "results/report/report.hpp"

namespace ipcbench {

struct NamedReport {
  std::string stem;  // the name of its charts: usually the report's file name without the extension
  Report report;
  std::string claims = {};  // what it says of the textbooks' claims: a JSON object, or empty
  std::string needs = {};   // which of its mechanisms meet which need: a JSON array, or empty
};

}  // namespace ipcbench
