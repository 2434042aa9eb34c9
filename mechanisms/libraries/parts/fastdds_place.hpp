// Where Fast DDS keeps its objects: memory, locks and semaphores in /dev/shm, some under names that the
// library draws and some under the numbers of ports that all of a machine's participants share. Here they are
// moved to a directory of the link's own. So links are apart from each other and from every other program
// that uses Fast DDS, and whatever happens to the ends, the directory goes. Nor does the library see the
// environment or read the profiles (XML) of its user, which would change what is measured.
#pragma once

#include <fcntl.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <string>
#include <string_view>

#include "harness/base/fd.hpp"
#include "mechanisms/libraries/parts/imports.hpp"

namespace ipcbench {

// Of a process, which has one place at a time: threads of the library open objects whenever they like.
struct FastddsPlace {
  // Empty: the objects stay where the library wants them.
  static std::string& directory() {
    static std::string place;
    return place;
  }
  // Why the last piece of memory could not be had, an errno: the library does not say. 0: all could.
  static std::atomic<int>& refusal() {
    static std::atomic<int> number{0};
    return number;
  }
  static std::string of_file(std::string_view file) {
    constexpr std::string_view kFolder = "/dev/shm/";
    if (directory().empty() || !file.starts_with(kFolder)) return std::string(file);
    return of_name(file.substr(kFolder.size()));
  }
  // With or without a slash at the beginning, as shm_open(3) takes both.
  static std::string of_name(std::string_view name) {
    return directory() + (name.starts_with('/') ? "" : "/") + std::string(name);
  }
};

namespace fastdds_calls {

constexpr mode_t kOwn = S_IRUSR | S_IWUSR;

inline int open_lock(const char* file, int flags, ...) {
  mode_t mode = 0;
  if ((flags & O_CREAT) != 0) {
    va_list more;
    va_start(more, flags);
    mode = va_arg(more, mode_t);
    va_end(more);
  }
  return open(FastddsPlace::of_file(file).c_str(), flags, mode);
}
inline int unlink_file(const char* file) { return unlink(FastddsPlace::of_file(file).c_str()); }
inline int remove_file(const char* file) { return std::remove(FastddsPlace::of_file(file).c_str()); }
inline int stat_file(const char* file, struct stat* into) {
  return stat(FastddsPlace::of_file(file).c_str(), into);
}

inline int open_memory(const char* name, int flags, mode_t mode) {
  if (FastddsPlace::directory().empty()) return shm_open(name, flags, mode);
  return open(FastddsPlace::of_name(name).c_str(), flags | O_CLOEXEC | O_NOFOLLOW, kOwn);
}
inline int unlink_memory(const char* name) {
  if (FastddsPlace::directory().empty()) return shm_unlink(name);
  return unlink(FastddsPlace::of_name(name).c_str());
}
// The library lets everybody read its memory.
inline int set_mode(int fd, mode_t mode) {
  return fchmod(fd, FastddsPlace::directory().empty() ? mode : kOwn);
}
// With its space, for which a full /dev/shm would otherwise raise SIGBUS later.
inline int size_memory(int fd, off_t bytes) {
  if (FastddsPlace::directory().empty() || bytes == 0) return ftruncate(fd, bytes);
  if (ftruncate(fd, bytes) != 0) return -1;
  const int error = posix_fallocate(fd, 0, bytes);
  if (error == 0) return 0;
  FastddsPlace::refusal() = error;
  errno = error;
  return -1;
}

inline std::string semaphore_file(const char* name) {
  return FastddsPlace::of_name(std::string("sem.") + (name + (*name == '/' ? 1 : 0)));
}
inline sem_t* map_semaphore(const Fd& fd) {
  if (!fd) return SEM_FAILED;
  void* const at = mmap(nullptr, sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
  return at == MAP_FAILED ? SEM_FAILED : static_cast<sem_t*>(at);
}
// It gets its name when it is ready, as in the C library.
inline sem_t* make_semaphore(const std::string& file, unsigned value) {
  const Fd fd(open(FastddsPlace::directory().c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, kOwn));
  if (!fd || size_memory(fd.get(), sizeof(sem_t)) != 0) return SEM_FAILED;
  sem_t* const made = map_semaphore(fd);
  if (made == SEM_FAILED) return made;
  sem_init(made, 1, value);
  const std::string by_number = "/proc/self/fd/" + std::to_string(fd.get());
  if (linkat(AT_FDCWD, by_number.c_str(), AT_FDCWD, file.c_str(), AT_SYMLINK_FOLLOW) == 0) return made;
  const int error = errno;
  munmap(made, sizeof(sem_t));
  errno = error;
  return SEM_FAILED;
}
// The library asks for one that exists, or for a new one (O_EXCL).
inline sem_t* open_semaphore(const char* name, int flags, mode_t mode, unsigned value) {
  if (FastddsPlace::directory().empty()) return sem_open(name, flags, mode, value);
  const std::string file = semaphore_file(name);
  if ((flags & O_CREAT) != 0) return make_semaphore(file, value);
  return map_semaphore(Fd(open(file.c_str(), O_RDWR | O_CLOEXEC)));
}
inline int close_semaphore(sem_t* semaphore) {
  return FastddsPlace::directory().empty() ? sem_close(semaphore) : munmap(semaphore, sizeof(sem_t));
}
inline int unlink_semaphore(const char* name) {
  return FastddsPlace::directory().empty() ? sem_unlink(name) : unlink(semaphore_file(name).c_str());
}

// SKIP_DEFAULT_XML_FILE: no profiles from the working directory either.
inline char* read_variable(const char* name) {
  static std::array<char, 2> yes{"1"};
  return std::string_view(name) == "SKIP_DEFAULT_XML_FILE" ? yes.data() : nullptr;
}

}  // namespace fastdds_calls

// From now on the library's objects are at FastddsPlace::directory(), and it has no environment. False: this
// library is not built as Debian's is.
inline bool move_fastdds() {
  std::array<Imports::Import, 12> imports{{
      {Imports::address(&open), Imports::address(&fastdds_calls::open_lock)},
      {Imports::address(&unlink), Imports::address(&fastdds_calls::unlink_file)},
      {Imports::address(static_cast<int (*)(const char*)>(&std::remove)),
       Imports::address(&fastdds_calls::remove_file)},
      {Imports::address(static_cast<int (*)(const char*, struct stat*)>(&stat)),
       Imports::address(&fastdds_calls::stat_file)},
      {Imports::address(&shm_open), Imports::address(&fastdds_calls::open_memory)},
      {Imports::address(&shm_unlink), Imports::address(&fastdds_calls::unlink_memory)},
      {Imports::address(&fchmod), Imports::address(&fastdds_calls::set_mode)},
      {Imports::address(&ftruncate), Imports::address(&fastdds_calls::size_memory)},
      {Imports::address(&sem_open), Imports::address(&fastdds_calls::open_semaphore)},
      {Imports::address(&sem_close), Imports::address(&fastdds_calls::close_semaphore)},
      {Imports::address(&sem_unlink), Imports::address(&fastdds_calls::unlink_semaphore)},
      {Imports::address(static_cast<char* (*)(const char*)>(&std::getenv)),
       Imports::address(&fastdds_calls::read_variable)},
  }};
  return Imports::redirect("/libfastrtps.so", imports);
}

}  // namespace ipcbench
