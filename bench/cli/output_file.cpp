#include "bench/cli/output_file.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <ctime>
#include <system_error>
#include <utility>

#include "bench/cli/console.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/ledger.hpp"
#include "harness/cleanup/whole_file.hpp"
#include "results/report/compression.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::string message_of(int error) { return std::generic_category().message(error); }

[[noreturn]] void fail_to_write(const std::string& file, int error) {
  const char* reason = error == ENXIO ? " (a pipe that nobody reads)" : "";
  throw UsageError(fmt::format("--out: cannot write {}: {}{}", file, message_of(error), reason));
}

std::string host_name() {
  std::array<char, 256> buffer{};
  if (gethostname(buffer.data(), buffer.size() - 1) != 0) return "host";
  std::string name(buffer.data());
  const auto is_unusual = [](unsigned char c) {
    return std::isalnum(c) == 0 && std::string_view("-._").find(static_cast<char>(c)) == std::string::npos;
  };
  std::ranges::replace_if(name, is_unusual, '_');
  return name;
}

// number: errno, or 0. Without a free descriptor, choosing another place would not help.
[[noreturn]] void refuse(const fs::path& file, const std::string& problem, int number = 0) {
  const bool no_descriptor = number == EMFILE || number == ENFILE;
  throw UsageError(fmt::format("--out: cannot write a report to {}: {}; {}.", file.string(), problem,
                               no_descriptor ? usual_remedy(number) : "choose another place"));
}

// Tries it: no single query reveals permissions, read-only file systems and exhausted inodes.
void try_to_create_beside(const fs::path& file) {
  const fs::path folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  const std::string name = fs::absolute(folder / ("." + unpredictable_name())).string();
  const Noted noted(ObjectKind::file, name);
  if (!Fd(open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR))) {
    const int error = errno;
    const bool missing = error == ENOENT || error == ENOTDIR;
    const std::string where = missing ? fmt::format(" (the folder {}; create it)", folder.string()) : "";
    refuse(file, message_of(error) + where, error);
  }
  unlink(name.c_str());
}

// "stem.json", or with a number if another run of the same second has that name.
fs::path unused_name(const fs::path& stem) {
  std::error_code unknown;
  fs::path file = stem.string() + ".json";
  for (int number = 2; fs::exists(file, unknown); ++number) {
    file = fmt::format("{}-{}.json", stem.string(), number);
  }
  return file;
}

}  // namespace

// O_NONBLOCK, because opening a pipe that nobody reads would block forever.
OutputFile::OutputFile(std::string file) : name_(std::move(file)) {
  if (name_.empty()) return;
  refuse_planted_link(name_);
  constexpr mode_t kMode = 0666;  // minus the umask
  fd_ = Fd(open(name_.c_str(), O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, kMode));
  if (!fd_) fail_to_write(name_, errno);
  fcntl(fd_.get(), F_SETFL, 0);
}

void OutputFile::write(std::string_view text) {
  if (name_.empty()) return print(text);
  if (ftruncate(fd_.get(), 0) != 0 && errno != EINVAL)
    fail_to_write(name_, errno);  // EINVAL: a pipe, a device
  if (const int error = write_all(fd_.get(), compressed(text, compression_of(name_))))
    fail_to_write(name_, error);
  // Some file systems report failed writes only here.
  if (close(fd_.release()) != 0) fail_to_write(name_, errno);
}

fs::path results_folder() {
  const char* const given = std::getenv("IPCBENCH_RESULTS_DIR");
  return given != nullptr && *given != '\0' ? fs::path(given) : fs::path("results") / "runs";
}

fs::path report_target(const fs::path& wanted, bool replaces) {
  fs::path file = wanted;
  std::error_code error;
  if (file.empty()) {
    file = unused_name(results_folder() /
                       fmt::format("{}-{:%Y%m%dT%H%M%SZ}", host_name(), fmt::gmtime(std::time(nullptr))));
    fs::create_directories(file.parent_path(), error);
    if (error) refuse(file, error.message());
  }
  const bool exists = fs::exists(file, error);
  if (error) refuse(file, error.message());  // a name that is too long, a loop of links
  if (exists && !fs::is_regular_file(file, error)) refuse(file, "it is not a regular file");
  if (exists && !replaces) {
    throw UsageError(
        fmt::format("--out: {} is there already", file.string()),
        "choose another name, replace it with --force, or continue an interrupted run with --resume");
  }
  if (!file.has_filename()) refuse(file, "it is not a file name");
  try_to_create_beside(file);
  return file;
}

}  // namespace ipcbench
