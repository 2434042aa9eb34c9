// Parses untrusted JSON text into a tree: limits depth and size, and names the place of every error.
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

// Parses `text` and returns its top-level value. The elements of the top-level array `benchmarks` go to
// `on_row` one by one and are not kept, so that a report of a gigabyte costs the memory of one row. Throws
// ReportError ("line 3, column 7: ...") for text that is blank ("is empty") or not JSON, an object with a key
// twice, and more nesting, keys, values or text than any report has.
Json parse_document(std::string_view text, const RowHandler& on_row = {});

// Returns the next piece of the text, empty at its end. A piece stays valid until the next call; the last
// one stays valid.
using NextPiece = std::function<std::string_view()>;
// The pieces of a text, which has to outlive them.
NextPiece pieces_of(std::string_view text);

using JsonKeys = std::set<std::string, std::less<>>;

// How values within rows are kept.
struct RowValues {
  // The values of these keys become null: a row without its histogram takes a fraction of the time.
  JsonKeys skipped = {};
  // An array of pairs of whole numbers, the bulk of a report, becomes a binary value, which JSON text cannot
  // contain: the pairs' numbers as std::uint64_t, one after another. In a tree each pair would have memory of
  // its own. JsonValue::pairs() reads both.
  bool pack_pairs = false;
};

// The same from pieces, held one at a time.
Json parse_document(const NextPiece& next, const RowHandler& on_row, const RowValues& values = {});

// As text, on one line if `indent` is -1. Bytes that are not UTF-8 are replaced.
std::string json_text(const Json& json, int indent = -1);

}  // namespace ipcbench
