#include "harness/cleanup/launch_directory.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "harness/base/error.hpp"

namespace ipcbench {

LaunchDirectory::LaunchDirectory() {
  const RunDirectory* const run = RunDirectory::current();
  path_ = run != nullptr ? run->path() + "/XXXXXX" : private_place() + "/ipcbench-XXXXXX";
  if (mkdtemp(path_.data()) == nullptr) {
    throw KernelError(errno, fmt::format("cannot make a directory {}", path_), kSetTmpdir);
  }
}

std::string LaunchDirectory::make_part(std::uint32_t number) const {
  std::string part = fmt::format("{}/{}", path_, number);
  if (mkdir(part.c_str(), S_IRWXU) != 0)
    throw KernelError(errno, fmt::format("cannot make a directory {}", part), kSetTmpdir);
  return part;
}

LaunchDirectory::~LaunchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ipcbench
