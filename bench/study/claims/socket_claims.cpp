#include "bench/study/claims/socket_claims.hpp"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

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

struct Address {
  sockaddr_storage storage{};
  socklen_t bytes = sizeof storage;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

// A socket with an address that the kernel chose (unix(7): autobind), which listens if it is no datagram
// socket.
struct Server {
  Fd fd;
  Address address;

  Server(int family, int type) : fd(family == AF_INET ? bind_loopback(type, 0) : open_socket(family, type)) {
    const sa_family_t any = AF_UNIX;
    if (family == AF_UNIX)
      checked(bind(fd.get(), reinterpret_cast<const sockaddr*>(&any), sizeof any), "bind");
    if (type != SOCK_DGRAM) checked(listen(fd.get(), SOMAXCONN), "listen");
    checked(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address.storage), &address.bytes),
            "getsockname");
    set_blocking_for(fd.get(), Wait::spin);
  }
};

std::string received(const Fd& from) {
  std::array<char, 16> text{};
  const ssize_t got = recv(from.get(), text.data(), text.size(), MSG_DONTWAIT);
  return got < 0 ? "-" : std::string(text.data(), static_cast<std::size_t>(got));
}

long send_letter(const Fd& from, char letter) { return send(from.get(), &letter, 1, MSG_NOSIGNAL); }

// A process of that niceness, asleep in semop() until it takes the semaphore; then it writes its letter.
Child waiter(int semaphores, int nice_value, char letter, const PipeEnds& line) {
  Child child = fork_child(0, [=, &line] {
    setpriority(PRIO_PROCESS, 0, nice_value);
    sembuf take{.sem_num = 0, .sem_op = -1, .sem_flg = 0};
    if (semop(semaphores, &take, 1) == 0) checked(write(line.write.get(), &letter, 1), "write");
  });
  const auto waits = [&] { return semctl(semaphores, 0, GETNCNT) > letter - 'a'; };
  for (int look = 0; !waits() && look < kAttemptLimit.count(); ++look) usleep(1000);
  return child;
}

// The letter of the waiter that gets the semaphore first: "a" waits longer, "b" has priority.
std::string first_of_two_waiters() {
  constexpr std::array<unsigned short, 1> kZero{0};
  const SysvSemaphoreSet set(kZero);
  const PipeEnds line = make_pipe();
  const std::array waiters{waiter(set.id(), 19, 'a', line), waiter(set.id(), 0, 'b', line)};
  sembuf give{.sem_num = 0, .sem_op = 1, .sem_flg = 0};
  checked(semop(set.id(), &give, 1), "semop");
  pollfd watched{.fd = line.read.get(), .events = POLLIN, .revents = 0};
  poll(&watched, 1, static_cast<int>(kAttemptLimit.count()));
  char letter = '-';
  if (watched.revents != 0) checked(read(line.read.get(), &letter, 1), "read");
  return std::string(1, letter);
}

constexpr std::string_view kLetters = "abc";

