#include "bench/run/report_target.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <string>

#include "bench/cli/exit_code.hpp"
#include "harness/base/error.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/ledger.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::string host_name() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return "host";
  std::string name(buffer.data());
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-' && c != '.' && c != '_') c = '_';
  }
  return name;
}

// number: errno, or 0. Without a free descriptor no place would do.
[[noreturn]] void refuse(const fs::path& file, const std::string& problem, int number = 0) {
  const bool no_descriptor = number == EMFILE || number == ENFILE;
  throw UsageError(fmt::format("--out: cannot write a report to {}: {}; {}.", file.string(), problem,
                               no_descriptor ? usual_remedy(number) : "choose another place"));
}

// Tries it: no query reveals permissions, read-only file systems and exhausted inodes alike.
void try_to_create_beside(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const std::string name = fs::absolute(folder / ("." + unpredictable_name())).string();
  const Noted noted(ObjectKind::file, name);
  const int fd = open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) {
    const int error = errno;
    const bool missing = error == ENOENT || error == ENOTDIR;
    refuse(file,
           fmt::format("{}{}", std::strerror(error),
                       missing ? fmt::format(" (the folder {}; create it)", folder.string()) : ""),
           error);
  }
  close(fd);
  unlink(name.c_str());
}

}  // namespace

fs::path report_target(const fs::path& wanted) {
  fs::path file = wanted;
  std::error_code error;
  if (file.empty()) {
    file = fs::path("results") / "runs" /
           fmt::format("{}-{:%Y%m%dT%H%M%SZ}.json", host_name(), fmt::gmtime(std::time(nullptr)));
    fs::create_directories(file.parent_path(), error);
    if (error) refuse(file, error.message());
  }
  const bool exists = fs::exists(file, error);
  if (error) refuse(file, error.message());  // a name that is too long, a loop of links
  if (exists && !fs::is_regular_file(file, error)) refuse(file, "it is not a regular file");
  if (!file.has_filename()) refuse(file, "it is not a file name");
  try_to_create_beside(file);
  return file;
}

}  // namespace ipcbench
