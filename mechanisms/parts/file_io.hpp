// Whole reads and writes of a regular file.
#pragma once

#include <cerrno>
#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>

#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {

// Writes all bytes without moving the file's offset.
inline void write_at(int fd, std::span<const std::byte> bytes, std::size_t offset_bytes) {
  while (!bytes.empty()) {
    const ssize_t got = pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset_bytes));
    if (got < 0 && errno != EINTR) throw_errno("pwrite");
    if (got <= 0) continue;
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset_bytes += static_cast<std::size_t>(got);
  }
}

// Fills `room` without moving the file's offset; throws std::runtime_error if the file ends before that.
inline void read_at(int fd, std::span<std::byte> room, std::size_t offset_bytes) {
  while (!room.empty()) {
    const ssize_t got = pread(fd, room.data(), room.size(), static_cast<off_t>(offset_bytes));
    if (got == 0) throw std::runtime_error("the file ends before the message does");
    if (got < 0 && errno != EINTR) throw_errno("pread");
    if (got < 0) continue;
    room = room.subspan(static_cast<std::size_t>(got));
    offset_bytes += static_cast<std::size_t>(got);
  }
}

inline constexpr const char* kLargerTmpdir = "set TMPDIR to a larger file system";

// A new file of that length that only this user can open, with its disk space reserved.
inline Fd create_file(const std::string& path, std::size_t bytes) {
  constexpr mode_t kOwnerOnly = 0600;
  Fd fd(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kOwnerOnly));
  if (!fd) throw_errno("cannot create a file under $TMPDIR", {{ENOSPC, kLargerTmpdir}});
  size_memory_file(fd.get(), bytes, kLargerTmpdir);
  return fd;
}

}  // namespace ipcbench
