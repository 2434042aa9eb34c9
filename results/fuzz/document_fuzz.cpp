// JSON text gives the same tree or error in one piece and in many (the first byte says how large), and the
// same tree again once written.
#include <utility>

#include "harness/fuzz/invariant.hpp"
#include "results/report/json_document.hpp"
#include "results/report/report_json.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

// The tree and its rows, or the error.
std::string outcome(const NextPiece& next) {
  std::string rows;
  try {
    const Json document =
        parse_document(next, [&rows](const Json& row, std::size_t) { rows += row.dump() + '\n'; });
    return document.dump() + '\n' + rows;
  } catch (const ReportError& error) {
    return std::string("refused: ") + error.what();
  }
}

void read(std::string_view text, std::size_t piece_bytes) {
  const std::string whole = outcome(pieces_of(text));
  const std::string in_pieces = outcome([rest = text, piece_bytes]() mutable {
    const std::string_view piece = rest.substr(0, piece_bytes);
    rest.remove_prefix(piece.size());
    return piece;
  });
  require(whole == in_pieces, "pieces make no difference");
  if (whole.starts_with("refused: ")) return;
  const std::string_view written = std::string_view(whole).substr(0, whole.find('\n'));
  require(outcome(pieces_of(written)).starts_with(written), "what is read is read as it is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text = fuzz::text_of(data + 1, size - 1);
  read(text, std::size_t{1} + data[0] % 64U);
  return 0;
}
