#include "harness/cleanup/launch_directory.hpp"

#include <fmt/format.h>

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

LaunchDirectory::~LaunchDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace ipcbench
