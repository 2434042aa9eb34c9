// What sockets do, beside pipes, queues and semaphores.
#include <sched.h>
#include <semaphore.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_object.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

// Messages that were sent before any was received.
struct Unread {
  static constexpr std::size_t kBytes = 1024;  // of each

  std::size_t sent = 0;
  std::size_t arrived = 0;  // in order
  bool waits = false;       // in the end the sender would have had to wait

  [[nodiscard]] bool all_arrived() const { return arrived == sent; }
  [[nodiscard]] std::string text() const {
    return fmt::format("{} sent, {}; {} arrived", sent, waits ? "then the sender waits" : "it never waits",
                       arrived);
  }
};

// Up to 4096 messages to a receiver that does not read until then.
Unread send_unread(const NamedChannel& channel) {
  const auto message = [](std::size_t number) { return fmt::format("{:<{}}", number, Unread::kBytes); };
  const PipeEnds ends = channel.open();
  set_blocking_for(ends.write.get(), Wait::spin);
  set_blocking_for(ends.read.get(), Wait::spin);
  Unread found;
  while (found.sent < 4096 && !found.waits) {
    const std::string result = put(ends.write, message(found.sent));
    found.waits = result == "EAGAIN" || result == "ENOBUFS";
    if (result.front() == 'E' && !found.waits) throw Error("send: " + result);
    if (!found.waits) ++found.sent;
  }
  while (take(ends.read, Unread::kBytes) == message(found.arrived)) ++found.arrived;
  return found;
}

std::string unread_by(const NamedChannel& channel) {
  return fmt::format("messages of 1 KiB to {} that nobody reads", channel.name);
}

// A socket with an address that the kernel chose (unix(7): autobind). It listens unless it takes datagrams.
struct Server {
  Fd fd;
  int family;
  int type;
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;

  Server(int in_family, int of_type)
      : fd(in_family == AF_INET ? bind_loopback(of_type, 0) : open_socket(in_family, of_type)),
        family(in_family),
        type(of_type) {
    const sockaddr any{.sa_family = AF_UNIX, .sa_data = {}};
    if (family == AF_UNIX) checked(bind(fd.get(), &any, sizeof any.sa_family), "bind");
    if (type != SOCK_DGRAM) checked(listen(fd.get(), SOMAXCONN), "listen");
    checked(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &bytes), "getsockname");
  }
  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }
  [[nodiscard]] Fd client() const {
    Fd socket = open_socket(family, type);
    checked(connect(socket.get(), get(), bytes), "connect");
    return socket;
  }
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

bool take_rank(bool real_time, bool high) {
  const sched_param rank{.sched_priority = high ? 50 : 1};
  return real_time ? sched_setscheduler(0, SCHED_FIFO, &rank) == 0
                   : setpriority(PRIO_PROCESS, 0, high ? 0 : 19) == 0;
}

// The one of two sleeping processes that gets a semaphore first: a, of the lower priority, or b, which came
// later.
std::string first_of_two_waiters(bool real_time, const std::function<int(int by)>& change) {
  const PipeEnds line = make_pipe();
  const auto start = [&](const char* name, bool high) {
    Child waiter = fork_child(0, [&] {
      if (!take_rank(real_time, high)) _exit(errno);
      if (change(-1) == 0) put(line.write, name);
    });
    for (int look = 0; look < 1000 && !is_asleep(waiter.pid()); ++look) {
      const auto ended = waiter.reap_within(std::chrono::milliseconds(1));
      if (ended && ended->code) throw_error(*ended->code, "setpriority", {{EACCES, "run it with nice 0"}});
      if (ended) throw Error("a process that waits for a semaphore " + describe_failure(*ended));
    }
    return waiter;
  };
  const std::array waiters{start("a", false), start("b", true)};
  // The C library ends a process whose futex(2) is denied.
  in_child<int>([&] { return checked(change(+1), "semop or sem_post"); });
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
  return Steps()
      .check(unread_by(reliable), kept.text(), kept.all_arrived(), "all arrive")
      .add(fmt::format("abc and de to {}; read(fd, buf, 8)", reliable.name), take(ends.read, 8), "abc")
      .by_chance(unread_by(lossy), lost.text(), !lost.all_arrived(), "some are lost");
}

