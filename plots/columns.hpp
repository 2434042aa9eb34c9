// Records as columns: the page has a thousand cells of some fifty fields, most of them alike.
#pragma once

#include <nlohmann/json.hpp>
#include <vector>

namespace ipcbench {

// {"count": N, "columns": {FIELD: COLUMN}} of N objects. A COLUMN is {"all": value} if all are equal (a field
// that a record lacks is null), {"words": [text], "at": [index]} for texts, or otherwise {"each": [value]}.
// Numbers are rounded to five significant digits; whole numbers stay as they are.
nlohmann::json to_columns(std::vector<nlohmann::json> records);

}  // namespace ipcbench
