#include "results/report/json_document.hpp"

#include <gtest/gtest.h>

#include "results/report/json_value.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

// Hands out the text in pieces of `size` bytes. Each overwrites the one before, as when a file is read.
class Pieces {
 public:
  Pieces(std::string_view text, std::size_t size) : text_(text), size_(size) {}
  std::string_view operator()() {
    if (text_.empty()) return {};
    buffer_.assign(text_.substr(0, size_));
    text_.remove_prefix(buffer_.size());
    return buffer_;
  }

 private:
  std::string_view text_;
  std::size_t size_;
  std::string buffer_;
};

void ignore_row(const Json& /*row*/, std::size_t /*index*/) {}

std::string error_in_pieces(std::string_view text, std::size_t size) {
  try {
    parse_document(NextPiece(Pieces(text, size)), ignore_row);
  } catch (const ReportError& error) {
    return error.what();
  }
  return "accepted";
}

// The error is the comma in column 2 of line 3, wherever the pieces end. Catches lines counted in a buffer
// that was overwritten, and columns that restart with a piece.
TEST(ParseDocument, PlacesAreThoseOfTheWholeText) {
  const std::string_view text = "{\n\"context\": {}\n,,\"a\": 1}";
  for (std::size_t size = 1; size <= text.size() + 1; ++size) {
    EXPECT_TRUE(error_in_pieces(text, size).starts_with("line 3, column 2: not JSON")) << size;
  }
}

// The end is one character beyond the last: line 2 has 5 characters.
TEST(ParseDocument, ATruncatedTextEndsInItsLastLine) {
  for (const std::size_t size : {1U, 2U, 3U, 100U}) {
    EXPECT_TRUE(error_in_pieces("{\n\"a\":\n", size).starts_with("line 3, column 1: not JSON")) << size;
    EXPECT_TRUE(error_in_pieces("{\n\"a\": ", size).starts_with("line 2, column 6: not JSON")) << size;
  }
}

TEST(ParseDocument, PiecesMakeTheSameTree) {
  const std::string text = R"({"a": [1, -2.5, "x\u00e9"], "benchmarks": [{"b": true}], "c": null})";
  const Json whole = parse_document(text, ignore_row);
  for (std::size_t size = 1; size < text.size(); ++size) {
    EXPECT_EQ(parse_document(NextPiece(Pieces(text, size)), ignore_row), whole) << size;
  }
}

// Catches a skipped value that ends early (at an inner bracket), swallows what follows it (the next key, the
// next row), or is skipped outside of rows as well.
TEST(ParseDocument, SkippedValuesAreNullAndNothingElseIs) {
  const std::string text =
      R"({"s": [1], "benchmarks": [{"s": [[1, {"s": 2, "s": 3}], []], "k": [4]}, {"k": {"s": "5"}, "s": 6},)"
      R"( {"s": {}}, 7], "end": {"s": 8}})";
  std::vector<std::string> rows;
  const Json frame = parse_document(NextPiece(Pieces(text, 5)),
                                    [&rows](const Json& row, std::size_t) { rows.push_back(row.dump()); },
                                    {.skipped = {"s"}});
  EXPECT_EQ(rows, (std::vector<std::string>{R"({"s":null,"k":[4]})", R"({"k":{"s":null},"s":null})",
                                            R"({"s":null})", "7"}));
  EXPECT_EQ(frame.dump(), R"({"s":[1],"benchmarks":[],"end":{"s":8}})");
}

