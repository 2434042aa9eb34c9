// Shared memory that is a file somewhere: created exclusively, mapped, and unlinked by its creator.
#pragma once

#include <string>

#include "harness/mechanism.hpp"
#include "mechanisms/shared_mapping.hpp"

namespace ipcbench {

// `Place` says how a file is named, opened and removed there:
//   static Unavailable available();
//   static std::string name_for(const LinkSpec& spec);
//   static int open(const std::string& name, int flags);   as open(2), mode 0600
//   static int remove(const std::string& name);            as unlink(2)
//   static constexpr const char* kFull;                    what to say if it has no room, with the remedy
template <class Place>
class NamedFileMemory {
 public:
  static Unavailable available() { return Place::available(); }

  static NamedFileMemory create(const LinkSpec& spec, std::size_t bytes) {
    std::string name = Place::name_for(spec);
    Fd fd(Place::open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC));
    if (!fd) throw_errno(errno == ENOSPC ? Place::kFull : "cannot create the shared memory");
    return NamedFileMemory(std::move(name), std::move(fd), bytes, true);
  }
  static NamedFileMemory join(const std::string& name, std::size_t bytes) {
    Fd fd(checked(Place::open(name, O_RDWR | O_CLOEXEC), "cannot open the shared memory"));
    return NamedFileMemory(name, std::move(fd), bytes, false);
  }

  ~NamedFileMemory() {
    if (owner_.active) unlink();
  }
  NamedFileMemory(NamedFileMemory&&) noexcept = default;
  NamedFileMemory& operator=(NamedFileMemory&&) = delete;

  [[nodiscard]] void* data() const { return mapping_.data(); }
  [[nodiscard]] std::string address() const { return name_; }
  void unlink() const noexcept { Place::remove(name_); }

 private:
  // Moved from, it owns nothing.
  struct Owner {
    bool active;
    explicit Owner(bool owns) : active(owns) {}
    Owner(Owner&& other) noexcept : active(std::exchange(other.active, false)) {}
    Owner& operator=(Owner&&) = delete;
  };

  NamedFileMemory(std::string name, Fd fd, std::size_t bytes, bool owns)
      : name_(std::move(name)), owner_(owns), mapping_(sized(name_, fd.get(), bytes, owns), bytes) {}

  static int sized(const std::string& name, int fd, std::size_t bytes, bool owns) {
    if (!owns) return fd;
    try {
      size_memory_file(fd, bytes, Place::kFull);
    } catch (...) {
      Place::remove(name);
      throw;
    }
    return fd;
  }

  std::string name_;
  Owner owner_;
  SharedMapping mapping_;
};

}  // namespace ipcbench
