// POSIX shared memory, shm_open(3), as a place for NamedFileMemory.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "harness/contract/abilities.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {

struct PosixShm {
  static Unavailable available() {
    if (access("/dev/shm", W_OK | X_OK) == 0) return std::nullopt;
    return "/dev/shm is missing or not writable: mount a tmpfs there (in a container: --shm-size)";
  }
  static std::string name_for(const LinkSpec& spec) { return "/" + spec.name; }
  static constexpr const char* kMakeRoom =
      "enlarge /dev/shm (mount -o remount,size=1G /dev/shm; in a container: --shm-size)";
  static int open(const std::string& name, int flags) {
    return shm_open(name.c_str(), flags, S_IRUSR | S_IWUSR);
  }
  static constexpr ObjectKind kKind = ObjectKind::posix_shm;
};

}  // namespace ipcbench
