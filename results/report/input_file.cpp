#include "results/report/input_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMaxFileBytes = (std::size_t{1} << 30) - 1;
// Large enough that the calls cost nothing, and small enough to be parsed in the second-level cache.
constexpr std::size_t kPieceBytes = std::size_t{256} << 10;

[[noreturn]] void refuse(const std::string& name, const std::string& problem) {
  throw ReportError(fmt::format("{}: {}", name, problem));
}

[[noreturn]] void refuse_unreadable(const std::string& name, int error) {
  refuse(name, fmt::format("cannot be read: {}", std::generic_category().message(error)));
}

std::string_view kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

void check_regular(const std::string& name, int fd) {
  struct stat status {};
  if (fd < 0 || ::fstat(fd, &status) != 0) refuse_unreadable(name, errno);
  if (!S_ISREG(status.st_mode)) {
    refuse(name, fmt::format("is {}, not a regular file", kind_of(status.st_mode)));
  }
  if (static_cast<std::uint64_t>(status.st_size) > kMaxFileBytes) {
    refuse(name, fmt::format("has {} bytes; a report has at most {}", status.st_size, kMaxFileBytes));
  }
}

bool means_standard_input(const std::filesystem::path& file, Dash dash) {
  return dash == Dash::is_standard_input && file == "-";
}

// O_NONBLOCK: opening a FIFO would block until somebody writes to it.
int open_for_reading(const std::filesystem::path& file, Dash dash) {
  if (means_standard_input(file, dash)) return ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0);
  return ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
}

}  // namespace

InputFile::InputFile(const std::filesystem::path& file, Dash dash)
    : name_(means_standard_input(file, dash) ? "standard input" : file.string()),
      fd_(open_for_reading(file, dash)),
      piece_(kPieceBytes),
      text_([this] { return read_piece(); }) {
  if (!means_standard_input(file, dash)) check_regular(name_, fd_.get());
}

// The file may grow while it is read, and a small one may unpack to a large one, so the limit is checked here
// too.
std::string_view InputFile::next() {
  try {
    const std::string_view piece = text_.next();
    read_bytes_ += piece.size();
    if (read_bytes_ > kMaxFileBytes) refuse(name_, fmt::format("has more than {} bytes", kMaxFileBytes));
    return piece;
  } catch (const CompressionError& error) {
    refuse(name_, error.what());
  }
}

std::string_view InputFile::read_piece() {
  ssize_t got = -1;
  do {
    got = ::read(fd_.get(), piece_.data(), piece_.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) refuse_unreadable(name_, errno);
  return {piece_.data(), static_cast<std::size_t>(got)};
}

}  // namespace ipcbench