// What the server's ends give, whose clients each sent their letter, and what these get back in reply.
std::string letters_through(std::vector<Fd>& from, std::vector<Fd>& to) {
  std::string letters;
  for (std::size_t i = 0; i < from.size(); ++i) send_letter(from[i], kLetters[i]);
  for (const Fd& end : to) letters += received(end);
  return letters;
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

Steps many_clients(const std::function<int(int)>& accept_one) {
  const Server server(AF_UNIX, SOCK_STREAM);
  std::vector<Fd> clients;
  std::vector<Fd> accepted;
  std::string connections;
  for (std::size_t i = 0; i < kLetters.size(); ++i) {
    clients.push_back(open_socket(AF_UNIX, SOCK_STREAM));
    checked(connect(clients.back().get(), server.address.get(), server.address.bytes), "connect");
    accepted.emplace_back(checked(accept_one(server.fd.get()), "accept"));
    if (accepted.back().get() != server.fd.get()) connections += kLetters[i];
  }
  Steps steps;
  steps
      .add("3 clients connect() to one listening socket; accept() returns another descriptor for",
           connections, kLetters)
      .add("each client sends its letter; the accepted sockets give", letters_through(clients, accepted),
           kLetters)
      .add("the server answers in the accepted sockets; the clients get", letters_through(accepted, clients),
           kLetters);
  const Server datagrams(AF_UNIX, SOCK_DGRAM);
  std::string arrived;
  for (const char letter : kLetters) {
    const Fd client = open_socket(AF_UNIX, SOCK_DGRAM);
    sendto(client.get(), &letter, 1, MSG_NOSIGNAL, datagrams.address.get(), datagrams.address.bytes);
    arrived += received(datagrams.fd);
  }
  steps.add("3 clients sendto() one UNIX datagram socket; it gives", arrived, kLetters);
  return steps;
}

int accept_connection(int listening) { return accept4(listening, nullptr, nullptr, SOCK_CLOEXEC); }

Steps unconnected(int datagram, int stream) {
  Steps steps;
  for (const int family : {AF_INET, AF_UNIX}) {
    const auto send_to = [family](int type) {
      const Server server(family, type);
      const Fd client = open_socket(family, type);
      const long sent =
          sendto(client.get(), "x", 1, MSG_NOSIGNAL, server.address.get(), server.address.bytes);
      return sent < 0 ? came_back(sent) : received(server.fd);
    };
    const char* const name = family == AF_INET ? "an AF_INET" : "an AF_UNIX";
    const std::string refused = send_to(stream);
    steps
        .add(fmt::format("sendto() of \"x\" without connect() from {} datagram socket; arrived", name),
             send_to(datagram), "x")
        .check(fmt::format("the same from {} stream socket", name), refused, refused != "x", "an error");
  }
  return steps;
}

Steps message_lengths(std::span<const NamedChannel> channels) {
  constexpr std::size_t kMost = std::size_t{4} << 20;
  Steps steps;
  for (const NamedChannel& channel : channels) {
    for (const std::size_t bytes : {std::size_t{1}, kMost}) {
      PipeEnds ends = channel.open();
      const Child reader = fork_child(0, [&] {
        ends.write.reset();
        std::string taken;
        while (ends.read) append_some(ends.read, taken);
      });
      const auto sent = in_child<long>([&] {
        const long got = write(ends.write.get(), std::string(bytes, 'x').data(), bytes);
        return got < 0 ? -errno : got;
      });
      const std::string result = sent < 0 ? error_name(static_cast<int>(-sent)) : std::to_string(sent);
      steps.add(fmt::format("write(fd, buf, {}) to {}", bytes, channel.name), result, std::to_string(bytes));
    }
  }
  return steps;
}

std::span<const NamedChannel> message_channels() {
  static const std::array kChannels{
      NamedChannel{"a pipe", make_pipe},
      NamedChannel{"a UNIX stream socket", [] { return open_unix_channel(SOCK_STREAM); }},
      NamedChannel{"a UNIX datagram socket", [] { return open_unix_channel(SOCK_DGRAM); }},
      NamedChannel{"a UDP socket", open_udp_channel}};
  return kChannels;
}

Steps ranked(MessageQueue& posix, MessageQueue& sysv) {
  posix.create();
  sysv.create();
  const QueuePriorities priorities = queue_priorities(posix);
  const QueueSelection selection = queue_selection(sysv);
  Steps steps;
  steps
      .check(fmt::format("mq_send() of {} with priorities 1, 2, 3, 2; mq_receive()", priorities.sent),
             priorities.received, priorities.by_rank(), "the highest first")
      .check(fmt::format("msgsnd() of {} with types 1, 2, 3, 2; msgrcv() of the lowest type first",
                         selection.sent),
             selection.lowest_first, selection.by_type(), "by type")
      .add("semop(-1) by a, of nice 19, then by b, of nice 0; semop(+1) wakes", first_of_two_waiters(), "b");
  const SharedMapping memory(-1, page_bytes());
  for (const char rank : {'3', '1'}) memory.at(0) = rank;
  steps.add("p[0] = 3; p[0] = 1 in shared memory; then p[0] is", std::string(1, memory.at(0)), "3");
  return steps;
}

Steps local_sockets(std::initializer_list<int> families) {
  Steps steps;
  for (const int family : families) {
    const Server server(family, SOCK_STREAM);
    const Fd client = open_socket(family, SOCK_STREAM);
    const char* const address = family == AF_UNIX ? "an AF_UNIX name" : "AF_INET 127.0.0.1";
    steps.add(fmt::format("connect() to {}", address),
              came_back(connect(client.get(), server.address.get(), server.address.bytes)), "0");
  }
  return steps;
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
            "One server socket serves many clients; accept() makes a new socket for each.",
            [] {
              return many_clients().answer({.confirmed = "three connections by one listening socket; a "
                                                         "datagram socket takes from all, without accept()"});
            }},
      Claim{"sockets_without_connection",
            {115, 117},
            "Datagram sockets send without a connection, stream sockets do not.",
            [] { return unconnected().answer(); }},
      Claim{"priorities",
            {116},
            "Queues, semaphores and shared memory know priorities.",
            [] { return ranked(*make_posix_queue(), *make_sysv_queue()).answer(); }},
      Claim{"sockets_local_and_remote",
            {112},
            "Sockets join processes of one machine and of several.",
            [] {
              return local_sockets().answer(
                  {.confirmed = "on one machine by both families; an AF_INET address can also name another "
                                "machine, which was not tried"});
            }},
      Claim{"message_lengths", {121}, "Messages have from 1 byte to some MB.", [] {
              return message_lengths().answer();
            }}};
  return kClaims;
}

}  // namespace ipcbench
