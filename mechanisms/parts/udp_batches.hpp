// UDP datagrams in batches: sendmmsg(2) and recvmmsg(2), or one send(2) that the kernel cuts into datagrams
// (UDP_SEGMENT) and one recvmsg(2) that brings them in one piece (UDP_GRO). Over the loopback such a send
// passes through the network stack once.
#pragma once

#include <netinet/in.h>
#include <netinet/udp.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "mechanisms/parts/datagram_batches.hpp"
#include "mechanisms/parts/socket_options.hpp"

namespace ipcbench {

inline constexpr Parameter kUdpSegments{
    .name = "segments",
    .default_text = "0",
    .what =
        "1, with a batch only: one send passes up to 64 messages, which the kernel cuts into datagrams "
        "(UDP_SEGMENT, Linux 4.18), and one receive takes them as a whole (UDP_GRO, 5.0); 0: sendmmsg and "
        "recvmmsg",
    .min = 0,
    .max = 1};

inline bool uses_segments(const Settings& parameters) {
  const auto asked = parameters.find(kUdpSegments.name);
  return asked != parameters.end() && asked->second == 1;
}

// What one send takes: UDP_MAX_SEGMENTS of the kernel, and an IPv4 datagram's payload.
inline constexpr std::size_t kMostSegments = 64;
inline constexpr std::size_t kMostUdpBytes = 65507;

// Throws KernelError.
inline void use_segments(int fd, std::size_t message_bytes) {
  const auto set = [fd](int option, int value, const char* call) {
    checked(setsockopt(fd, IPPROTO_UDP, option, &value, sizeof value), call,
            "use a newer kernel, or segments=0");
  };
  set(UDP_SEGMENT, static_cast<int>(message_bytes), "setsockopt(UDP_SEGMENT)");
  set(UDP_GRO, 1, "setsockopt(UDP_GRO)");
}

class BatchedUdpSender : public BatchedDatagramSender {
 public:
  BatchedUdpSender(Fd fd, const LinkSpec& spec)
      : BatchedDatagramSender(std::move(fd), spec),
        segments_(uses_segments(spec.parameters)),
        most_(std::clamp<std::size_t>(kMostUdpBytes / spec.message_bytes, 1, kMostSegments)) {}

  bool flush() { return segments_ ? flush_segments() : BatchedDatagramSender::flush(); }

  // Sends an empty datagram; messages are never empty. It may be dropped like any other.
  void finish() const {
    if (send(fd(), nullptr, 0, MSG_NOSIGNAL) < 0 && !try_again(errno)) throw_errno("send");
  }

 private:
  bool flush_segments() {
    const std::size_t bytes = batch().message_bytes();
    return send_kept([this, bytes] {
      const std::size_t some = std::min(kept() - sent(), most_);
      return checked_call(send(fd(), batch().message(sent()), some * bytes, MSG_NOSIGNAL), "send") / bytes;
    });
  }

  bool segments_;
  std::size_t most_;  // messages of one send
};

class BatchedUdpReceiver : public BatchedDatagramReceiver {
 public:
  BatchedUdpReceiver(Fd fd, const LinkSpec& spec)
      : BatchedDatagramReceiver(
            std::move(fd), spec,
            uses_segments(spec.parameters) ? std::max<std::size_t>(spec.batch, kMostSegments) : spec.batch),
        segments_(uses_segments(spec.parameters)) {}

  std::span<const std::byte> peek(std::size_t n) {
    finished_ = false;
    if (!has_message() && !(segments_ ? receive_segments() : receive_more())) return {};
    if (next_bytes() != 0) return shown(n);
    finished_ = true;
    release();
    return {};
  }

  [[nodiscard]] bool finished() const { return finished_; }
  void drain() {
    has_arrived(0);
    while (recv(fd(), batch().message(0), 0, MSG_DONTWAIT) >= 0) {
    }
    if (!try_again(errno)) throw_errno("recv");
  }

 private:
  bool receive_segments() {
    alignas(cmsghdr) std::array<std::byte, CMSG_SPACE(sizeof(int))> control;
    iovec piece{batch().message(0), batch().headers().size() * batch().message_bytes()};
    msghdr header{};
    header.msg_iov = &piece;
    header.msg_iovlen = 1;
    ssize_t got = -1;
    do {
      header.msg_control = control.data();
      header.msg_controllen = control.size();
      got = recvmsg(fd(), &header, MSG_TRUNC);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && errno != EAGAIN) throw_errno("recvmsg");
    if (got < 0) return false;
    note_segments(static_cast<std::size_t>(got), segment_bytes(header));
    return true;
  }

  // 0: what has arrived is one datagram.
  static std::size_t segment_bytes(msghdr& header) {
    const cmsghdr* const found = CMSG_FIRSTHDR(&header);
    if (found == nullptr || found->cmsg_level != IPPROTO_UDP || found->cmsg_type != UDP_GRO) return 0;
    int bytes = 0;
    std::memcpy(&bytes, CMSG_DATA(found), sizeof bytes);
    return static_cast<std::size_t>(bytes);
  }

  void note_segments(std::size_t all_bytes, std::size_t segment) {
    const std::size_t bytes = batch().message_bytes();
    const bool is_whole =
        segment == bytes && all_bytes % bytes == 0 && all_bytes / bytes <= batch().headers().size();
    if (segment != 0 && !is_whole) throw_wrong_length(segment == bytes ? all_bytes % bytes : segment, bytes);
    const std::size_t messages = segment == 0 ? 1 : all_bytes / bytes;
    for (mmsghdr& each : batch().headers().first(messages))
      each.msg_len = static_cast<unsigned>(segment == 0 ? all_bytes : bytes);
    has_arrived(messages);
  }

  bool segments_;
  bool finished_ = false;
};

inline constexpr LoopTraits kBatchedUdpLoops{.delivery = Delivery::lossy};
extern template class EndLoops<kBatchedUdpLoops, BatchedUdpSender, BatchedUdpReceiver>;

}  // namespace ipcbench
