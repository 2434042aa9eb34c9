#include "harness/launch_directory.hpp"

#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ipcbench {
namespace {

// Who may write to a directory may rename what is in it, unless it is sticky as /tmp is.
void refuse_if_open_to_all(const std::filesystem::path& parent) {
  struct stat facts {};
  if (::stat(parent.c_str(), &facts) != 0) return;  // mkdtemp says why
  if ((facts.st_mode & (S_IWOTH | S_ISVTX)) != S_IWOTH) return;
  throw std::runtime_error(
      fmt::format("in {} any user could replace what a launch puts there; make it sticky (chmod +t), or set "
                  "TMPDIR to a directory of your own",
                  parent.string()));
}

}  // namespace

LaunchDirectory::LaunchDirectory() {
  std::error_code no_error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(no_error);
  const std::filesystem::path place = no_error ? std::filesystem::path("/tmp") : parent;
  refuse_if_open_to_all(place);
  path_ = place / "ipcbench-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) {
    throw std::system_error(
        errno, std::system_category(),
        fmt::format("cannot make a directory {} (set TMPDIR to where that is possible)", path_));
  }
}

LaunchDirectory::~LaunchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string unpredictable_name() {
  std::uint64_t random = 0;
  if (getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw std::system_error(errno, std::system_category(), "getrandom");
  }
  return fmt::format("ipcbench-{:016x}", random);
}

}  // namespace ipcbench