Steps sockets_reliable(std::span<const NamedChannel> sockets) {
  Steps steps;
  for (const NamedChannel& socket : sockets) {
    const Unread found = send_unread(socket);
    steps.check(unread_by(socket), found.text(), found.all_arrived(), "all arrive");
  }
  return steps;
}

Steps no_flow_control(const NamedChannel& socket) {
  const Unread found = send_unread(socket);
  return Steps().check(unread_by(socket), found.text(), !found.waits, "it never waits");
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
    clients.push_back(server.client());
    accepted.emplace_back(checked(accept_one(server.fd.get()), "accept"));
    senders.push_back(datagrams.client());
    receiver.push_back(duplicate(datagrams.fd));
  }
  return Steps()
      .add("3 clients of one listening socket send a, b, c; the accepted sockets get",
           letters_through(clients, accepted), "abc")
      .add("the accepted sockets answer a, b, c; the clients get", letters_through(accepted, clients), "abc")
      .add("3 clients of one datagram socket send a, b, c; it gets", letters_through(senders, receiver),
           "abc");
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

Steps local_sockets() {
  const auto connecting = [](int family) {
    const Server server(family, SOCK_STREAM);
    return connect(open_socket(family, SOCK_STREAM).get(), server.get(), server.bytes);
  };
  return Steps()
      .add("connect() to an AF_UNIX name", connecting(AF_UNIX), "0")
      .add("connect() to 127.0.0.1", connecting(AF_INET), "0");
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
  const PipeEnds datagrams = open_unix_channel(SOCK_DGRAM);
  put(datagrams.write, "");
  std::array<char, 1> byte{};
  steps.add("write(fd, buf, 0) to a UNIX datagram socket, then recv(fd, buf, 1, MSG_DONTWAIT)",
            recv(datagrams.read.get(), byte.data(), 1, MSG_DONTWAIT), "EAGAIN");
  return steps.unless_refused("a System V queue", [&] {
    const SysvObject queue = new_sysv_queue();
    const auto send_to_queue = [&](std::size_t bytes, std::string_view stated) {
      const std::vector<char> message(sizeof(long) + bytes, 1);
      steps.add(fmt::format("msgsnd() of {} B", bytes), msgsnd(queue.id(), message.data(), bytes, IPC_NOWAIT),
                stated);
    };
    send_to_queue(0, "EINVAL");
    send_to_queue(1, "0");
    send_to_queue(std::size_t{4} << 20, "0");
  });
}

Steps ranked(MessageQueue& posix, MessageQueue& sysv) {
  posix.create();
  sysv.create();
  const SysvSemaphoreSet set(std::array<unsigned short, 1>{0});
  const auto change_sysv = [&](int by) {
    sembuf one{.sem_num = 0, .sem_op = static_cast<short>(by), .sem_flg = 0};
    return semop(set.id(), &one, 1);
  };
  const SharedMapping memory(-1, sizeof(sem_t));
  auto* const semaphore = static_cast<sem_t*>(memory.data());
  checked(sem_init(semaphore, 1, 0), "sem_init");
  const auto change_posix = [&](int by) { return by < 0 ? sem_wait(semaphore) : sem_post(semaphore); };
  const bool real_time = in_child<bool>([] { return take_rank(true, true); });
  const char* const ranks =
      real_time ? "a at SCHED_FIFO 1, then b at SCHED_FIFO 50" : "a at nice 19, then b at nice 0";
  Steps steps;
  const auto add_waiters = [&](const char* object, const char* wait, const char* post, const auto& change) {
    steps.unless_refused(object, [&] {
      steps.add(fmt::format("{} by {}; {} wakes", wait, ranks, post), first_of_two_waiters(real_time, change),
                "b");
    });
  };
  steps
      .add("mq_send() of abcd with priorities 1, 2, 3, 2; mq_receive()", received_by(posix, {0}).front(),
           kHighestFirst)
      .add("msgsnd() of abcd with types 1, 2, 3, 2; msgrcv() of type 2", received_by(sysv, {2}).front(),
           kOfRank2);
  add_waiters("a System V semaphore", "semop(-1)", "semop(+1)", change_sysv);
  add_waiters("a POSIX semaphore", "sem_wait()", "sem_post()", change_posix);
  return steps;
}

}  // namespace ipcbench
