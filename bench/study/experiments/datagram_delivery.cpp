#include "bench/study/experiments/datagram_delivery.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

namespace ipcbench {
namespace {

// False: refused for now.
bool send_now(const Channel& channel, const std::vector<std::byte>& message) {
  if (send(channel.write_end.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
    return true;
  if (errno != EAGAIN && errno != ENOBUFS) throw_errno("send");
  return false;
}

std::optional<std::size_t> receive_now(const Channel& channel, std::vector<std::byte>& into) {
  const ssize_t got = recv(channel.read_end.get(), into.data(), into.size(), MSG_DONTWAIT);
  if (got < 0 && errno != EAGAIN) throw_errno("recv");
  return got < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(got));
}

bool keeps_boundaries(const Channel& channel) {
  constexpr std::size_t kBytes = 8;
  const std::vector<std::byte> message(kBytes);
  send_now(channel, message);
  send_now(channel, message);
  std::vector<std::byte> into(2 * kBytes);
  return receive_now(channel, into) == kBytes && receive_now(channel, into) == kBytes;
}

void send_all(DatagramDelivery& found, const Channel& channel, std::size_t most) {
  std::vector<std::byte> message(found.message_bytes);
  while (found.sent < most && !found.refused) {
    const std::uint64_t number = found.sent;
    std::memcpy(message.data(), &number, sizeof number);
    found.refused = !send_now(channel, message);
    if (!found.refused) ++found.sent;
  }
}

void receive_all(DatagramDelivery& found, const Channel& channel) {
  std::vector<std::byte> message(found.message_bytes);
  std::optional<std::uint64_t> last;
  while (receive_now(channel, message)) {
    std::uint64_t number = 0;
    std::memcpy(&number, message.data(), sizeof number);
    found.in_order = found.in_order && (!last || number > *last);
    last = number;
    ++found.arrived;
  }
}

}  // namespace

DatagramDelivery datagram_delivery(const OpenChannel& open, std::size_t message_bytes, std::size_t most) {
  DatagramDelivery found{.message_bytes = std::max(message_bytes, sizeof(std::uint64_t))};
  found.keeps_boundaries = keeps_boundaries(open());
  const Channel channel = open();
  send_all(found, channel, most);
  receive_all(found, channel);
  return found;
}

}  // namespace ipcbench
