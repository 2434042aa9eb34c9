#include "harness/base/printed_file.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "harness/base/printable.hpp"

namespace ipcbench {

PrintedFile::PrintedFile() : file_(checked(memfd_create("ipcbench-printed", MFD_CLOEXEC), "memfd_create")) {}

void PrintedFile::take_standard_streams() const noexcept {
  for (const int stream : {STDOUT_FILENO, STDERR_FILENO}) dup2(file_.get(), stream);
}

std::string PrintedFile::last_line() const {
  constexpr off_t kLookedAt = 2048;
  constexpr std::size_t kMostShown = 240;
  std::array<char, kLookedAt> text{};
  const off_t end = lseek(file_.get(), 0, SEEK_END);
  const ssize_t got = pread(file_.get(), text.data(), text.size(), std::max<off_t>(end - kLookedAt, 0));
  std::string_view lines(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  const std::size_t last = lines.find_last_not_of(" \t\r\n");
  if (last == std::string_view::npos) return {};
  lines = lines.substr(0, last + 1);
  return shortened_line(printable_line(lines.substr(lines.find_last_of("\r\n") + 1)), kMostShown);
}

}  // namespace ipcbench
