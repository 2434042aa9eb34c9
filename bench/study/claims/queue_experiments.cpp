// What message queues do, and the keys of System V objects, ftok(3).
#include <mqueue.h>
#include <poll.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <ctime>
#include <set>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/mapping.hpp"
#include "harness/contract/owned_path.hpp"
#include "mechanisms/parts/posix_queue_object.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

template <std::size_t N>
struct Message {
  long type = 0;
  std::array<char, N> text{};
};
using Letter = Message<1>;

// A new System V queue, with the system calls of the experiment.
struct TriedQueue {
  explicit TriedQueue(const QueueCalls& used) : calls(used) {}

  [[nodiscard]] int id() const { return object.id(); }
  [[nodiscard]] std::string send(long type, char letter) const {
    const Letter message{.type = type, .text = {letter}};
    return came_back(calls.send(id(), &message, 1, IPC_NOWAIT));
  }
  // The letter, or the error.
  [[nodiscard]] std::string receive(long type, int flags = IPC_NOWAIT) const {
    Letter message;
    return calls.receive(id(), &message, 1, type, flags) < 0 ? error_name(errno)
                                                             : std::string(1, message.text[0]);
  }

  const QueueCalls& calls;
  SysvObject object = new_sysv_queue();
};

struct PosixQueueOfBytes {
  OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
  Fd fd = open_posix_queue(name.str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 2, 1);
};

namespace fs = std::filesystem;

void create(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) throw KernelError(errno, fmt::format("cannot create {}", file.string()));
}

struct FileId {
  ino_t inode;
  key_t key;
};

FileId id_of(const std::string& file) {
  struct stat facts {};
  checked(stat(file.c_str(), &facts), "stat");
  return {facts.st_ino, checked(ftok(file.c_str(), 'i'), "ftok")};
}

// The output of an installed program. Throws Error if there is none.
std::string output_of(const std::vector<std::string>& command) {
  const auto run = run_program(command, {}, {});
  if (!run) throw Error(fmt::format("{} is not installed", command.front()), "install util-linux");
  return run->output;
}

std::string hexadecimal(key_t key) { return fmt::format("{:#010x}", static_cast<unsigned>(key)); }

const char* alike(key_t one, key_t other) { return one == other ? "the same key" : "another key"; }

}  // namespace

Steps queues_outlive_their_creator(std::span<const QueueKind> kinds) {
  Steps steps;
  for (const QueueKind& kind : kinds) {
    steps.unless_refused(kind.name, [&] {
      const auto queue = kind.make();
      in_child<bool>([&] {
        queue->create();
        queue->send('q', 1);
        return true;
      });
      const std::optional<char> message = queue->receive(0);
      steps.add(fmt::format("{}: its creator sends q and ends; another process receives", kind.name),
                message ? std::string(1, *message) : "nothing", "q");
    });
  }
  return steps;
}

Steps queues_are_priority_queues(std::span<const QueueKind> kinds) {
  Steps steps;
  for (const QueueKind& kind : kinds) {
    const auto queue = kind.make();
    queue->create();
    const std::string of_type_2 = received_by(*queue, {2}).front();
    steps.add(fmt::format("{}: abcd sent with priorities or types 1, 2, 3, 2; received", kind.name),
              received_by(*queue, {0}).front(), kHighestFirst);
    if (of_type_2.empty()) continue;  // it has no types
    steps.add("the same, received by asking for type 2", of_type_2, kOfRank2)
        .add("the same, received by asking for types up to 3 (msgtyp -3)", received_by(*queue, {-3}).front());
  }
  return steps;
}

Steps queue_both_ways(const QueueCalls& calls) {
  const TriedQueue queue(calls);
  // The question; nobody has taken it when the answer comes.
  Steps steps;
  steps.add("one System V queue: A's msgsnd() of type 1", queue.send(1, 'q'));
  in_child<bool>([&] { return queue.send(2, 'a') == "0"; });
  const auto posix = make_posix_queue();
  posix->create();
  const auto answer = [&](bool in_turns) {
    posix->send('q', 0);
    in_child<bool>([&] {
      if (in_turns) posix->receive(0);
      posix->send('a', 0);
      return true;
    });
    const char received = posix->receive(0).value_or('?');
    posix->receive(0);  // the rest
    return received;
  };
  return steps.add("B's msgsnd() of type 2; A's msgrcv() of type 2", queue.receive(2), "a")
      .add("B's msgrcv() of type 1", queue.receive(1), "q")
      .add("one POSIX queue: A sends q, B sends a; A's mq_receive()", answer(false), "a")
      .add("in turns, B receives q and sends a; A's mq_receive()", answer(true), "a");
}

