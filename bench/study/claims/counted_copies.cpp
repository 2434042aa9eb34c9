// How often a message is copied on its way from one file to another, counted by system calls.
#include <mqueue.h>
#include <sys/msg.h>

#include "bench/study/claims/memory_claims.hpp"
#include "bench/study/claims/pipe_claims.hpp"
#include "bench/study/parts/channel.hpp"
#include "bench/study/parts/system_calls.hpp"
#include "harness/base/mapping.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kMessageBytes = 4096;

void carry_through(const PipeEnds& ends, int from, int to, std::size_t bytes) {
  std::vector<char> sender(bytes);
  std::vector<char> receiver(bytes);
  checked(read(from, sender.data(), bytes), "read");
  checked(write(ends.write.get(), sender.data(), bytes), "write");
  checked(read(ends.read.get(), receiver.data(), bytes), "read");
  checked(write(to, receiver.data(), bytes), "write");
}

void carry_through_sysv_queue(int from, int to, std::size_t bytes) {
  struct Message {
    long type = 1;
    std::array<char, kMessageBytes> text{};
  };
  const SysvObject queue =
      SysvObject::create(ObjectKind::sysv_queue, [](key_t key, int flags) { return msgget(key, flags); });
  Message sent;
  Message received;
  checked(read(from, sent.text.data(), bytes), "read");
  checked(msgsnd(queue.id(), &sent, bytes, IPC_NOWAIT), "msgsnd");
  checked(msgrcv(queue.id(), &received, bytes, 0, IPC_NOWAIT), "msgrcv");
  checked(write(to, received.text.data(), bytes), "write");
}

void carry_through_posix_queue(int from, int to, std::size_t bytes) {
  const OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
  mq_attr attributes{};
  attributes.mq_maxmsg = 1;
  attributes.mq_msgsize = kMessageBytes;
  const Fd queue(
      mq_open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, S_IRUSR | S_IWUSR, &attributes));
  checked(queue.get(), "mq_open");
  std::vector<char> sender(bytes);
  std::vector<char> receiver(kMessageBytes);
  checked(read(from, sender.data(), bytes), "read");
  checked(mq_send(queue.get(), sender.data(), bytes, 0), "mq_send");
  checked(mq_receive(queue.get(), receiver.data(), kMessageBytes, nullptr), "mq_receive");
  checked(write(to, receiver.data(), bytes), "write");
}

void carry_through_memory(int from, int to, std::size_t bytes) {
  const SharedMapping memory(-1, bytes);
  checked(read(from, memory.data(), bytes), "read");
  checked(write(to, memory.data(), bytes), "write");
}

double copies_of(const Carrier& carrier) {
  const Fd from(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create"));
  const Fd to(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create"));
  const std::vector<char> message(kMessageBytes, 'x');
  checked(write(from.get(), message.data(), kMessageBytes), "write");
  checked(lseek(from.get(), 0, SEEK_SET), "lseek");
  const auto calls = system_calls_of([&] { carrier.carry(from.get(), to.get(), kMessageBytes); });
  return static_cast<double>(copied_bytes(calls)) / kMessageBytes;
}

}  // namespace

std::vector<Carrier> textbook_carriers() {
  constexpr double kFour = 4;
  constexpr double kTwo = 2;
  return {{"a pipe", kFour,
           [](int from, int to, std::size_t bytes) { carry_through(make_pipe(), from, to, bytes); }},
          {"a FIFO", kFour,
           [](int from, int to, std::size_t bytes) { carry_through(open_fifo_channel(), from, to, bytes); }},
          {"a System V queue", kFour, carry_through_sysv_queue},
          {"a POSIX queue", kFour, carry_through_posix_queue},
          {"shared memory", kTwo, carry_through_memory}};
}

Steps copies_counted(const std::vector<Carrier>& carriers) {
  Steps steps;
  for (const Carrier& carrier : carriers) {
    steps.unless_refused(carrier.name, [&] {
      const double copies = copies_of(carrier);
      steps.check(fmt::format("strace: read(file), the calls that pass {} B through {}, write(file)",
                              kMessageBytes, carrier.name),
                  fmt::format("{:g} times the message is copied between a process and the kernel", copies),
                  copies == carrier.stated_copies, fmt::format("{:g}", carrier.stated_copies));
    });
  }
  return steps;
}

}  // namespace ipcbench
