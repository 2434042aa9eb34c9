#include "mechanisms/testing/intruder.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <grp.h>
#include <mqueue.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <vector>

#include "mechanisms/parts/loopback.hpp"
#include "mechanisms/testing/doors.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::array<char, 64> kGarbage{"garbage from another user"};

class Intruder {
 public:
  Intruder(pid_t launcher, BreakIns& break_ins) : launcher_(launcher), break_ins_(break_ins) {}

  void try_files(const std::vector<NamedObject>& objects) {
    for (const NamedObject& object : objects) try_file(object);
  }

  void try_all(Aim aim) {
    if (aim == Aim::sockets) {
      for (const SocketAddress& socket : sockets_here()) try_socket(socket);
    } else if (aim == Aim::objects) {
      try_files(named_objects());
      for (const SystemVObject& object : system_v_objects_here()) try_system_v(object);
    } else {
      for (const pid_t process : processes()) try_process(process);
    }
  }

 private:
  // got_in: an operation succeeded that should have been refused.
  void count(Door door, bool got_in, std::string_view how) {
    ++break_ins_.attempts[static_cast<std::size_t>(door)];
    if (got_in && break_ins_.successes++ == 0) break_ins_.first.assign(how);
  }

  void try_socket(const SocketAddress& socket) {
    if (socket.family == "tcp") try_tcp(socket);
    if (socket.family == "udp") try_udp(socket);
    if (socket.family == "unix") try_unix(socket);
  }

