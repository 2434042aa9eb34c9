#include "harness/base/unpredictable.hpp"

#include <fmt/format.h>
#include <sys/ipc.h>
#include <sys/random.h>

#include "harness/base/error.hpp"

namespace ipcbench {

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
