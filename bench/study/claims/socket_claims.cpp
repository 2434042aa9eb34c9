#include "bench/study/claims/socket_claims.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <optional>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

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

// A socket with an address that the kernel chose (unix(7): autobind). It listens unless it takes datagrams.
struct Server {
  Fd fd;
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;

  Server(int family, int type) : fd(family == AF_INET ? bind_loopback(type, 0) : open_socket(family, type)) {
    const sockaddr any{.sa_family = AF_UNIX, .sa_data = {}};
    if (family == AF_UNIX) checked(bind(fd.get(), &any, sizeof any.sa_family), "bind");
    if (type != SOCK_DGRAM) checked(listen(fd.get(), SOMAXCONN), "listen");
    checked(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &bytes), "getsockname");
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
};

// What comes out at the ends of `to` if those of `from` send a, b, c.
std::string letters_through(const std::vector<Fd>& from, const std::vector<Fd>& to) {
  std::string letters;
  for (std::size_t i = 0; i < from.size(); ++i) {
    const char letter = static_cast<char>('a' + i);
    send(from[i].get(), &letter, 1, MSG_NOSIGNAL);
    char got = '-';
    recv(to[i].get(), &got, 1, MSG_DONTWAIT);
    letters += got;
  }
  return letters;
}

// A process of that niceness that takes the semaphore, in which `number` others already sleep.
Child waiter(const SysvSemaphoreSet& set, int nice_value, int number, const PipeEnds& line) {
  Child child = fork_child(0, [&, nice_value, number] {
    const bool as_asked = setpriority(PRIO_PROCESS, 0, nice_value) == 0;
    sembuf take_one{.sem_num = 0, .sem_op = -1, .sem_flg = 0};
    if (!as_asked) put(line.write, error_name(errno));
    if (semop(set.id(), &take_one, 1) == 0) put(line.write, number == 0 ? "a" : "b");
  });
  for (int look = 0; look < 1000 && semctl(set.id(), 0, GETNCNT) <= number; ++look) usleep(1000);
  return child;
}

