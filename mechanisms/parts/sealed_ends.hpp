// Whole messages, each of them a sealed file of memory (sealed_message.hpp). A UNIX socket carries its
// descriptor, or what the other process needs to take it.
#pragma once

#include <array>
#include <exception>
#include <string>

#include "mechanisms/parts/sealed_message.hpp"
#include "mechanisms/parts/socket_options.hpp"

namespace ipcbench {

// Giver: made of the connected socket, which keeps its blocking mode until then.
//   bool give(const Fd& socket, Fd& sealed);   false: not now; otherwise it has taken care of `sealed`
template <class Giver>
class SealingSender {
 public:
  SealingSender(Fd socket, const LinkSpec& spec)
      : socket_(std::move(socket)), giver_(socket_), buffer_(spec.message_bytes) {
    set_blocking_for(socket_.get(), spec.wait);
  }

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  // Keeps a message that could not be given away, since it is already sealed.
  bool commit(std::size_t n) {
    if (!sealed_) sealed_ = seal_message({buffer_.data(), n});
    if (!giver_.give(socket_, sealed_)) return false;
    sealed_.reset();
    return true;
  }
  void park() { wait_for(socket_.get(), POLLOUT); }

 private:
  Fd socket_;
  Giver giver_;
  MessageBuffer buffer_;
  Fd sealed_;
};

// Taker: as Giver.
//   Fd take(const Fd& socket);   empty: none has come
template <class Taker>
class MappingReceiver {
 public:
  MappingReceiver(Fd socket, const LinkSpec& spec) : socket_(std::move(socket)), taker_(socket_) {
    set_blocking_for(socket_.get(), spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    const Fd sealed = taker_.take(socket_);
    if (!sealed) return {};
    message_ = MappedMessage(sealed, n);
    return message_.bytes();
  }
  void release() { message_.reset(); }
  void park() { wait_for(socket_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return socket_.get(); }

 private:
  Fd socket_;
  Taker taker_;
  MappedMessage message_;
};

inline constexpr Parameter kFewDescriptors{
    .name = kSocketSendBytes.name,
    .default_text = "1, which the kernel raises to its least: 4608, which 6 descriptors fill",
    .what =
        "send buffer of both ends (SO_SNDBUF), up to net.core.wmem_max; it limits how many messages are "
        "under way, each of them in memory of its own",
    .min = kSocketSendBytes.min,
    .max = kSocketSendBytes.max};

// Part of a Kind of UnixConnection.
struct SealedMessages {
  static constexpr std::array kParameters{kFewDescriptors, kSocketReceiveBytes};
  static constexpr int kSocketType = SOCK_SEQPACKET;

  static Settings defaults() { return {{std::string(kSocketSendBytes.name), 1}}; }
  static Unavailable available() {
    try {
      constexpr std::byte kAny{};
      const MappedMessage probe(seal_message({&kAny, 1}), 1);
      return std::nullopt;
    } catch (const std::exception& error) {
      return std::string("no memory can be sealed (memfd_create, Linux 3.17): ") + error.what();
    }
  }
};

}  // namespace ipcbench
