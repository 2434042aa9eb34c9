// What has to be said beside a number, as one character behind it and a line that explains it.
#pragma once

#include <string>
#include <string_view>

#include "results/summary/summary.hpp"

namespace ipcbench {

// The marks that the cell's figure deserves, "~^" for instance; mostly none.
std::string marks_of(const CellSummary& summary);

// One paragraph for each mark that occurs in `tables`, whose other text (names, numbers, units) holds none of
// those characters.
std::string explain_marks(std::string_view tables);

}  // namespace ipcbench
