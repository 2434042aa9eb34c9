#include <sys/resource.h>

#include <climits>
#include <cstring>

#include "bench/study/claims/pipe_claims.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

std::string put(const PipeEnds& ends, std::string_view text) {
  return came_back(write(ends.write.get(), text.data(), text.size()));
}
std::string put(const PipeEnds& ends, std::size_t bytes) { return put(ends, std::string(bytes, 'x')); }

// The text that a read of up to `bytes` gave, or its errno.
std::string take(const PipeEnds& ends, std::size_t bytes) {
  std::string text(bytes, '\0');
  const ssize_t got = read(ends.read.get(), text.data(), bytes);
  return got < 0 ? came_back(got) : text.substr(0, static_cast<std::size_t>(got));
}

// Writes pages until there is no room for another, or 16 MiB; both ends are non-blocking afterwards.
PipeEnds filled(const OpenChannel& open) {
  constexpr int kMostPages = 4096;
  PipeEnds ends = open();
  set_blocking_for(ends.read.get(), Wait::spin);
  set_blocking_for(ends.write.get(), Wait::spin);
  for (int page = 0; page < kMostPages && put(ends, page_bytes()) != "EAGAIN"; ++page) {
  }
  return ends;
}

// How many of `count` consecutive numbers arrive in order and complete.
std::uint64_t numbers_in_order(PipeEnds ends, std::uint64_t count) {
  const Child writer = fork_child(0, [&] {
    ends.read.reset();
    for (std::uint64_t number = 0; number < count; ++number) {
      if (write(ends.write.get(), &number, sizeof number) < 0) return;
    }
  });
  ends.write.reset();
  std::string bytes;
  std::uint64_t next = 0;
  while (next < count && ends.read) {
    append_some(ends.read, bytes);
    std::size_t at = 0;
    for (std::uint64_t number = 0; at + sizeof number <= bytes.size(); at += sizeof number) {
      std::memcpy(&number, bytes.data() + at, sizeof number);
      if (number != next++) return next - 1;
    }
    bytes.erase(0, at);
  }
  return next;
}

// --- Descriptors for a process that inherited none ----------------------------------------------------

Fd received_descriptor(int socket) {
  char content = 0;
  iovec vector{.iov_base = &content, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) < 0 || CMSG_FIRSTHDR(&message) == nullptr) return {};
  int number = -1;
  std::memcpy(&number, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof number);
  return Fd(number);
}

std::string next_text(int socket) {
  std::array<char, 128> text{};
  pollfd watched{.fd = socket, .events = POLLIN, .revents = 0};
  if (poll(&watched, 1, static_cast<int>(kAttemptLimit.count())) <= 0) return "no answer";
  const ssize_t got = recv(socket, text.data(), text.size(), 0);
  return got <= 0 ? "no answer" : std::string(text.data(), static_cast<std::size_t>(got));
}

// Reads three bytes through the descriptor that it receives, and three through the path that it is told.
void be_a_stranger(int socket) {
  std::array<char, 3> bytes{};
  const auto tell = [&](const Fd& from) {
    const std::string result = came_back(read(from.get(), bytes.data(), bytes.size()));
    send(socket, result.data(), result.size(), MSG_NOSIGNAL);
  };
  tell(received_descriptor(socket));
  tell(Fd(open(next_text(socket).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC)));
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0, end = 0; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
    lines.push_back(text.substr(at, end - at));
  return lines;
}

}  // namespace

Steps all_or_nothing(const OpenChannel& open) {
  const std::size_t page = page_bytes();
  const PipeEnds ends = filled(open);
  take(ends, page);
  put(ends, page - 100);
  Steps steps;
  steps.add("write(fd, buf, 200) with O_NONBLOCK and room for 100 B", put(ends, 200), "EAGAIN")
      .add("write(fd, buf, 100) then", put(ends, 100), "100");
  take(ends, page);
  steps.add(fmt::format("write(fd, buf, {}) with room for {} B", page + 1000, page), put(ends, page + 1000),
            std::to_string(page));
  return steps;
}

Steps one_direction(const OpenChannel& open) {
  const PipeEnds ends = open();
  std::array<char, 1> byte{};
  Steps steps;
  steps.attempt("write() to the reading end", "EBADF", [&] { return write(ends.read.get(), "x", 1); })
      .attempt("read() from the writing end", "EBADF",
               [&] { return read(ends.write.get(), byte.data(), 1); });
  return steps;
}

