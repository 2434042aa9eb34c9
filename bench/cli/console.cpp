#include "bench/cli/console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "harness/base/fd.hpp"
#include "harness/base/printable.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

std::string emphasised(std::string text, Emphasis emphasis) {
  if (emphasis == Emphasis::none || !error_has_colours()) return text;
  return fmt::format("\033[{}m{}\033[0m", emphasis == Emphasis::error ? 31 : 33, text);
}

bool is_terminal(int fd) {
  const char* const kind = std::getenv("TERM");
  return isatty(fd) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

bool has_colours(int fd) {
  const char* const refused = std::getenv("NO_COLOR");
  return is_terminal(fd) && (refused == nullptr || *refused == '\0');
}

std::optional<std::size_t> columns_of(int fd) {
  winsize size{};
  const bool known = ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? std::optional<std::size_t>(size.ws_col) : std::nullopt;
}

}  // namespace

void ignore_signals_of_writing() {
  for (const int signal : {SIGPIPE, SIGXFSZ}) std::signal(signal, SIG_IGN);
}

// In order, because open() returns the lowest free number. Each is opened for the opposite direction.
void occupy_standard_streams() {
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

void print(std::string_view text) { print_coloured(printable_text(text)); }

void print_coloured(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, text);
  if (error == 0) return;
  if (error == EPIPE) throw OutputClosed{};
  throw FileError("cannot write to standard output", {}, error);
}

// getc() returns when a signal arrives. A request has a few hundred characters.
std::optional<std::string> next_line() {
  constexpr std::size_t kLongestRequest = 4096;
  std::string line;
  for (int c = std::getc(stdin); c != EOF; c = std::getc(stdin)) {
    if (c == '\n') return line;
    if (line.size() == kLongestRequest) {
      throw ReportError(fmt::format("standard input: a request of more than {} characters", kLongestRequest));
    }
    line += static_cast<char>(c);
  }
  return line.empty() ? std::nullopt : std::optional(line);
}

void say(std::string_view text, Emphasis emphasis) {
  say_unfinished(fmt::format("{}\n", emphasised(printable_text(text), emphasis)));
}

void say_unfinished(std::string_view text) { write_all(STDERR_FILENO, text); }

bool error_is_terminal() { return is_terminal(STDERR_FILENO); }

bool error_has_colours() { return has_colours(STDERR_FILENO); }

std::size_t error_columns() { return columns_of(STDERR_FILENO).value_or(80); }

void StepLine::show(std::string_view text) const {
  if (shown_) say_unfinished(fmt::format("\r\033[K{}", text));
}

bool output_has_colours() { return has_colours(STDOUT_FILENO); }

std::optional<std::size_t> output_columns() {
  return is_terminal(STDOUT_FILENO) ? columns_of(STDOUT_FILENO) : std::nullopt;
}

TextStyle output_style() {
  constexpr std::size_t kFewest = 40;
  constexpr std::size_t kUsual = 80;
  return {.columns = std::clamp(output_columns().value_or(kUsual), kFewest, kTextColumns),
          .colours = output_has_colours()};
}

}  // namespace ipcbench
