#include "bench/duet/words.hpp"

#include <fmt/format.h>

#include "bench/cli/exit_code.hpp"

namespace ipcbench {
namespace {

constexpr std::string_view kBlanks = " \t\n";

// Between double quotes a backslash is itself, unless it stands before one of these.
bool escapes(char quote, char next) { return quote == '\0' || next == '"' || next == '\\'; }

}  // namespace

std::vector<std::string> split_words(std::string_view argument, std::string_view text) {
  std::vector<std::string> words;
  bool in_word = false;
  char quote = '\0';
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quote == '\0' && kBlanks.find(c) != std::string_view::npos) {
      in_word = false;
      continue;
    }
    if (!in_word) words.emplace_back();
    in_word = true;
    if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == '\\' && quote != '\'' && i + 1 < text.size() && escapes(quote, text[i + 1])) {
      words.back() += text[++i];
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') throw UsageError(fmt::format("{}: '{}' lacks a closing {}.", argument, text, quote));
  return words;
}

}  // namespace ipcbench
