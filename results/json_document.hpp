// JSON text to a tree, for input that nobody vouches for: bounded in depth and size, with every mistake
// named by its place.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>

namespace ipcbench {

using Json = nlohmann::ordered_json;

// Called with each element of the top-level array `benchmarks` and its index.
using RowHandler = std::function<void(const Json& row, std::size_t index)>;

// Parses `text` and returns its top-level value; the elements of the top-level array `benchmarks` go to
// `on_row` one by one and are not kept, so that a report of a gigabyte costs one row at a time.
// Throws ReportError ("line 3, column 7: ...") for text that is not JSON, an object with a key twice,
// and more nesting, keys or values than any report has.
Json parse_document(const std::string& text, const RowHandler& on_row);

}  // namespace ipcbench
