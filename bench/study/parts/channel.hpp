// The pair of descriptors that an experiment tries: data written to one arrives at the other. A test can pass
// in a pair that behaves otherwise.
#pragma once

#include <sys/mman.h>

#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/in_child.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {

// Throws KernelError, as do the functions below. make_pipe() is one of them.
using OpenChannel = std::function<PipeEnds()>;

// socketpair(2) of UNIX sockets: SOCK_STREAM, SOCK_DGRAM or SOCK_SEQPACKET.
inline PipeEnds open_unix_channel(int socket_type) {
  std::array<int, 2> fds{};
  checked(socketpair(AF_UNIX, socket_type | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
  return {Fd(fds[0]), Fd(fds[1])};
}

// Two connected UDP sockets at 127.0.0.1.
inline PipeEnds open_udp_channel() {
  LoopbackPorts ports = LoopbackPorts::reserve(SOCK_DGRAM);
  PipeEnds channel{ports.take(Side::consumer), ports.take(Side::producer)};
  connect_datagrams(channel.read.get(), loopback_address(ports.of(Side::producer)));
  connect_datagrams(channel.write.get(), loopback_address(ports.of(Side::consumer)));
  return channel;
}

// What came back: the number of bytes, or the name of the error.
inline std::string put(const Fd& to, std::string_view text) {
  const ssize_t got = write(to.get(), text.data(), text.size());
  return got < 0 ? error_name(errno) : std::to_string(got);
}
// The text, "nothing" at the end of it, or the name of the error.
inline std::string take(const Fd& from, std::size_t bytes) {
  std::string text(bytes, '\0');
  const ssize_t got = read(from.get(), text.data(), bytes);
  if (got <= 0) return got < 0 ? error_name(errno) : "nothing";
  return text.substr(0, static_cast<std::size_t>(got));
}

// For attempt(): a read(2) of 3 bytes, a write(2).
inline auto reading(const Fd& from) {
  return [&from] { return long{read(from.get(), std::array<char, 3>{}.data(), 3)}; };
}
inline auto writing(const Fd& to, std::string text = "x") {
  return [&to, text = std::move(text)] { return long{write(to.get(), text.data(), text.size())}; };
}

// Writes blocks of that size until there is no room for another. The bytes that it took; empty: it took
// 16 MiB, or a million blocks. Leaves the writing end non-blocking.
inline std::optional<std::size_t> fill(const PipeEnds& channel, std::size_t block_bytes = 4096) {
  constexpr std::size_t kMoreThanAnyPipeBytes = std::size_t{16} << 20;
  const std::string block(block_bytes, 'x');
  set_blocking_for(channel.write.get(), Wait::spin);
  std::size_t bytes = 0;
  for (int blocks = 0; blocks < 1'000'000 && bytes < kMoreThanAnyPipeBytes; ++blocks) {
    const ssize_t got = write(channel.write.get(), block.data(), block.size());
    if (got < 0 && errno == EAGAIN) return bytes;
    bytes += static_cast<std::size_t>(checked(got, "write"));
  }
  return std::nullopt;
}

// A file in memory, of zeros.
inline Fd memory_file(std::size_t bytes = 0) {
  Fd file(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create"));
  checked(ftruncate(file.get(), static_cast<off_t>(bytes)), "ftruncate");
  return file;
}

}  // namespace ipcbench