// Skipped values are still bounded, and a repeated key is still an error.
TEST(ParseDocument, SkippedValuesAreChecked) {
  const auto error_of = [](const std::string& text) -> std::string {
    try {
      parse_document(NextPiece(Pieces(text, 1000)), ignore_row, {.skipped = {"s"}});
    } catch (const ReportError& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_NE(error_of(R"({"benchmarks": [{"s": )" + std::string(1'000'000, '[')).find("nested more than"),
            std::string::npos);
  EXPECT_NE(error_of(R"({"benchmarks": [{"s": 1, "s": 2}]})").find("\"s\" stands twice"), std::string::npos);
  EXPECT_NE(error_of(R"({"benchmarks": [{"s": [1, NaN]}]})").find("not JSON"), std::string::npos);
}

// What is packed in it as a tree again. Counts the lists.
void unpack(Json& json, std::size_t& packed) {
  if (json.is_binary()) {
    const auto pairs = JsonValue(json, "").pairs();
    json = Json::array();
    for (const auto& [a, b] : pairs) json.push_back({a, b});
    ++packed;
  } else if (json.is_structured()) {
    for (Json& part : json) unpack(part, packed);
  }
}

std::string unpacked_rows(const std::string& text, std::size_t& packed) {
  std::string rows;
  const auto take = [&](const Json& row, std::size_t /*index*/) {
    Json read = row;
    unpack(read, packed);
    rows += read.dump();
  };
  parse_document(NextPiece(Pieces(text, 7)), take, {.pack_pairs = true});
  return rows;
}

// Catches numbers that are packed in another order, and a second list that holds the first one's.
TEST(ParseDocument, PairsArePacked) {
  const std::string row = R"({"a":[[1,2],[3,18446744073709551615]],"b":[[5,6]],"c":7,"d":[]})";
  std::size_t packed = 0;
  EXPECT_EQ(unpacked_rows(R"({"benchmarks": [)" + row + "," + row + "]}", packed), row + row);
  EXPECT_EQ(packed, 4U);
}

// Catches a value that is lost, or moved, where an array begins like one of pairs and is none.
TEST(ParseDocument, OtherArraysStayAsTheyAre) {
  for (const std::string value :
       {"[[1,2],3]", "[[1,2],[3]]", "[[1,2],[3,4,5]]", "[[1,2],[3,-4]]", "[[1,2],[3,4.5]]", "[[1,2],[]]",
        "[[1,2],[[3,4]]]", R"([[1,2],{"a":[[3,4]]}])", R"([[1,"x"]])", "[[1,null],[2,3]]", "[1,[2,3]]",
        "[[[1,2],[3,4]]]", "[[[1,2]],[[3,4]]]", "[[1,2],[3,true]]", R"([[{"a":1},2]])",
        "[[1,2],[3,[4]],[5,6]]"}) {
    const std::string row = R"({"a":)" + value + R"(,"b":1})";
    std::size_t packed = 0;
    EXPECT_EQ(unpacked_rows(R"({"benchmarks": [)" + row + "]}", packed), row);
  }
  std::size_t packed = 0;
  EXPECT_EQ(unpacked_rows(R"({"benchmarks": [[[1,2],[3,4]],[5,6],7]})", packed), "[[1,2],[3,4]][5,6]7");
}

std::string error_of_pieces(const NextPiece& next) {
  try {
    parse_document(next, ignore_row);
  } catch (const ReportError& error) {
    return error.what();
  }
  return "accepted";
}

// The pieces of `begin`, then more without end.
NextPiece endless(const std::string& begin, const std::string& piece) {
  return [begin, piece, first = true]() mutable -> std::string_view {
    return std::exchange(first, false) ? begin : piece;
  };
}

// Catches a parser that holds a string, a number or a gap of any length, and so copies a file of a gigabyte
// three times before it complains.
TEST(ParseDocument, OneTokenIsBounded) {
  const std::string problem = "a string, number or gap of more than 1048576 bytes";
  EXPECT_NE(error_of_pieces(endless("{\"a\": \"", std::string(4096, 'x'))).find(problem), std::string::npos);
  EXPECT_NE(error_of_pieces(endless("[1", std::string(4096, '0'))).find(problem), std::string::npos);
  EXPECT_NE(error_of_pieces(endless(" ", std::string(4096, ' '))).find("line 1, column"), std::string::npos);
  EXPECT_EQ(error_of_pieces(pieces_of("[\"" + std::string(1'000'000, 'x') + "\"]")), "accepted");
}

// Catches strings that are bounded singly but not in total.
TEST(ParseDocument, AllTextIsBounded) {
  const std::string string = "\"" + std::string(1'000'000, 'x') + "\",";
  std::string text = "[";
  for (int i = 0; i < 70; ++i) text += string;
  EXPECT_NE(error_of_pieces(pieces_of(text)).find("more than 67108864 bytes of text"), std::string::npos);
}

TEST(ParseDocument, BlankTextIsEmpty) {
  EXPECT_EQ(error_of_pieces(pieces_of("")), "is empty");
  EXPECT_EQ(error_of_pieces(pieces_of(" \n\t\r")), "is empty");
  EXPECT_NE(error_of_pieces(pieces_of(" x")).find("not JSON"), std::string::npos);
}

// The error is a line end at the end of a piece. Catches a place that is one line too far, in column 0.
TEST(ParseDocument, PlacesAreTheSameInPieces) {
  const std::string text = "{\"a\": 1,\n\"b\n\": 2}";
  for (std::size_t size = 1; size <= text.size(); ++size) {
    EXPECT_TRUE(error_of_pieces(NextPiece(Pieces(text, size))).starts_with("line 2, column 3: not JSON"))
        << size;
  }
}

}  // namespace
}  // namespace ipcbench
