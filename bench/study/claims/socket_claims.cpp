#include "bench/study/claims/socket_claims.hpp"

#include <sys/resource.h>
#include <sys/socket.h>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

// Messages that were sent before any was received.
struct Unread {
  static constexpr std::size_t kBytes = 1024;  // of each

  std::size_t sent = 0;
  std::size_t arrived = 0;  // in order
  bool waits = false;       // in the end the sender would have had to wait

  [[nodiscard]] std::string text() const {
    return fmt::format("{} sent, {}; {} arrived", sent, waits ? "then the sender waits" : "it never waits",
                       arrived);
  }
};

Unread send_unread(const NamedChannel& channel) {
  const auto message = [](std::size_t number) { return fmt::format("{:<{}}", number, Unread::kBytes); };
  const PipeEnds ends = channel.open();
  set_blocking_for(ends.write.get(), Wait::spin);
  set_blocking_for(ends.read.get(), Wait::spin);
  Unread found;
  while (found.sent < 4096 && !found.waits) {
    const std::string result = put(ends.write, message(found.sent));
    found.waits = result != std::to_string(Unread::kBytes);
    if (!found.waits) ++found.sent;
    if (found.waits && result != "EAGAIN" && result != "ENOBUFS" && result.front() == 'E')
      throw Error("send: " + result);
  }
  while (take(ends.read, Unread::kBytes) == message(found.arrived)) ++found.arrived;
  return found;
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

std::span<const NamedChannel> channels() {
  static const std::array kChannels{
      NamedChannel{"a pipe", make_pipe},
      NamedChannel{"a stream socket", [] { return open_unix_channel(SOCK_STREAM); }},
      NamedChannel{"a UNIX datagram socket", [] { return open_unix_channel(SOCK_DGRAM); }},
      NamedChannel{"a UDP socket", open_udp_channel}};
  return kChannels;
}

Steps datagrams_reliable(const NamedChannel& reliable, const NamedChannel& lossy) {
  const Unread kept = send_unread(reliable);
  const Unread lost = send_unread(lossy);
  const PipeEnds ends = reliable.open();
  put(ends.write, "abc");
  put(ends.write, "de");
  Steps steps;
  steps
      .check(fmt::format("messages of 1 KiB to {} that nobody reads", reliable.name), kept.text(),
             kept.arrived == kept.sent, "all arrive")
      .add(fmt::format("abc and de to {}; read(fd, buf, 8)", reliable.name), take(ends.read, 8), "abc")
      .by_chance(fmt::format("messages of 1 KiB to {} that nobody reads", lossy.name), lost.text(),
                 lost.arrived < lost.sent, "some are lost");
  return steps;
}

Steps sockets_reliable(std::span<const NamedChannel> sockets) {
  Steps steps;
  for (const NamedChannel& socket : sockets) {
    const Unread found = send_unread(socket);
    steps.check(fmt::format("messages of 1 KiB to {} that nobody reads", socket.name), found.text(),
                found.arrived == found.sent, "all arrive");
  }
  return steps;
}

Steps no_flow_control(const NamedChannel& socket) {
  const Unread found = send_unread(socket);
  Steps steps;
  steps.check(fmt::format("messages of 1 KiB to {} that nobody reads", socket.name), found.text(),
              !found.waits, "it never waits");
  return steps;
}

int accept_connection(int listening) { return accept4(listening, nullptr, nullptr, SOCK_CLOEXEC); }

Steps many_clients(const std::function<int(int)>& accept_one) {
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
  return steps;
}

Steps without_connection(int datagram, int stream) {
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
  return steps;
}

Steps local_sockets(std::initializer_list<int> families) {
  Steps steps;
  for (const int family : families) {
    const Server server(family, SOCK_STREAM);
    steps.add(family == AF_UNIX ? "connect() to an AF_UNIX name" : "connect() to 127.0.0.1",
              came_back(connect(open_socket(family, SOCK_STREAM).get(), server.get(), server.bytes)), "0");
  }
  return steps;
}

Steps message_lengths(std::span<const NamedChannel> tried) {
  Steps steps;
  for (const NamedChannel& channel : tried) {
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
  return steps;
}

Steps ranked(MessageQueue& posix, MessageQueue& sysv) {
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
  return steps;
}

}  // namespace ipcbench
