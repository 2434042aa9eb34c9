#include "harness/cleanup/launch_directory.hpp"

#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/random.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "harness/base/error.hpp"
#include "harness/cleanup/run_directory.hpp"

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

std::uint64_t unpredictable_number() {
  std::uint64_t random = 0;
  if (getrandom(&random, sizeof random, 0) != static_cast<ssize_t>(sizeof random)) {
    throw_errno("getrandom (Linux 3.17)");
  }
  return random;
}

std::string unpredictable_name() { return fmt::format("ipcbench-{:016x}", unpredictable_number()); }

key_t unpredictable_key() {
  const auto key = static_cast<key_t>(unpredictable_number());
  return key == IPC_PRIVATE ? unpredictable_key() : key;
}

}  // namespace ipcbench
