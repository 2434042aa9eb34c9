#include "bench/cli/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "bench/cli/console.hpp"
#include "bench/cli/exit_code.hpp"
#include "harness/cleanup/whole_file.hpp"

namespace ipcbench {
namespace {

[[noreturn]] void fail_to_write(const std::string& file, int error) {
  const char* remedy = error == ENXIO ? " (a pipe that nobody reads)" : "";
  throw UsageError(
      fmt::format("--out: cannot write {}: {}{}", file, std::generic_category().message(error), remedy));
}

}  // namespace

// O_NONBLOCK, because opening a pipe that nobody reads would block forever.
OutputFile::OutputFile(const std::string& file) : name_(file) {
  if (file.empty()) return;
  refuse_planted_link(file);
  constexpr mode_t kMode = 0666;  // minus the umask
  fd_ = ::open(file.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, kMode);
  if (fd_ < 0) fail_to_write(file, errno);
  fcntl(fd_, F_SETFL, 0);
}

OutputFile::~OutputFile() {
  if (fd_ >= 0) ::close(fd_);
}

// Some file systems report failed writes only from close().
void OutputFile::write(std::string_view text) {
  if (name_.empty()) return print(text);
  if (ftruncate(fd_, 0) != 0 && errno != EINVAL) fail_to_write(name_, errno);  // EINVAL: a pipe, a device
  while (!text.empty()) {
    const ssize_t put = ::write(fd_, text.data(), text.size());
    if (put < 0 && errno != EINTR) fail_to_write(name_, errno);
    text.remove_prefix(put < 0 ? 0 : static_cast<std::size_t>(put));
  }
  if (::close(std::exchange(fd_, -1)) != 0) fail_to_write(name_, errno);
}

void write_out(const std::string& file, std::string_view text) { OutputFile(file).write(text); }

}  // namespace ipcbench
