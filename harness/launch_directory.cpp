#include "harness/launch_directory.hpp"

#include <fmt/format.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "harness/remedy.hpp"

namespace ipcbench {

LaunchDirectory::LaunchDirectory() {
  std::error_code no_error;
  const std::filesystem::path parent = std::filesystem::temp_directory_path(no_error);
  path_ = (no_error ? std::filesystem::path("/tmp") : parent) / "ipcbench-XXXXXX";
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
    throw_errno("getrandom (Linux 3.17)");
  }
  return fmt::format("ipcbench-{:016x}", random);
}

}  // namespace ipcbench
