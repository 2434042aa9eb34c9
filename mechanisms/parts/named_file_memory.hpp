// Shared memory that is a file in some place: created exclusively, mapped, and unlinked by its creator.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <string>

#include "harness/base/mapping.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {

// `Place` says how a file is named, opened and removed there:
//   static std::string name_for(const LinkSpec& spec);
//   static int open(const std::string& name, int flags);   as open(2), mode 0600
//   static constexpr ObjectKind kKind;                     how it is removed
//   static constexpr Lifetime kLifetime;                   if nobody removes it
//   static constexpr const char* kName;                    "POSIX shared memory"
//   static constexpr const char* kMakeRoom;                the remedy if there is none
// and available(), if the place may be missing.
template <class Place>
class NamedFileMemory {
 public:
  static constexpr Lifetime kLifetime = Place::kLifetime;
  static constexpr const char* kName = Place::kName;

  static Unavailable available() {
    if constexpr (MayBeUnavailable<Place>) return Place::available();
    return std::nullopt;
  }

  static NamedFileMemory create(const LinkSpec& spec, std::size_t bytes) {
    OwnedName name(Place::kKind, Place::name_for(spec), true);
    const Fd fd(Place::open(name.str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC));
    if (!fd) throw_errno("cannot create the shared memory", {{ENOSPC, Place::kMakeRoom}});
    size_memory_file(fd.get(), bytes, Place::kMakeRoom);
    return {std::move(name), fd, bytes};
  }
  // Throws KernelError, or Error if the file is smaller.
  static NamedFileMemory join(const std::string& name, std::size_t bytes) {
    const Fd fd(checked(Place::open(name, O_RDWR | O_CLOEXEC), "cannot open the shared memory"));
    require_file_size(fd.get(), bytes);
    return {OwnedName(Place::kKind, name, false), fd, bytes};
  }

  [[nodiscard]] void* data() const { return mapping_.data(); }
  [[nodiscard]] std::string address() const { return name_.str(); }
  void unlink() const noexcept { name_.unlink(); }

 private:
  NamedFileMemory(OwnedName name, const Fd& fd, std::size_t bytes)
      : name_(std::move(name)), mapping_(fd.get(), bytes) {}

  OwnedName name_;
  SharedMapping mapping_;
};

// POSIX shared memory, shm_open(3).
struct PosixShm {
  static Unavailable available() {
    if (access("/dev/shm", W_OK | X_OK) == 0) return std::nullopt;
    return "/dev/shm is missing or not writable: mount a tmpfs there (in a container: --shm-size)";
  }
  static std::string name_for(const LinkSpec& spec) { return spec.slash_name(); }
  static constexpr const char* kMakeRoom =
      "enlarge /dev/shm (mount -o remount,size=1G /dev/shm; in a container: --shm-size)";
  static int open(const std::string& name, int flags) {
    return shm_open(name.c_str(), flags, S_IRUSR | S_IWUSR);
  }
  static constexpr ObjectKind kKind = ObjectKind::posix_shm;
  static constexpr Lifetime kLifetime = Lifetime::kernel;
  static constexpr const char* kName = "POSIX shared memory";
};

}  // namespace ipcbench
