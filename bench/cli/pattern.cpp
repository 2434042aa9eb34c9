#include "bench/cli/pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>

#include "bench/cli/exit_code.hpp"

namespace ipcbench {
namespace {

// The standard library recurses, with a few hundred bytes of stack for each character and each of its
// repetitions: a pattern of 100,000 "(" ended in a segmentation fault.
constexpr std::size_t kMostPatternBytes = 1000;
constexpr std::size_t kMostSteps = 2000;  // bytes times repetitions
constexpr std::size_t kDeepest = 50;      // groups within groups
// Names have about 100 characters, and each repetition may begin and end at any of them.
constexpr std::size_t kMostBacktracking = 4;

struct Shape {
  std::size_t depth = 0;
  std::size_t repetitions = 1;  // the product of all counts in braces
  std::size_t repeated = 0;     // how many repetitions there are
  bool repeats_group = false;
};

bool repeats(char c) { return c == '*' || c == '+' || c == '{'; }

// The larger number of "{2}" or "{2,30}"; `text` begins behind the brace.
std::size_t count_behind(std::string_view text) {
  std::size_t most = 1;
  while (!text.empty() && text.front() != '}') {
    std::size_t count = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), count);
    const auto digits = static_cast<std::size_t>(parsed.ptr - text.data());
    if (parsed.ec == std::errc::result_out_of_range) count = kMostSteps;
    most = std::max(most, std::min(count, kMostSteps));
    text.remove_prefix(std::max<std::size_t>(digits, 1));
  }
  return most;
}

Shape shape_of(std::string_view text) {
  Shape shape;
  std::size_t depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;  // an escaped character is itself
    } else if (text[i] == '(') {
      shape.depth = std::max(shape.depth, ++depth);
    } else if (text[i] == ')') {
      depth -= depth > 0 ? 1 : 0;
      shape.repeats_group = shape.repeats_group || (i + 1 < text.size() && repeats(text[i + 1]));
    } else if (repeats(text[i])) {
      ++shape.repeated;
      if (text[i] != '{') continue;
      shape.repetitions = std::min(shape.repetitions * count_behind(text.substr(i + 1)), kMostSteps);
    }
  }
  return shape;
}

void check_shape(std::string_view argument, const std::string& text, bool backtracks) {
  const auto reject = [&](std::string_view problem) {
    throw UsageError(fmt::format("{}: '{}' {}.", argument, text, problem));
  };
  const Shape shape = shape_of(text);
  if (text.size() > kMostPatternBytes) reject(fmt::format("is longer than {} bytes", kMostPatternBytes));
  if (shape.depth > kDeepest) reject(fmt::format("has more than {} groups in one another", kDeepest));
  if (text.size() * shape.repetitions > kMostSteps) reject("repeats too much; write *, + or less");
  if (!backtracks || (!shape.repeats_group && shape.repeated <= kMostBacktracking)) return;
  reject(fmt::format(
      "would take Google Benchmark's matching too long, with a repeated group or more than {} repetitions; "
      "use --filter",
      kMostBacktracking));
}

#ifdef __GLIBCXX__
constexpr auto kWithoutBacktracking = std::regex_constants::__polynomial;
#else
constexpr auto kWithoutBacktracking = std::regex_constants::ECMAScript;  // libc++ gives up by itself
#endif

}  // namespace

std::regex compile_pattern(std::string_view argument, const std::string& text) {
  check_shape(argument, text, false);
  try {
    return std::regex(text, std::regex::ECMAScript | std::regex::optimize | kWithoutBacktracking);
  } catch (const std::regex_error& error) {
    throw UsageError(fmt::format("{}: '{}' is not a regular expression: {}.", argument, text, error.what()));
  }
}

void check_for_backtracking(std::string_view argument, const std::string& text) {
  check_shape(argument, text, true);
}

}  // namespace ipcbench
