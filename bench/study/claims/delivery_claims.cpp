#include <sys/socket.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>

#include "bench/study/claims/experiments.hpp"

namespace ipcbench {
namespace {

SignalArrivals send_and_take(int signal, int times) {
  SignalArrivals found;
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, signal);
  checked(sigprocmask(SIG_BLOCK, &set, nullptr), "sigprocmask");
  for (int i = 0; i < times; ++i) {
    sigval value{};
    value.sival_int = found.sent;
    const bool queued = sigqueue(getpid(), signal, value) == 0;
    if (!queued && errno != EAGAIN) throw_errno("sigqueue");
    ++(queued ? found.sent : found.refused);
  }
  siginfo_t info{};
  constexpr timespec kNow{};
  while (sigtimedwait(&set, &info, &kNow) == signal && found.arrived < SignalArrivals::kMost) {
    found.values[static_cast<std::size_t>(found.arrived++)] = info.si_value.sival_int;
  }
  return found;
}

std::string arrivals_text(std::string_view kind, const SignalArrivals& signals) {
  return fmt::format("{}, blocked: {} sent, {} arrived, {}; {} refused.", kind, signals.sent, signals.arrived,
                     signals.in_order() ? "in the order of sending" : "out of order", signals.refused);
}

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

bool SignalArrivals::in_order() const {
  const auto end = values.begin() + arrived;
  return std::ranges::adjacent_find(values.begin(), end, std::ranges::greater_equal{}) == end;
}

SignalArrivals signal_arrivals(int signal, int times) {
  return in_child<SignalArrivals>(
      [&] { return send_and_take(signal, std::clamp(times, 0, SignalArrivals::kMost)); });
}

Answer judge_signals(const SignalArrivals& ordinary, const SignalArrivals& real_time) {
  if (real_time.sent < 2)
    return untested(
        fmt::format("only {} real-time signals could be queued; raise ulimit -i", real_time.sent));
  const bool merges = ordinary.arrived == 1 && ordinary.sent > 1;
  const bool queues = !real_time.merged() && real_time.in_order();
  return judged(verdict_of((merges ? 1U : 0U) + (queues ? 1U : 0U), 2), "on the kind: ",
                fmt::format("{} of {} ordinary signals arrived, {} of {} real-time signals, {}",
                            ordinary.arrived, ordinary.sent, real_time.arrived, real_time.sent,
                            real_time.in_order() ? "in order" : "out of order"),
                {arrivals_text("SIGUSR1", ordinary), arrivals_text("SIGRTMIN", real_time)});
}

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

Answer signals_merge_or_queue() {
  constexpr int kTimes = 8;
  return judge_signals(signal_arrivals(SIGUSR1, kTimes), signal_arrivals(SIGRTMIN, kTimes));
}

Answer datagrams_keep_or_lose() {
  return judge_datagrams(datagram_delivery([] { return open_unix_channel(SOCK_DGRAM); }),
                         datagram_delivery(open_udp_channel));
}

}  // namespace ipcbench
