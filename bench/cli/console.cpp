#include "bench/cli/console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

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

void print(std::string_view text) {
  const int error = write_all(STDOUT_FILENO, printable_text(text));
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

bool error_is_terminal() {
  const char* const kind = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && kind != nullptr && std::string_view(kind) != "dumb";
}

bool error_has_colours() {
  const char* const refused = std::getenv("NO_COLOR");
  return error_is_terminal() && (refused == nullptr || *refused == '\0');
}

std::size_t error_columns() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace ipcbench
