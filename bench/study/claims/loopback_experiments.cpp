// What the kernel's ways to a faster network gain over the loopback: MSG_ZEROCOPY and SO_BUSY_POLL.
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <ctime>

// Needs the types of <ctime>.
#include <linux/errqueue.h>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/clock.hpp"
#include "mechanisms/parts/loopback.hpp"

namespace ipcbench {
namespace {

// A TCP connection over 127.0.0.1.
PipeEnds open_tcp_channel() {
  LoopbackPorts ports = LoopbackPorts::reserve(SOCK_STREAM);
  const Fd listener = ports.take(Side::consumer);
  checked(listen(listener.get(), 1), "listen");
  Fd client = connected_at_once(SOCK_STREAM, ports.of(Side::consumer));
  Fd server(checked(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC), "accept4"));
  return {std::move(server), std::move(client)};
}

void allow_zerocopy(const Fd& socket) { set_socket_option(socket.get(), SOL_SOCKET, SO_ZEROCOPY, 1); }

void receive_whole(const Fd& from, std::span<std::byte> into) {
  const ssize_t got = checked(recv(from.get(), into.data(), into.size(), MSG_WAITALL), "recv");
  if (static_cast<std::size_t>(got) != into.size()) throw Error("the connection ended too early");
}

// The kernel's word on a send with MSG_ZEROCOPY: its ee_code. Waits for it.
std::uint8_t take_notification(const Fd& from) {
  alignas(cmsghdr) std::array<std::byte, 128> control{};
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  while (recvmsg(from.get(), &message, MSG_ERRQUEUE) < 0) {
    if (!try_again(errno)) throw_errno("recvmsg(MSG_ERRQUEUE)");
    wait_for(from.get(), 0);  // POLLERR is always looked for
    message.msg_controllen = control.size();
  }
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  if (header == nullptr) throw Error("a notification came without its content");
  sock_extended_err notification{};
  std::memcpy(&notification, CMSG_DATA(header), sizeof notification);
  return notification.ee_code;
}

constexpr std::size_t kSentBytes = 64 << 10;  // fits into the buffers, so that one thread can do both

// Whether the kernel says that it copied, if it was to do without.
bool send_once(const PipeEnds& ends, std::span<std::byte> message, bool zerocopy) {
  const int flags = MSG_NOSIGNAL | (zerocopy ? MSG_ZEROCOPY : 0);
  const ssize_t sent = send(ends.write.get(), message.data(), message.size(), flags);
  if (sent < 0) throw_errno("send", {{ENOBUFS, "raise ulimit -l, and net.core.optmem_max (sysctl)"}});
  receive_whole(ends.read, message.first(static_cast<std::size_t>(sent)));
  return zerocopy && (take_notification(ends.write) & SO_EE_CODE_ZEROCOPY_COPIED) != 0;
}

// Makes both ends poll for that long before they sleep.
void busy_poll(const PipeEnds& ends, int microseconds) {
  for (const Fd* end : {&ends.read, &ends.write}) {
    if (setsockopt(end->get(), SOL_SOCKET, SO_BUSY_POLL, &microseconds, sizeof microseconds) == 0) continue;
    throw_errno("setsockopt(SO_BUSY_POLL)",
                {{EPERM, "run it with the capability NET_ADMIN"},
                 {ENOPROTOOPT, "take a kernel that has it (CONFIG_NET_RX_BUSY_POLL)"}});
  }
}

// One byte there and back, many times, with a process that returns it. The wall-clock time of all.
double time_of_ping_pong(int busy_poll_us) {
  constexpr int kRoundTrips = 100;
  const PipeEnds ends = open_tcp_channel();
  if (busy_poll_us > 0) busy_poll(ends, busy_poll_us);
  const Child echo = fork_child(0, [&ends] {
    for (std::byte byte{}; recv(ends.read.get(), &byte, 1, 0) == 1;)
      send(ends.read.get(), &byte, 1, MSG_NOSIGNAL);
  });
  std::byte byte{};
  const std::uint64_t start = now_ns();
  for (int i = 0; i < kRoundTrips; ++i) {
    checked(send(ends.write.get(), &byte, 1, MSG_NOSIGNAL), "send");
    receive_whole(ends.write, {&byte, 1});
  }
  return static_cast<double>(now_ns() - start);
}

// Adds a step: with the option it took as long as without, or longer, in at least one of nine rounds.
Steps& compare(Steps& steps, const std::string& call, const std::function<TimesOfOption()>& measure) {
  const TimeRatios ratios = ratios_in_rounds(measure);
  return steps.check(call, ratios.text(), ratios.most >= 1, "no less time");
}

constexpr int kPollMicroseconds = 50;  // as Documentation/admin-guide/sysctl/net.rst recommends

}  // namespace

