// Keeps strangers out of a socket of ZeroMQ that anybody on the machine can connect to: a password in the
// handshake (PLAIN, and ZAP, https://rfc.zeromq.org/spec/27), which costs nothing afterwards.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mechanisms/libraries/parts/zmq_ends.hpp"

namespace ipcbench {

inline constexpr std::string_view kZmqUser = "ipcbench";

// For the side that connects, beforehand.
inline void say_password(ZmqSocket& socket, std::string_view password) {
  socket.set(ZMQ_PLAIN_USERNAME, kZmqUser);
  socket.set(ZMQ_PLAIN_PASSWORD, password);
}

// For the side that binds: made before it does, and gone once the peer is in. Whoever connects without a gate
// is refused.
class ZmqGate {
 public:
  ZmqGate(ZmqSocket& guarded, std::string password)
      : guarded_(guarded), asked_(guarded, ZMQ_REP), password_(std::move(password)) {
    asked_.bind("inproc://zeromq.zap.01");
    guarded_.set(ZMQ_ZAP_DOMAIN, kZmqUser);
    guarded_.set(ZMQ_PLAIN_SERVER, 1);
  }

  // Waits for a peer with the password. The launch's time limit deals with one that never comes.
  void wait_for_peer() {
    while (true) {
      std::array<zmq_pollitem_t, 2> items{
          {{asked_.get(), 0, ZMQ_POLLIN, 0}, {guarded_.get(), 0, ZMQ_POLLOUT, 0}}};
      if (zmq_poll(items.data(), static_cast<int>(items.size()), -1) < 0 && errno != EINTR)
        throw_zmq("zmq_poll");
      if (items[1].revents != 0) return;
      if (items[0].revents != 0) answer(question());
    }
  }

 private:
  using Frames = std::vector<std::string>;

  Frames question() {
    Frames frames;
    do {
      ZmqMessage frame;
      while (zmq_msg_recv(frame.get(), asked_.get(), 0) < 0) {
        if (errno != EINTR) throw_zmq("zmq_msg_recv");
      }
      const std::span<const std::byte> bytes = frame.bytes();
      frames.emplace_back(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    } while (asked_.option(ZMQ_RCVMORE) != 0);
    return frames;
  }

  void answer(const Frames& question) {
    // version, request, domain, address, identity, mechanism, user, password
    constexpr std::size_t kPlainFrames = 8;
    if (question.size() < 2) throw Error("ZeroMQ asked for no decision");
    const bool knows = question.size() == kPlainFrames && question[6] == kZmqUser && question[7] == password_;
    const Frames frames{question[0], question[1], knows ? "200" : "400", "", "", ""};
    for (std::size_t i = 0; i < frames.size(); ++i) {
      const int flags = i + 1 < frames.size() ? ZMQ_SNDMORE : 0;
      if (zmq_send(asked_.get(), frames[i].data(), frames[i].size(), flags) < 0) throw_zmq("zmq_send");
    }
  }

  ZmqSocket& guarded_;
  ZmqSocket asked_;
  std::string password_;
};

}  // namespace ipcbench
