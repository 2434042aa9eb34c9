// The formats of a rank among the machines of a class.
#pragma once

#include <cstddef>
#include <string>

#include "results/comparison/class_rank.hpp"

namespace ipcbench {

struct ClassRankView {
  std::string host;       // the name of the ranked machine
  std::string among;      // the class, or the patterns that were asked for
  std::size_t cells = 0;  // of the report
  bool invalid = false;   // the report itself says that its figures cannot be trusted
  ClassRank rank;
};

// On one screen: all cells, those families in which the machine is the furthest behind, and the facts that
// separate. With `all`: each cell, and the facts of each cell.
std::string class_rank_text(const ClassRankView& view, bool all, std::size_t columns);

// {"host", "among", "invalid", "confidence", "report_cells", "overall": {"machines", "rank", "faster_than",
// "of_median", "facts": [separation]}, "cells": [{"cell", "family", "machines", "few", "rank", "rank_low",
// "rank_high", "best_quarter": true, false or null (unclear), "faster_than", "time_ns", "of_best",
// "of_median", "best_host", "facts": [separation]}]}, where a separation is {"facts": [{"name", "value",
// "here"}], "times_as_fast", "p", "with", "without"}
std::string class_rank_json(const ClassRankView& view);

}  // namespace ipcbench
