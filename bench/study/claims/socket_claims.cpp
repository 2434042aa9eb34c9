#include "bench/study/claims/socket_claims.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "bench/study/claims/report_claims.hpp"

namespace ipcbench {
namespace {

// False: there is no room at the moment.
bool send_now(const PipeEnds& channel, const std::vector<std::byte>& message) {
  if (send(channel.write.get(), message.data(), message.size(), MSG_DONTWAIT | MSG_NOSIGNAL) >= 0)
    return true;
  if (errno != EAGAIN && errno != ENOBUFS) throw_errno("send");
  return false;
}

std::optional<std::size_t> receive_now(const PipeEnds& channel, std::vector<std::byte>& into) {
  const ssize_t got = recv(channel.read.get(), into.data(), into.size(), MSG_DONTWAIT);
  if (got < 0 && errno != EAGAIN) throw_errno("recv");
  return got < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(got));
}

bool keeps_boundaries(const PipeEnds& channel) {
  constexpr std::size_t kBytes = 8;
  const std::vector<std::byte> message(kBytes);
  send_now(channel, message);
  send_now(channel, message);
  std::vector<std::byte> into(2 * kBytes);
  return receive_now(channel, into) == kBytes && receive_now(channel, into) == kBytes;
}

std::string delivery_text(std::string_view kind, const DatagramDelivery& delivery) {
  return fmt::format(
      "{}: {} of {} B sent to a receiver that does not read, {}; {} arrived, {} were lost; {}.", kind,
      delivery.sent, delivery.message_bytes,
      delivery.refused ? "then the sender had to wait" : "the sender never had to wait", delivery.arrived,
      delivery.lost(), delivery.keeps_boundaries ? "boundaries kept" : "boundaries not kept");
}

}  // namespace

DatagramDelivery datagram_delivery(const OpenChannel& open, std::size_t message_bytes, std::size_t most) {
  DatagramDelivery found{.message_bytes = std::max(message_bytes, sizeof(std::uint64_t))};
  found.keeps_boundaries = keeps_boundaries(open());
  const PipeEnds channel = open();
  std::vector<std::byte> message(found.message_bytes);
  for (std::uint64_t number = 0; number < most && !found.refused; ++number) {
    std::memcpy(message.data(), &number, sizeof number);
    found.refused = !send_now(channel, message);
    if (!found.refused) ++found.sent;
  }
  std::optional<std::uint64_t> last;
  while (receive_now(channel, message)) {
    std::uint64_t number = 0;
    std::memcpy(&number, message.data(), sizeof number);
    found.in_order = found.in_order && (!last || number > *last);
    last = number;
    ++found.arrived;
  }
  return found;
}

Answer judge_datagrams(const DatagramDelivery& unix_socket, const DatagramDelivery& udp) {
  const bool unix_reliable = unix_socket.lost() == 0 && unix_socket.in_order && unix_socket.keeps_boundaries;
  const ClaimVerdict verdict = !unix_reliable   ? ClaimVerdict::refuted
                               : udp.lost() > 0 ? ClaimVerdict::confirmed
                                                : ClaimVerdict::depends;
  return judged(verdict, "on the load: UDP lost nothing; ",
                fmt::format("a full UNIX socket {} and lost {} of {}; UDP lost {} of {}",
                            unix_socket.refused ? "made the sender wait" : "took all", unix_socket.lost(),
                            unix_socket.sent, udp.lost(), udp.sent),
                {delivery_text("UNIX datagrams", unix_socket), delivery_text("UDP at 127.0.0.1", udp)});
}

Answer datagrams_keep_or_lose() {
  return judge_datagrams(datagram_delivery([] { return open_unix_channel(SOCK_DGRAM); }),
                         datagram_delivery(open_udp_channel));
}

std::span<const Claim> socket_claims() {
  static constexpr std::array kClaims{
      Claim{"datagrams_reliable",
            {113, 114},
            "Datagrams over UNIX sockets are reliable and keep boundaries; over UDP they may be lost.",
            datagrams_keep_or_lose,
            12},
      Claim{"socket_dearer",
            {},
            "Sockets cost more than pipes on one machine.",
            ReportTest{.contest = &kSocketsAgainstPipes},
            20}};
  return kClaims;
}

}  // namespace ipcbench