bool was_copied() {
  const PipeEnds ends = open_tcp_channel();
  allow_zerocopy(ends.write);
  std::vector<std::byte> message(kSentBytes);
  return send_once(ends, message, true);
}

TimesOfOption times_of_zerocopy() {
  constexpr int kSends = 100;
  const PipeEnds ends = open_tcp_channel();
  allow_zerocopy(ends.write);
  std::vector<std::byte> message(kSentBytes);
  const auto cpu_ns = [&](bool zerocopy) {
    const std::uint64_t start = thread_cpu_ns();
    for (int i = 0; i < kSends; ++i) send_once(ends, message, zerocopy);
    return static_cast<double>(thread_cpu_ns() - start);
  };
  const double without_ns = cpu_ns(false);
  return {without_ns, cpu_ns(true)};
}

Steps zerocopy_on_loopback(const std::function<bool()>& copied,
                           const std::function<TimesOfOption()>& measure) {
  Steps steps;
  steps.add("send(fd, buf, 65536, MSG_ZEROCOPY) over 127.0.0.1; ee_code of its notification",
            copied() ? "SO_EE_CODE_ZEROCOPY_COPIED" : "0", "SO_EE_CODE_ZEROCOPY_COPIED");
  return compare(steps,
                 "CPU time of sending and receiving 64 KiB 100 times, with MSG_ZEROCOPY against without",
                 measure);
}

PolledWait wait_with_busy_poll() {
  constexpr timeval kWait{.tv_sec = 0, .tv_usec = 50'000};
  const PipeEnds ends = open_tcp_channel();
  busy_poll(ends, static_cast<int>(kWait.tv_usec));
  std::byte byte{};
  checked(send(ends.write.get(), &byte, 1, MSG_NOSIGNAL), "send");
  receive_whole(ends.read, {&byte, 1});
  checked(setsockopt(ends.read.get(), SOL_SOCKET, SO_RCVTIMEO, &kWait, sizeof kWait), "setsockopt");
  const std::uint64_t start = thread_cpu_ns();
  if (recv(ends.read.get(), &byte, 1, 0) >= 0 || !try_again(errno)) throw_errno("recv");
  return {.queue = socket_option(ends.read.get(), SOL_SOCKET, SO_INCOMING_NAPI_ID),
          .wait_ns = std::uint64_t{50'000'000},
          .cpu_ns = thread_cpu_ns() - start};
}

TimesOfOption times_of_busy_poll() {
  const double without_ns = time_of_ping_pong(0);
  return {without_ns, time_of_ping_pong(kPollMicroseconds)};
}

Steps busy_poll_on_loopback(const std::function<PolledWait()>& wait,
                            const std::function<TimesOfOption()>& measure) {
  const PolledWait waited = wait();
  Steps steps;
  steps.add("getsockopt(SO_INCOMING_NAPI_ID) of a socket that received over 127.0.0.1", waited.queue, "0");
  steps.check("recv() that waits for 50 ms, with SO_BUSY_POLL of as long",
              fmt::format("{:.1f} ms of CPU time", static_cast<double>(waited.cpu_ns) / 1e6),
              waited.cpu_ns < waited.wait_ns / 2, "it sleeps");
  return compare(
      steps,
      fmt::format("100 round trips of a byte by TCP over 127.0.0.1, with SO_BUSY_POLL {} us against "
                  "without",
                  kPollMicroseconds),
      measure);
}

}  // namespace ipcbench