Steps queue_types(const QueueCalls& calls) {
  const TriedQueue queue(calls);
  Letter message;
  return Steps()
      .add("msgsnd() of type 0", queue.send(0, 'x'), "EINVAL")
      .add("of type -1", queue.send(-1, 'x'), "EINVAL")
      .add("of type 1, with one byte after the long", queue.send(1, 'x'), "0")
      .add("msgrcv() of it: the bytes of its text", calls.receive(queue.id(), &message, 1, 0, IPC_NOWAIT),
           "1")
      .add("the long in front of them", message.type, "1");
}

Steps queue_at_once(const QueueCalls& calls) {
  constexpr unsigned kSenders = 2;
  constexpr unsigned kTimes = 1'000;
  using Block = Message<64>;
  const TriedQueue queue(calls);
  const SharedMapping memory(-1, sizeof(std::atomic<unsigned>));
  auto& whole = *static_cast<std::atomic<unsigned>*>(memory.data());
  // Two processes send blocks of one letter each, two others receive them.
  together(2 * kSenders, [&](unsigned own) {
    Block block{.type = 1};
    for (unsigned i = 0; i < kTimes; ++i) {
      if (own < kSenders) {
        block.text.fill(static_cast<char>('a' + own));
        checked(calls.send(queue.id(), &block, block.text.size(), 0), "msgsnd");
      } else if (checked(calls.receive(queue.id(), &block, block.text.size(), 0, 0), "msgrcv") == 64 &&
                 std::ranges::count(block.text, block.text[0]) == 64) {
        ++whole;
      }
    }
  });
  const auto wait = [&] { return queue.receive(0, 0) == "x" ? "the message at once" : error_name(errno); };
  const auto send_soon = [&] {
    usleep(5'000);
    return queue.send(1, 'x');
  };
  return Steps()
      .add(
          "2 processes send 1000 messages of 64 B each, 2 others receive: messages that arrive once and "
          "whole",
          whole.load(), "2000")
      .add("msgsnd() while another process waits in msgrcv(): the waiting one gets", woken(wait, send_soon),
           "nothing until it gives up");
}

Steps queue_largest(const QueueCalls& calls) {
  constexpr std::size_t kLarge = 1 << 20;
  const TriedQueue queue(calls);
  std::string opened = "a queue";
  try {
    open_posix_queue(OwnedName::fresh(ObjectKind::posix_queue).str(), O_RDWR | O_CREAT | O_EXCL, 1, kLarge);
  } catch (const KernelError& error) {
    opened = error_name(error.number());
  }
  const std::vector<char> message(sizeof(long) + kLarge, 1);
  msginfo limits{};
  checked(msgctl(0, IPC_INFO, reinterpret_cast<msqid_ds*>(&limits)), "msgctl(IPC_INFO)");
  return Steps()
      .add("msgsnd() of 1 MiB, IPC_NOWAIT", calls.send(queue.id(), message.data(), kLarge, IPC_NOWAIT),
           "EINVAL")
      .add("msgctl(0, IPC_INFO): msgmax, kernel.msgmax", fmt::format("{} B", limits.msgmax))
      .check("mq_open() with mq_msgsize 1 MiB", opened, opened != "a queue", "an error");
}

Steps posix_or_sysv(const std::function<std::string()>& poll_queue) {
  constexpr timespec kPast{.tv_sec = 1, .tv_nsec = 0};
  const PosixQueueOfBytes posix;
  checked(mq_send(posix.fd.get(), "x", 1, 0), "mq_send");
  pollfd watched{.fd = posix.fd.get(), .events = POLLIN, .revents = 0};
  Steps steps;
  steps.add("poll() of a POSIX queue with a message",
            poll_queue ? poll_queue() : came_back(poll(&watched, 1, 0)), "1");
  char letter = 0;
  checked(mq_receive(posix.fd.get(), &letter, 1, nullptr), "mq_receive");
  set_blocking_for(posix.fd.get(), Wait::block);
  const auto sysv = make_sysv_queue();
  sysv->create();
  return steps
      .add("mq_timedreceive() from an empty queue, until a time that is over",
           mq_timedreceive(posix.fd.get(), &letter, 1, nullptr, &kPast), "ETIMEDOUT")
      .add("messages of types 1, 2, 3, 2 in a System V queue; msgrcv() of type 2",
           received_by(*sysv, {2}).front(), "not possible");
}

Steps exclusive_creation(const GetByKey& get) {
  const SysvObject queue = new_sysv_queue();
  const auto found = [&](key_t wanted, int flags) {
    const int id = get(wanted, flags);
    return id < 0 ? error_name(errno) : id == queue.id() ? "this queue" : "another queue";
  };
  return Steps()
      .add("msgget(key, IPC_CREAT | IPC_EXCL) of a queue that exists",
           found(queue.key(), IPC_CREAT | IPC_EXCL), "EEXIST")
      .add("msgget(key, IPC_CREAT)", found(queue.key(), IPC_CREAT), "this queue")
      .add("msgget(key, IPC_EXCL)", found(queue.key(), IPC_EXCL), "this queue")
      .add("msgget(key, IPC_EXCL) with a key that nothing has", found(unpredictable_key(), IPC_EXCL),
           "ENOENT");
}

void remove_by_ipcrm(int id) { output_of({"ipcrm", "-q", std::to_string(id)}); }

Steps shown_and_removed(const std::function<void(int)>& remove) {
  const SysvObject queue = new_sysv_queue();
  const auto shown = [&] {
    return output_of({"ipcs", "-q"}).find(hexadecimal(queue.key())) == std::string::npos ? "not listed"
                                                                                         : "listed";
  };
  Steps steps;
  steps.add("ipcs -q, after msgget(key, IPC_CREAT | IPC_EXCL)", shown(), "listed");
  remove(queue.id());
  return steps
      .add("ipcrm -q ID, then msgget(key, 0)", msgget(queue.key(), 0) < 0 ? error_name(errno) : "found",
           "ENOENT")
      .add("ipcs -q", shown(), "not listed");
}

Steps ftok_bits(const Ftok& ftok) {
  const auto compare = [&](int one, int other) { return alike(ftok(".", one), ftok(".", other)); };
  return Steps()
      .add(R"(ftok(".", 1) and ftok(".", 257))", compare(1, 257), "the same key")
      .add(R"(ftok(".", 1) and ftok(".", 129))", compare(1, 129), "another key");
}

Steps ftok_zero(const Ftok& ftok) {
  const key_t key = ftok(".", 0);
  return Steps().add(R"(ftok(".", 0))", key == -1 ? "-1" : hexadecimal(key), "-1");
}

Steps ftok_same(const Ftok& ftok) {
  const key_t key = ftok("/", 'i');
  return Steps()
      .add(R"(ftok("/", 'i') twice)", alike(key, ftok("/", 'i')), "the same key")
      .add("in another process", alike(key, in_child<key_t>([&] { return ftok("/", 'i'); })), "the same key")
      .add(R"(by another path to the same place, ftok("/..", 'i'))", alike(key, ftok("/..", 'i')),
           "the same key");
}

void delete_and_create(const fs::path& file) {
  checked(unlink(file.c_str()), "unlink");
  create(file);
}

std::vector<fs::path> usual_directories() {
  const char* const temporary = std::getenv("TMPDIR");
  std::set<dev_t> seen;
  std::vector<fs::path> chosen;
  for (const char* directory : {temporary != nullptr ? temporary : "/tmp", "/dev/shm", "."}) {
    struct stat facts {};
    if (stat(directory, &facts) == 0 && seen.insert(facts.st_dev).second) chosen.emplace_back(directory);
  }
  return chosen;
}

Steps ftok_of_recreated_files(const Recreate& recreate, const std::vector<fs::path>& directories) {
  constexpr unsigned kTries = 16;
  Steps steps;
  for (const fs::path& directory : directories) {
    steps.unless_refused(directory.string(), [&] {
      const OwnedPath file(directory / unpredictable_name(), true);
      unsigned other_inode = 0;
      unsigned other_key = 0;
      create(file.str());
      for (unsigned i = 0; i < kTries; ++i) {
        const FileId before = id_of(file.str());
        recreate(file.str());
        const FileId after = id_of(file.str());
        other_inode += after.inode != before.inode ? 1U : 0U;
        other_key += after.key != before.key ? 1U : 0U;
      }
      const auto type = run_program({"stat", "-f", "-c", "%T", directory}, {}, {});
      steps.check(fmt::format("{} ({}): ftok() of a file that is deleted and created again {} times",
                              directory.string(),
                              type ? type->output.substr(0, type->output.find('\n')) : "?", kTries),
                  fmt::format("another inode {} times, another key {}", other_inode, other_key),
                  other_key == kTries, "another key each time");
    });
  }
  return steps;
}

}  // namespace ipcbench