void send_descriptor(int socket, int fd) {
  char content = 'd';
  iovec vector{.iov_base = &content, .iov_len = 1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  msghdr message{};
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const rights = CMSG_FIRSTHDR(&message);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(sizeof fd);
  std::memcpy(CMSG_DATA(rights), &fd, sizeof fd);
  checked(sendmsg(socket, &message, MSG_NOSIGNAL), "sendmsg");
}

Steps strangers_get_a_pipe(const HandOver& hand_over) {
  PipeEnds line = open_unix_channel(SOCK_SEQPACKET);
  const Child stranger = fork_child(0, [&] { be_a_stranger(line.read.get()); });
  line.read.reset();
  const PipeEnds pipe = make_pipe();
  put(pipe, "abcdef");
  const int socket = line.write.get();
  const auto cannot = [](const std::string& result) { return result != "3"; };
  Steps steps;
  hand_over(socket, pipe.read.get());
  const std::string passed = next_text(socket);
  steps.check("read(fd, buf, 3) by a process older than the pipe, which received fd by SCM_RIGHTS", passed,
              cannot(passed), "it cannot");
  const std::string path = fmt::format("/proc/{}/fd/{}", getpid(), pipe.read.get());
  send(socket, path.data(), path.size(), MSG_NOSIGNAL);
  const std::string opened = next_text(socket);
  steps.check("read(open(\"/proc/PID/fd/N\"), buf, 3) by that process", opened, cannot(opened), "it cannot");
  return steps;
}

Steps stream_in_order(const OpenChannel& open) {
  constexpr std::uint64_t kNumbers = 20'000;
  const PipeEnds ends = open();
  Steps steps;
  put(ends, "abc");
  put(ends, "de");
  steps.add("write() of \"abc\" and of \"de\", then read(fd, buf, 10)", take(ends, 10), "abcde");
  const PipeEnds others = open();
  put(others, "12");
  steps.add("write() of \"12\", then read(fd, buf, 1)", take(others, 1), "1")
      .add("the next read(fd, buf, 1)", take(others, 1), "2")
      .add(fmt::format("write() of {} numbers; arrived in order", kNumbers),
           std::to_string(numbers_in_order(open(), kNumbers)), std::to_string(kNumbers));
  return steps;
}

Steps synchronised_pipe(const OpenChannel& open) {
  const PipeEnds empty = open();
  const PipeEnds full = filled(open);
  set_blocking_for(full.write.get(), Wait::block);
  std::array<char, 1> byte{};
  Steps steps;
  steps.attempt("read() when it is empty", "waits", [&] { return read(empty.read.get(), byte.data(), 1); })
      .attempt("write() when it is full", "waits", [&] { return write(full.write.get(), "x", 1); });
  // A write that does not fit stops halfway, and others go on.
  for (const std::size_t bytes : {PIPE_BUF + 0UL, 64UL * PIPE_BUF}) {
    const ConcurrentWriters trial = concurrent_writers(bytes, open);
    steps.check(
        fmt::format("write(fd, buf, {}) by {} processes at once; mixed with another", bytes, trial.writers),
        fmt::format("{} of {}", trial.mixed, trial.writes), trial.mixed == 0, "none");
  }
  return steps;
}

Steps pipe_size_limits(const OpenChannel& open) {
  const PipeEnds ends = open();
  Steps steps;
  steps.add("fcntl(fd, F_GETPIPE_SZ)", came_back(fcntl(ends.write.get(), F_GETPIPE_SZ)), "4096")
      .add("fcntl(fd, F_SETPIPE_SZ, 1 MiB)", came_back(fcntl(ends.write.get(), F_SETPIPE_SZ, 1 << 20)),
           "EPERM")
      .add("fpathconf(fd, _PC_PIPE_BUF)", came_back(fpathconf(ends.write.get(), _PC_PIPE_BUF)));
  return steps;
}

Steps ring_of_pages(const OpenChannel& open) {
  const std::size_t page = page_bytes();
  const PipeEnds ends = filled(open);
  Steps steps;
  take(ends, page - 1);
  steps.add(fmt::format("write(fd, buf, 1) after {} B of the full pipe were read", page - 1), put(ends, 1),
            "EAGAIN");
  take(ends, 1);
  const PipeEnds other = open();
  steps.add(fmt::format("write(fd, buf, {}) after one more", page), put(ends, page), std::to_string(page))
      .add(fmt::format("fcntl(fd, F_SETPIPE_SZ, {})", page + 1),
           came_back(fcntl(other.write.get(), F_SETPIPE_SZ, static_cast<int>(page + 1))),
           std::to_string(2 * page));
  return steps;
}

long written_blocks() {
  rusage usage{};
  checked(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return usage.ru_oublock;
}

Steps off_the_disk(const std::function<long()>& blocks) {
  constexpr int kBlocks = 256;
  const PipeEnds ends = make_pipe();
  const long before = blocks();
  for (int i = 0; i < kBlocks; ++i) {
    put(ends, PIPE_BUF);
    take(ends, PIPE_BUF);
  }
  Steps steps;
  steps.add("getrusage(): ru_oublock after 1 MiB went through", std::to_string(blocks() - before), "0");
  return steps;
}

Steps shell_pipeline(const std::string& by) {
  const std::string command = fmt::format(
      "sh -c 'echo $PPID; readlink /proc/$$/fd/1' {} "
      "sh -c 'cat; echo $PPID; readlink /proc/$$/fd/0'",
      by);
  const auto run = run_program({"sh", "-c", command}, "", {});
  if (!run) throw Error("there is no sh");
  const std::vector<std::string> lines = lines_of(run->output);
  if (lines.size() != 4) throw Error(fmt::format("sh -c \"{}\" failed: {}", command, run->errors));
  Steps steps;
  steps
      .check(fmt::format("readlink(/proc/PID/fd/1) on the left, fd/0 on the right of `a {} b`", by),
             fmt::format("{}, {}", lines[1], lines[3]), lines[1] == lines[3] && lines[1].starts_with("pipe:"),
             "one pipe")
      .add("getppid() on the right, if on the left it is " + lines[0], lines[2], lines[0]);
  return steps;
}

Steps address_of_a_pipe(const OpenChannel& open) {
  const PipeEnds ends = open();
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  Steps steps;
  steps.add("getsockname(fd)",
            came_back(getsockname(ends.read.get(), reinterpret_cast<sockaddr*>(&address), &bytes)),
            "ENOTSOCK");
  return steps;
}

}  // namespace ipcbench
