// Where iceoryx keeps its objects. The names of the daemon's socket and memory are compiled into the library,
// and there is one daemon a machine. Here they are moved to a place of the link's own: what is a file, into
// the launch's directory; what is memory, to descriptors without a name. So several links run at once, beside
// a daemon that the user runs, and as an ordinary user.
#pragma once

#include <link.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <functional>
#include <span>
#include <string>
#include <string_view>

// The library's wrappers around system calls (libiceoryx_platform), which libiceoryx_hoofs imports.
#include <iceoryx_hoofs/platform/fcntl.hpp>
#include <iceoryx_hoofs/platform/file.hpp>
#include <iceoryx_hoofs/platform/mman.hpp>
#include <iceoryx_hoofs/platform/socket.hpp>

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

// Replaces the addresses of functions that a library imports, whoever has loaded it, and in whichever order:
// Cyclone DDS brings this library along too.
class Imports {
 public:
  struct Import {
    std::uintptr_t theirs;
    std::uintptr_t ours;
    bool is_found = false;
  };

  template <class Function>
  static std::uintptr_t address(Function* function) {
    return std::bit_cast<std::uintptr_t>(function);
  }

  // Where `library` stands in the path of a loaded object. False: an import was not found.
  static bool redirect(std::string_view library, std::span<Import> imports) {
    Imports all{library, imports};
    dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void* self) {
          static_cast<Imports*>(self)->look_into(*object);
          return 0;
        },
        &all);
    for (const Import& import : imports) {
      if (!import.is_found) return false;
    }
    return true;
  }

 private:
  Imports(std::string_view library, std::span<Import> imports) : library_(library), imports_(imports) {}

  void look_into(const dl_phdr_info& object) {
    if (std::string_view(object.dlpi_name).find(library_) == std::string_view::npos) return;
    const std::span headers(object.dlpi_phdr, object.dlpi_phnum);
    protect(object, headers, PROT_READ | PROT_WRITE);
    for (const auto& header : headers) {
      if (header.p_type == PT_LOAD && (header.p_flags & PF_W) != 0)
        replace({std::bit_cast<std::uintptr_t*>(object.dlpi_addr + header.p_vaddr),
                 header.p_filesz / sizeof(std::uintptr_t)});
    }
    protect(object, headers, PROT_READ);
  }
  // The imports are in what the loader protects once it has bound them (ld -z relro).
  template <class Headers>
  static void protect(const dl_phdr_info& object, const Headers& headers, int access) {
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    for (const auto& header : headers) {
      if (header.p_type != PT_GNU_RELRO) continue;
      const std::uintptr_t start = (object.dlpi_addr + header.p_vaddr) & ~(page - 1);
      const std::uintptr_t end = (object.dlpi_addr + header.p_vaddr + header.p_memsz) & ~(page - 1);
      mprotect(std::bit_cast<void*>(start), end - start, access);
    }
  }
  void replace(std::span<std::uintptr_t> words) {
    for (std::uintptr_t& word : words) {
      for (Import& import : imports_) {
        if (word == import.ours) import.is_found = true;  // by another object of this process
        if (word != import.theirs) continue;
        word = import.ours;
        import.is_found = true;
      }
    }
  }

  std::string_view library_;
  std::span<Import> imports_;
};

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
