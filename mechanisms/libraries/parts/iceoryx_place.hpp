// Where iceoryx keeps its objects. The names of the daemon's socket and memory are compiled into the library,
// and there is one daemon a machine. Here they are moved to a place of the link's own: what is a file, into
// the launch's directory; what is memory, to descriptors without a name. So several links run at once, beside
// a daemon that the user runs, and as an ordinary user.
#pragma once

#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>

// The library's wrappers around system calls (libiceoryx_platform), which libiceoryx_hoofs imports.
#include <iceoryx_hoofs/platform/fcntl.hpp>
#include <iceoryx_hoofs/platform/file.hpp>
#include <iceoryx_hoofs/platform/mman.hpp>
#include <iceoryx_hoofs/platform/socket.hpp>

#include "mechanisms/libraries/parts/imports.hpp"

namespace ipcbench {

// Of a process, which has one place at a time, because the library has one daemon a process.
struct IceoryxPlace {
  std::string prefix;                           // of all files; empty: they stay where the library wants them
  std::function<int(std::string_view)> memory;  // a descriptor for the memory of that name, or -1 and errno
  // Told of what the library could not do, and errno, where it would end the process without a word of that.
  void (*refused)(const char* call) = nullptr;

  [[nodiscard]] std::string of(std::string_view file) const {
    constexpr std::string_view kFolder = "/tmp/";  // IOX_UDS_SOCKET_PATH_PREFIX, IOX_LOCK_FILE_PATH_PREFIX
    if (prefix.empty() || !file.starts_with(kFolder)) return std::string(file);
    return prefix + "-" + std::string(file.substr(kFolder.size()));
  }

  int noted(int result, const char* call) const {
    if (result == -1 && refused != nullptr) refused(call);
    return result;
  }

  static IceoryxPlace& current() {
    static IceoryxPlace place;
    return place;
  }
};

namespace iceoryx_calls {

inline int open_lock(const char* file, int flags, mode_t mode) {
  const IceoryxPlace& place = IceoryxPlace::current();
  return place.noted(iox_open(place.of(file).c_str(), flags, mode), "open");
}
inline int lock(int fd, int operation) {
  return IceoryxPlace::current().noted(iox_flock(fd, operation), "flock");
}
inline int unlink_socket(const char* file) { return unlink(IceoryxPlace::current().of(file).c_str()); }
inline int remove_lock(const char* file) { return std::remove(IceoryxPlace::current().of(file).c_str()); }

// Calls bind or connect.
template <auto Call>
int with_socket(int fd, const sockaddr* address, socklen_t bytes) {
  const IceoryxPlace& place = IceoryxPlace::current();
  if (place.prefix.empty()) return Call(fd, address, bytes);
  sockaddr_un moved{.sun_family = AF_UNIX, .sun_path = {}};
  const std::string file = place.of(reinterpret_cast<const sockaddr_un*>(address)->sun_path);
  if (file.size() >= sizeof moved.sun_path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  std::memcpy(moved.sun_path, file.data(), file.size());
  return Call(fd, reinterpret_cast<const sockaddr*>(&moved), sizeof moved);
}
// The library lets the group in, which the launch's directory does not.
inline int bind_for_user(int fd, const sockaddr* address, socklen_t bytes) {
  const IceoryxPlace& place = IceoryxPlace::current();
  const int result = place.noted(with_socket<iox_bind>(fd, address, bytes), "bind");
  if (result != 0 || place.prefix.empty()) return result;
  const std::string file = place.of(reinterpret_cast<const sockaddr_un*>(address)->sun_path);
  return place.noted(chmod(file.c_str(), S_IRUSR | S_IWUSR), "chmod");
}

inline int open_memory(const char* name, int flags, mode_t mode) {
  const IceoryxPlace& place = IceoryxPlace::current();
  if (place.prefix.empty()) return iox_shm_open(name, flags, mode);
  return place.noted(place.memory(name), "memfd_create");
}
inline int unlink_memory(const char* name) {
  return IceoryxPlace::current().prefix.empty() ? iox_shm_unlink(name) : 0;
}

}  // namespace iceoryx_calls

inline constexpr std::string_view kIceoryxImporter = "/libiceoryx_hoofs.so";

// From now on the library's objects are at IceoryxPlace::current(). False: this library is not built as
// Debian's is.
inline bool move_iceoryx() {
  std::array<Imports::Import, 8> imports{{
      {Imports::address(&iox_open), Imports::address(&iceoryx_calls::open_lock)},
      {Imports::address(&iox_flock), Imports::address(&iceoryx_calls::lock)},
      {Imports::address(&iox_bind), Imports::address(&iceoryx_calls::bind_for_user)},
      {Imports::address(&iox_connect), Imports::address(&iceoryx_calls::with_socket<iox_connect>)},
      {Imports::address(&iox_shm_open), Imports::address(&iceoryx_calls::open_memory)},
      {Imports::address(&iox_shm_unlink), Imports::address(&iceoryx_calls::unlink_memory)},
      {Imports::address(&unlink), Imports::address(&iceoryx_calls::unlink_socket)},
      {Imports::address(static_cast<int (*)(const char*)>(&std::remove)),
       Imports::address(&iceoryx_calls::remove_lock)},
  }};
  return Imports::redirect(kIceoryxImporter, imports);
}

}  // namespace ipcbench