  static Fd socket_at(int type, std::uint32_t address, std::uint16_t port) {
    Fd fd(socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    for (const int option : {SO_REUSEADDR, SO_REUSEPORT}) {
      setsockopt(fd.get(), SOL_SOCKET, option, &yes, sizeof yes);
    }
    sockaddr_in here = loopback_address(port);
    here.sin_addr.s_addr = htonl(address);
    if (bind(fd.get(), generic(here), sizeof here) != 0) fd.reset();
    return fd;
  }
  // Sockets at the ports in use, but of 127.0.0.2, where any user can bind them.
  static std::vector<Fd> sources(int type, std::string_view family) {
    std::vector<Fd> fds;
    fds.push_back(socket_at(type, INADDR_LOOPBACK, 0));
    for (const SocketAddress& other : sockets_here()) {
      if (other.family != family || other.owner == kIntruder || fds.size() == 5) continue;
      fds.push_back(socket_at(type, INADDR_LOOPBACK + 1, other.port));
    }
    std::erase_if(fds, [](const Fd& fd) { return !fd; });
    return fds;
  }

  // ZeroMQ shows a signature to whoever connects, before it asks for anything
  // (https://rfc.zeromq.org/spec/23).
  static bool is_served(int fd) {
    constexpr ssize_t kSignatureBytes = 10;
    std::array<unsigned char, 64> got{};
    const ssize_t bytes = recv(fd, got.data(), got.size(), MSG_DONTWAIT);
    return bytes > 0 && (bytes != kSignatureBytes || got[0] != 0xff || got[kSignatureBytes - 1] != 0x7f);
  }

  // A connection counts as a break-in once it is served; one that is accepted and closed does not.
  void try_tcp(const SocketAddress& target) {
    if (target.owner == kIntruder) return;
    const sockaddr_in address = loopback_address(target.port);
    for (Fd& fd : sources(SOCK_STREAM, "tcp")) {
      static_cast<void>(connect(fd.get(), generic(address), sizeof address));
      send(fd.get(), kGarbage.data(), kGarbage.size(), MSG_NOSIGNAL);
      connected_.push_back(std::move(fd));
    }
    constexpr std::size_t kKept = 20;
    while (connected_.size() > kKept) connected_.pop_front();
    for (const Fd& fd : connected_) {
      count(Door::tcp, is_served(fd.get()), "a TCP connection was served");
    }
    try_port(SOCK_STREAM, target);
  }
  void try_udp(const SocketAddress& target) {
    if (target.owner == kIntruder) return;
    const sockaddr_in address = loopback_address(target.port);
    for (const Fd& fd : sources(SOCK_DGRAM, "udp")) {
      // The producer of a lossy mechanism sends an empty datagram when it has finished.
      for (const std::size_t length : {kGarbage.size(), std::size_t{0}}) {
        sendto(fd.get(), kGarbage.data(), length, MSG_DONTWAIT, generic(address), sizeof address);
        count(Door::udp, false, "");
      }
    }
    try_port(SOCK_DGRAM, target);
  }
  // Tries to bind the port itself, which is allowed once its owner has gone.
  void try_port(int type, const SocketAddress& target) {
    const Fd taken = socket_at(type, INADDR_LOOPBACK, target.port);
    bool shared = false;
    for (const SocketAddress& other : sockets_here()) {
      const bool same = other.family == target.family && other.port == target.port;
      shared = shared || (taken && same && other.address == "0100007F" && other.owner != kIntruder);
    }
    count(type == SOCK_DGRAM ? Door::udp : Door::tcp, shared, "the port of a launch could be bound again");
  }

  void try_unix(const SocketAddress& target) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    target.address.copy(address.sun_path, sizeof address.sun_path - 1);
    socklen_t bytes = sizeof address;
    if (address.sun_path[0] == '@') {
      address.sun_path[0] = '\0';
      bytes = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + target.address.size());
    }
    for (const int type : {SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET}) {
      const Fd fd(socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
      const bool connected = connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), bytes) == 0;
      const bool is_let_in = connected && !(type == SOCK_DGRAM && is_chosen_by_kernel(target));
      count(Door::unix_socket, is_let_in, fmt::format("connected to {}", target.address));
      // Where that is allowed, it must disturb nobody: as much as the queue takes.
      while (connected && send(fd.get(), kGarbage.data(), kGarbage.size(), MSG_NOSIGNAL) > 0) {
      }
    }
  }

  void try_file(const NamedObject& object) {
    // Launches create their directories in world-writable ones.
    if (object.owner == kIntruder || (S_ISDIR(object.mode) && (object.mode & S_IWOTH) != 0)) return;
    const char* const path = object.path.c_str();
    const auto note = [&](bool got_in, const char* what) {
      count(Door::file, got_in, fmt::format("{} {}", what, object.path));
    };
    for (const int flags : {O_RDONLY, O_WRONLY, O_RDWR}) {
      note(static_cast<bool>(Fd(open(path, flags | O_NONBLOCK | O_CLOEXEC))), "opened");
    }
    note(unlink(path) == 0 || rmdir(path) == 0, "removed");
    note(rename(path, fmt::format("{}.stolen", path).c_str()) == 0, "renamed");
    note(chmod(path, 0777) == 0, "changed the mode of");
    note(chown(path, kIntruder, kIntruder) == 0, "took over");
    const std::string name = fmt::format("/{}", fs::path(object.path).filename().string());
    note(static_cast<bool>(Fd(mq_open(name.c_str(), O_RDWR | O_NONBLOCK))), "opened the queue");
    note(mq_unlink(name.c_str()) == 0, "removed the queue");
    if (S_ISDIR(object.mode)) try_planting_in(object.path);
  }
  // What an end would open there, or take for its own.
  void try_planting_in(const std::string& directory) {
    const std::string planted = directory + "/planted";
    const char* const path = planted.c_str();
    const auto note = [&](bool got_in, const char* what) {
      count(Door::file, got_in, fmt::format("{} {}", what, planted));
    };
    note(static_cast<bool>(Fd(open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0666))), "planted");
    note(static_cast<bool>(Fd(open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0666))),
         "hid a file at");
    note(symlink("/etc/passwd", path) == 0, "planted the link");
    note(mkdir(path, 0777) == 0, "planted the directory");
    note(mkfifo(path, 0666) == 0, "planted the FIFO");
    note(chdir(directory.c_str()) == 0, "entered the directory of");
  }

  // An error that says there is nothing to receive, or no room to send, means that access was granted.
  void try_system_v(const SystemVObject& object) {
    const auto note = [&](long result) {
      const bool refused = errno == EACCES || errno == EPERM || errno == EINVAL || errno == EIDRM;
      count(Door::system_v, result >= 0 || !refused, fmt::format("got at a System V {}", object.kind));
    };
    struct {
      long type = 1;
      std::array<char, 64> text = kGarbage;
    } message;
    sembuf operation{.sem_num = 0, .sem_op = 1, .sem_flg = IPC_NOWAIT};
    if (object.kind == "msg") {
      note(msgrcv(object.id, &message, sizeof message.text, 0, IPC_NOWAIT | MSG_NOERROR));
      note(msgsnd(object.id, &message, sizeof message.text, IPC_NOWAIT));
      note(msgctl(object.id, IPC_RMID, nullptr));
    } else if (object.kind == "sem") {
      note(semop(object.id, &operation, 1));
      note(semctl(object.id, 0, GETVAL));
      note(semctl(object.id, 0, IPC_RMID));
    } else {
      note(reinterpret_cast<long>(shmat(object.id, nullptr, 0)));
      note(reinterpret_cast<long>(shmat(object.id, nullptr, SHM_RDONLY)));
      note(shmctl(object.id, IPC_RMID, nullptr));
    }
  }

  // The launcher and its children: the fourth word of /proc/PID/stat is the parent.
  [[nodiscard]] std::vector<pid_t> processes() const {
    std::vector<pid_t> found{launcher_};
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator("/proc", gone)) {
      const std::string name = entry.path().filename();
      if (name.find_first_not_of("0123456789") != std::string::npos) continue;
      std::string text;
      std::getline(std::ifstream(entry.path() / "stat"), text);
      const std::size_t behind_name = text.rfind(") ");
      if (behind_name == std::string::npos) continue;
      if (std::atoi(text.c_str() + behind_name + 4) == launcher_ && !is_intruder(entry.path()))
        found.push_back(std::stoi(name));
    }
    return found;
  }

  static bool is_intruder(const fs::path& process) {
    struct stat facts {};
    return stat(process.c_str(), &facts) == 0 && facts.st_uid == kIntruder;
  }

  void try_process(pid_t pid) {
    const auto note = [&](bool got_in, const char* what) {
      count(Door::process, got_in, fmt::format("{} process {}", what, pid));
    };
    for (const int signal : {0, SIGTERM, SIGUSR1, SIGUSR2, SIGALRM, SIGSTOP, SIGRTMIN}) {
      note(kill(pid, signal) == 0, "signalled");
      note(sigqueue(pid, signal, sigval{}) == 0, "queued a signal for");
    }
    kill(pid, SIGCONT);  // allowed within a session; it must have no effect
    note(ptrace(PTRACE_SEIZE, pid, nullptr, nullptr) == 0, "traced");
    std::array<char, 8> bytes{};
    const iovec here{.iov_base = bytes.data(), .iov_len = bytes.size()};
    note(process_vm_readv(pid, &here, 1, &here, 1, 0) >= 0, "read the memory of");
    note(process_vm_writev(pid, &here, 1, &here, 1, 0) >= 0, "wrote to the memory of");
    for (const char* file : {"mem", "maps", "environ", "auxv"}) {
      const Fd fd(open(fmt::format("/proc/{}/{}", pid, file).c_str(), O_RDONLY | O_CLOEXEC));
      note(fd && read(fd.get(), bytes.data(), 1) > 0, "read the files of");
    }
    DIR* const descriptors = opendir(fmt::format("/proc/{}/fd", pid).c_str());
    note(descriptors != nullptr, "listed the descriptors of");
    if (descriptors != nullptr) closedir(descriptors);
    const Fd pidfd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
    for (int number = 0; number < 8; ++number) {
      const Fd taken(static_cast<int>(syscall(SYS_pidfd_getfd, pidfd.get(), number, 0)));
      note(static_cast<bool>(taken), "took a descriptor of");
    }
    cpu_set_t cpus;
    std::memset(&cpus, 0xff, sizeof cpus);
    note(sched_setaffinity(pid, sizeof cpus, &cpus) == 0, "moved");
    note(setpriority(PRIO_PROCESS, static_cast<id_t>(pid), 19) == 0, "slowed down");
    const rlimit none{};
    note(prlimit(pid, RLIMIT_CPU, &none, nullptr) == 0, "limited");
  }

  pid_t launcher_;
  BreakIns& break_ins_;
  std::deque<Fd> connected_;
};

}  // namespace

void become_intruder() {
  if (setgroups(0, nullptr) != 0 || setresgid(kIntruder, kIntruder, kIntruder) != 0 ||
      setresuid(kIntruder, kIntruder, kIntruder) != 0) {
    _exit(1);
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a change of user clears it
}

void intrude_upon(const std::vector<NamedObject>& objects, BreakIns& break_ins) {
  become_intruder();
  Intruder(0, break_ins).try_files(objects);
}

void intrude(Aim aim, pid_t launcher, BreakIns& break_ins) {
  constexpr int kUrgent = -10;  // it has milliseconds to attack what exists during a launch
  setpriority(PRIO_PROCESS, 0, aim == Aim::sockets ? kUrgent : 0);
  become_intruder();
  // One that is still root looks like an end of a launch, and may be attacked once it is not.
  ++break_ins.intruders;
  while (break_ins.intruders < kAims.size()) usleep(200);
  Intruder intruder(launcher, break_ins);
  while (true) {
    intruder.try_all(aim);
    usleep(200);  // leaves the launches some CPU time
  }
}

}  // namespace ipcbench
