// How the two participants of a DDS link find each other. The discovery that DDS has for itself is open to
// whoever is in the domain, and does not say when the other side has finished it.
#pragma once

#include <sys/socket.h>

#include <charconv>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {

// A connection to the other side at a socket in the launch's directory, while both sides attach.
class DdsMeeting {
 public:
  // The consumer listens, and nobody but this user is let in. The launch's time limit deals with a side that
  // never comes.
  DdsMeeting(const std::string& path, Side side)
      : fd_(side == Side::consumer ? accept_same_user(path) : connect_to_same_user(path)) {}

  // A line for each side.
  void tell(std::string_view line) const {
    const std::string text = std::string(line) + '\n';
    if (const int error = write_all(fd_.get(), text)) throw_error(error, "cannot reach the other end");
  }
  [[nodiscard]] std::string hear() const {
    std::string line;
    while (true) {
      char letter = 0;
      const ssize_t got = recv(fd_.get(), &letter, 1, 0);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw_left();
      if (letter == '\n') return line;
      line += letter;
    }
  }
  void tell(std::uint16_t port) const { tell(std::to_string(port)); }
  [[nodiscard]] std::uint16_t hear_port() const {
    const std::string text = hear();
    std::uint16_t port = 0;
    std::from_chars(text.data(), text.data() + text.size(), port);
    return port;
  }
  // Returns when the other side has called it too.
  void agree() const {
    tell("");
    static_cast<void>(hear());
  }

 private:
  // Lets the other side, which knows the reason, report it first.
  [[noreturn]] static void throw_left() {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 100'000'000};
    nanosleep(&kNap, nullptr);
    throw Error("the other end left before both had found each other");
  }

  Fd fd_;
};

}  // namespace ipcbench
