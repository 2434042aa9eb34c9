// JSON text to a tree, for input that nobody vouches for: bounded in depth and size, with every mistake
// named by its place.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

namespace ipcbench {

using Json = nlohmann::ordered_json;

// Called with each element of the top-level array `benchmarks` and its index.
using RowHandler = std::function<void(const Json& row, std::size_t index)>;

// Parses `text` and returns its top-level value; the elements of the top-level array `benchmarks` go to
// `on_row` one by one and are not kept, so that a report of a gigabyte costs one row at a time.
// Throws ReportError ("line 3, column 7: ...") for text that is blank ("is empty") or not JSON, an object
// with a key twice, and more nesting, keys, values or text than any report has.
Json parse_document(std::string_view text, const RowHandler& on_row = {});

// Called for the text, piece by piece; each has to last until the next call, the last one for good. Empty:
// the end.
using NextPiece = std::function<std::string_view()>;
// A text that is there as a whole, and has to stay.
NextPiece pieces_of(std::string_view text);

using JsonKeys = std::set<std::string, std::less<>>;

// The same from pieces, of which one is held at a time. Of what stands within a row, the values of keys in
// `skipped` are read over and become null: a row without its histogram takes a fraction of the time.
Json parse_document(const NextPiece& next, const RowHandler& on_row, const JsonKeys& skipped = {});

// As text, on one line if `indent` is -1. Bytes that are not UTF-8 are replaced.
std::string json_text(const Json& json, int indent = -1);

}  // namespace ipcbench