std::string first_of_two_waiters() {
  constexpr std::array<unsigned short, 1> kZero{0};
  const SysvSemaphoreSet set(kZero);
  const PipeEnds line = make_pipe();
  const std::array waiters{waiter(set, 19, 0, line), waiter(set, 0, 1, line)};
  sembuf give{.sem_num = 0, .sem_op = 1, .sem_flg = 0};
  checked(semop(set.id(), &give, 1), "semop");
  return bytes_from_child([&] { return take(line.read, 16); }, kAttemptLimit);
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

int accept_connection(int listening) { return accept4(listening, nullptr, nullptr, SOCK_CLOEXEC); }

Answer many_clients(const std::function<int(int)>& accept_one) {
  const Server server(AF_UNIX, SOCK_STREAM);
  const Server datagrams(AF_UNIX, SOCK_DGRAM);
  std::vector<Fd> clients;
  std::vector<Fd> accepted;
  std::vector<Fd> senders;
  std::vector<Fd> receiver;
  for (int i = 0; i < 3; ++i) {
    clients.push_back(open_socket(AF_UNIX, SOCK_STREAM));
    checked(connect(clients.back().get(), server.get(), server.bytes), "connect");
    accepted.emplace_back(checked(accept_one(server.fd.get()), "accept"));
    senders.push_back(open_socket(AF_UNIX, SOCK_DGRAM));
    checked(connect(senders.back().get(), datagrams.get(), datagrams.bytes), "connect");
    receiver.push_back(duplicate(datagrams.fd));
  }
  Steps steps;
  steps
      .add("3 clients of one listening socket send a, b, c; the accepted sockets get",
           letters_through(clients, accepted), "abc")
      .add("the accepted sockets answer a, b, c; the clients get", letters_through(accepted, clients), "abc")
      .add("3 clients of one datagram socket send a, b, c; it gets", letters_through(senders, receiver),
           "abc");
  return steps.answer({.confirmed = "three of each; a datagram socket serves all of them without accept()"});
}

Answer without_connection(int datagram, int stream) {
  Steps steps;
  for (const int family : {AF_INET, AF_UNIX}) {
    const auto sent = [family](int type) {
      const Server server(family, type);
      return came_back(
          sendto(open_socket(family, type).get(), "x", 1, MSG_NOSIGNAL, server.get(), server.bytes));
    };
    const std::string name = family == AF_INET ? "AF_INET" : "AF_UNIX";
    const std::string refused = sent(stream);
    steps.add(fmt::format("socket({}, SOCK_DGRAM), sendto() of 1 B", name), sent(datagram), "1")
        .check(fmt::format("socket({}, SOCK_STREAM), sendto() of 1 B", name), refused, refused != "1",
               "an error");
  }
  return steps.answer();
}

Answer local_sockets(std::initializer_list<int> families) {
  Steps steps;
  for (const int family : families) {
    const Server server(family, SOCK_STREAM);
    steps.add(family == AF_UNIX ? "connect() to an AF_UNIX name" : "connect() to 127.0.0.1",
              came_back(connect(open_socket(family, SOCK_STREAM).get(), server.get(), server.bytes)), "0");
  }
  return steps.answer(
      {.confirmed = "both work here; an AF_INET address can be another machine's (not tried)"});
}

std::span<const NamedChannel> message_channels() {
  static const std::array kChannels{
      NamedChannel{"a pipe", make_pipe},
      NamedChannel{"a stream socket", [] { return open_unix_channel(SOCK_STREAM); }},
      NamedChannel{"a UNIX datagram socket", [] { return open_unix_channel(SOCK_DGRAM); }},
      NamedChannel{"a UDP socket", open_udp_channel}};
  return kChannels;
}

Answer message_lengths(std::span<const NamedChannel> channels) {
  Steps steps;
  for (const NamedChannel& channel : channels) {
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{4} << 20}) {
      const PipeEnds ends = channel.open();
      const Child reader = fork_child(0, [&] {
        while (take(ends.read, 65536) != "nothing") {
        }
      });
      const std::string sent =
          bytes_from_child([&] { return put(ends.write, std::string(bytes, 'x')); }, kAttemptLimit);
      steps.add(fmt::format("write(fd, buf, {}) to {}", bytes, channel.name), sent, std::to_string(bytes));
    }
  }
  return steps.answer();
}

Answer ranked(MessageQueue& posix, MessageQueue& sysv) {
  posix.create();
  sysv.create();
  const QueuePriorities priorities = queue_priorities(posix);
  const QueueSelection selection = queue_selection(sysv);
  const SharedMapping memory(-1, 1);
  for (const char rank : {'3', '1'}) memory.at(0) = rank;
  Steps steps;
  steps
      .check(fmt::format("mq_send() of {} with priorities 1, 2, 3, 2; mq_receive()", priorities.sent),
             priorities.received, priorities.by_rank(), "the highest first")
      .check(fmt::format("msgsnd() of {} with types 1, 2, 3, 2; msgrcv() of type 2", selection.sent),
             selection.of_type_2, selection.by_type(), "those of type 2")
      .add("semop(-1) by a with nice 19, then by b with nice 0; semop(+1) wakes", first_of_two_waiters(), "b")
      .add("p[0] = 3 and p[0] = 1 in shared memory; p[0] is", std::string(1, memory.at(0)), "3");
  return steps.answer();
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
            20},
      Claim{"many_clients",
            {111},
            "One server socket serves many clients, each by a socket from accept().",
            [] { return many_clients(); }},
      Claim{"sockets_without_connection",
            {115, 117},
            "Only datagrams need no connection.",
            [] { return without_connection(); }},
      Claim{"sockets_local",
            {112},
            "Sockets join processes of one machine or several.",
            [] { return local_sockets(); }},
      Claim{"priorities",
            {116},
            "Queues, semaphores and shared memory know priorities.",
            [] { return ranked(*make_posix_queue(), *make_sysv_queue()); }},
      Claim{"message_lengths", {121}, "Messages have 1 byte to some MB.", [] { return message_lengths(); }}};
  return kClaims;
}

}  // namespace ipcbench
