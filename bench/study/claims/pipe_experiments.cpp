// What pipes and FIFOs do.
#include <sys/resource.h>
#include <sys/stat.h>

#include <climits>
#include <csignal>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/mapping.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "mechanisms/parts/descriptor_envelope.hpp"

namespace ipcbench {
namespace {

std::string letters(std::size_t bytes) { return std::string(bytes, 'x'); }

PipeEnds filled(const OpenChannel& open) {
  PipeEnds ends = open();
  set_blocking_for(ends.read.get(), Wait::spin);
  fill(ends);
  return ends;
}

std::vector<Child> start_writers(PipeEnds& channel, unsigned writers, std::size_t write_bytes) {
  std::vector<Child> children;
  children.reserve(writers);
  for (unsigned i = 0; i < writers; ++i) {
    children.push_back(fork_child(0, [&, i] {
      channel.read.reset();
      const std::string block(write_bytes, static_cast<char>('A' + i));
      while (put(channel.write, block).front() != 'E') {
      }
    }));
  }
  channel.write.reset();
  return children;
}

// A node of the file system, made by `make`.
class Node {
 public:
  explicit Node(const MakeNode& make) { checked(make(path_.c_str()), "mkfifo"); }

  // -1 with errno if it fails.
  [[nodiscard]] int try_open(int flags) const { return ::open(path_.c_str(), flags | O_CLOEXEC); }
  [[nodiscard]] Fd open(int flags) const { return Fd(checked(try_open(flags), "open")); }

 private:
  LaunchDirectory directory_;
  std::string path_ = directory_.path() + "/fifo";
};

}  // namespace

Steps pipe_capacity(const OpenChannel& open) {
  Steps steps;
  for (const std::size_t bytes : {1U, 13U, 64U, 1000U, 2049U, 4095U, 4096U, 4097U, 65537U}) {
    const std::optional<std::size_t> held = fill(open(), bytes);
    steps.add(fmt::format("write(fd, buf, {}) until it is full", bytes),
              held ? std::to_string(*held) : "no end", "65536");
  }
  return steps;
}

ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open,
                                     std::uint64_t most_writes) {
  PipeEnds channel = open();
  ConcurrentWriters found;
  const std::vector<Child> writers = start_writers(channel, found.writers, write_bytes);
  std::string block(write_bytes, '\0');
  while (found.mixed == 0 && found.writes < most_writes) {
    for (std::size_t got = 0; got < write_bytes;) {
      const ssize_t more = read(channel.read.get(), block.data() + got, write_bytes - got);
      if (more == 0) throw Error("the writers ended early");
      got += static_cast<std::size_t>(checked(more, "read"));
    }
    ++found.writes;
    if (block.find_first_not_of(block.front()) != std::string::npos) ++found.mixed;
  }
  channel.read.reset();  // so that the writers end
  return found;
}

Steps small_writes_stay_whole(const OpenChannel& open) {
  // A write that does not fit stops halfway, and others go on: the largest show whether any mix.
  Steps steps;
  for (const std::size_t bytes : {512UL, PIPE_BUF + 0UL, PIPE_BUF + 1UL, 64UL * PIPE_BUF}) {
    const ConcurrentWriters trial = concurrent_writers(bytes, open);
    std::string call = fmt::format("write(fd, buf, {}) by {} processes at once; mixed", bytes, trial.writers);
    std::string mixed = fmt::format("{} of {}", trial.mixed, trial.writes);
    if (bytes <= PIPE_BUF) {
      steps.check(std::move(call), std::move(mixed), trial.mixed == 0, "none");
    } else if (bytes == PIPE_BUF + 1UL) {
      steps.add(std::move(call), std::move(mixed));
    } else {
      steps.by_chance(std::move(call), std::move(mixed), trial.mixed > 0, "some");
    }
  }
  return steps;
}

Steps full_and_empty(const OpenChannel& open) {
  const PipeEnds ends = open();
  PipeEnds no_writer = open();
  PipeEnds no_reader = open();
  put(no_writer.write, "abc");
  no_writer.write.reset();
  no_reader.read.reset();
  Steps steps;
  steps.attempt("read() when it is empty", "waits", reading(ends.read));
  set_blocking_for(ends.read.get(), Wait::spin);
  steps.attempt("read() with O_NONBLOCK", "EAGAIN", reading(ends.read));
  fill(ends);
  steps.attempt("write() with O_NONBLOCK when it is full", "EAGAIN", writing(ends.write));
  set_blocking_for(ends.write.get(), Wait::block);
  return steps.attempt("write()", "waits", writing(ends.write))
      .attempt("read() of what was left when the last writer went", "3", reading(no_writer.read))
      .attempt("read() then", "0", reading(no_writer.read))
      .attempt("write() without a reader, SIGPIPE ignored", "EPIPE", writing(no_reader.write))
      .attempt("write() without a reader", "killed by SIGPIPE", [&] {
        std::signal(SIGPIPE, SIG_DFL);
        return writing(no_reader.write)();
      });
}

Steps like_a_pipe(const OpenChannel& open) {
  Steps steps = full_and_empty(open);
  const PipeEnds ends = open();
  const PipeEnds pipe = make_pipe();
  return steps
      .add("fcntl(fd, F_GETPIPE_SZ)", fcntl(ends.write.get(), F_GETPIPE_SZ),
           came_back(fcntl(pipe.write.get(), F_GETPIPE_SZ)))
      .add("fpathconf(fd, _PC_PIPE_BUF)", fpathconf(ends.write.get(), _PC_PIPE_BUF),
           came_back(fpathconf(pipe.write.get(), _PC_PIPE_BUF)));
}

Steps all_or_nothing(const OpenChannel& open) {
  const std::size_t page = page_bytes();
  const PipeEnds ends = filled(open);
  take(ends.read, page);
  put(ends.write, letters(page - 100));
  Steps steps;
  steps.add("write(fd, buf, 200) with O_NONBLOCK and room for 100 B", put(ends.write, letters(200)), "EAGAIN")
      .add("write(fd, buf, 100) then", put(ends.write, letters(100)), "100");
  take(ends.read, page);
  return steps.add(fmt::format("write(fd, buf, {}) with room for {} B", 2 * page, page),
                   put(ends.write, letters(2 * page)), std::to_string(page));
}

Steps one_direction(const OpenChannel& open) {
  const PipeEnds ends = open();
  return Steps()
      .attempt("write() to the reading end", "EBADF", writing(ends.read))
      .attempt("read() from the writing end", "EBADF", reading(ends.write));
}

void send_descriptor(const Fd& socket, const Fd& passed) {
  DescriptorEnvelope envelope;
  envelope.enclose(passed);
  checked(sendmsg(socket.get(), envelope.header(), MSG_NOSIGNAL), "sendmsg");
}

Steps relatives_only(const PassDescriptor& pass) {
  PipeEnds line = open_unix_channel(SOCK_STREAM);
  const Child stranger = fork_child(0, [&] {
    DescriptorEnvelope envelope;
    if (recvmsg(line.read.get(), envelope.header(), MSG_CMSG_CLOEXEC) < 0) return;
    put(line.read, take(envelope.open(), 3));
  });
  line.read.reset();
  PipeEnds pipe = make_pipe();
  put(pipe.write, "abcdef");
  pipe.write.reset();
  pass(line.write, pipe.read);
  const std::string passed = take(line.write, 3);
  Steps steps;
  steps.check("read(fd) by a process older than the pipe, which received fd with SCM_RIGHTS", passed,
              passed != "abc", "nothing");
  const std::string path = fmt::format("/proc/{}/fd/{}", getpid(), pipe.read.get());
  const auto cat = access(path.c_str(), F_OK) == 0 ? run_program({"cat", path}, "", {}) : std::nullopt;
  if (!cat) return steps;
  const std::string opened = cat->output + cat->errors;
  return steps.check(fmt::format("cat {}, a program that inherits nothing", path), opened,
                     !opened.ends_with("def"), "nothing");
}

Steps byte_stream(const OpenChannel& open) {
  const PipeEnds ends = open();
  put(ends.write, "abc");
  put(ends.write, "de");
  std::string sent;
  for (int number = 0; sent.size() < std::size_t{1} << 20; ++number) sent += fmt::format("{} ", number);
  PipeEnds many = open();
  const Child writer = fork_child(0, [&] {
    many.read.reset();
    write_all(many.write.get(), sent);
  });
  many.write.reset();
  std::string arrived;
  while (many.read && arrived.size() < sent.size()) append_some(many.read, arrived);
  return Steps()
      .add("write() of abc, then of de; read(fd, buf, 4)", take(ends.read, 4), "abcd")
      .add("read(fd, buf, 4) then", take(ends.read, 4), "e")
      .add("write() of 1 MiB of numbers; read()", arrived == sent ? "the same" : "others", "the same");
}

Steps size_limits(const OpenChannel& open) {
  const PipeEnds ends = open();
  return Steps()
      .add("fcntl(fd, F_GETPIPE_SZ)", fcntl(ends.write.get(), F_GETPIPE_SZ), "4096")
      .add("fcntl(fd, F_SETPIPE_SZ, 1 MiB)", fcntl(ends.write.get(), F_SETPIPE_SZ, 1 << 20), "EPERM")
      .add("fpathconf(fd, _PC_PIPE_BUF)", fpathconf(ends.write.get(), _PC_PIPE_BUF));
}

Steps ring_of_pages(const OpenChannel& open) {
  const std::size_t page = page_bytes();
  const PipeEnds ends = filled(open);
  Steps steps;
  take(ends.read, page - 1);
  steps.add(fmt::format("write(fd, buf, 1) after read(fd, buf, {}) from the full pipe", page - 1),
            put(ends.write, "x"), "EAGAIN");
  take(ends.read, 1);
  return steps.add(fmt::format("write(fd, buf, {}) after read(fd, buf, 1)", page),
                   put(ends.write, letters(page)), std::to_string(page));
}

long written_blocks() {
  rusage usage{};
  checked(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return usage.ru_oublock;
}

Steps off_the_disk(const std::function<long()>& blocks) {
  const PipeEnds ends = make_pipe();
  const Fd file(::open("/var/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, S_IRUSR | S_IWUSR));
  const auto written = [&](const Fd& to) {
    const long before = blocks();
    for (int i = 0; i < 256; ++i) {
      put(to, letters(4096));
      if (&to == &ends.write) take(ends.read, 4096);
    }
    return blocks() - before;
  };
  const long to_file = written(file);
  return Steps()
      .add("1 MiB through a pipe; ru_oublock of getrusage()", written(ends.write), "0")
      .control("1 MiB to a file of /var/tmp, which has to be on a disk", std::to_string(to_file),
               to_file > 0);
}

Steps shell_pipeline(const std::string& between) {
  const std::string command = fmt::format(
      "sh -c 'readlink /proc/$$/fd/1; echo $PPID' {} sh -c 'cat; readlink /proc/$$/fd/0; echo $PPID'",
      between);
  const auto run = run_program({"sh", "-c", command}, "", {});
  if (!run || std::ranges::count(run->output, '\n') != 4)
    throw Error("a pipeline of sh that reads /proc did not run",
                run ? run->errors.substr(0, run->errors.find('\n')) : "");
  const std::string& output = run->output;
  const bool one_pipe =
      output.starts_with("pipe:") && output.substr(0, output.size() / 2) == output.substr(output.size() / 2);
  return Steps().check(command, one_pipe ? "one pipe, one parent" : output, one_pipe, "one pipe, one parent");
}

Steps without_address(const OpenChannel& open) {
  const auto name_of = [](const Fd& fd) {
    sockaddr_storage address{};
    socklen_t bytes = sizeof address;
    return came_back(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &bytes));
  };
  const std::string of_socket = name_of(open_udp_channel().read);
  return Steps()
      .add("getsockname(fd)", name_of(open().read), "ENOTSOCK")
      .control("getsockname() of a UDP socket", of_socket, of_socket == "0");
}

int make_fifo(const char* path) { return mkfifo(path, S_IRUSR | S_IWUSR); }

PipeEnds open_fifo_channel() {
  const Node fifo(make_fifo);
  PipeEnds ends;
  ends.read = fifo.open(O_RDONLY | O_NONBLOCK);
  ends.write = fifo.open(O_WRONLY);
  set_blocking_for(ends.read.get(), Wait::block);
  return ends;
}

Steps fifo_opening(const MakeNode& make) {
  Steps steps;
  const auto open = [&](const char* call, int flags, const char* stated) {
    const Node fifo(make);
    steps.attempt(call, stated, [&] { return std::min(fifo.try_open(flags), 0); });
  };
  open("open(fifo, O_RDONLY) without a writer", O_RDONLY, "waits");
  open("open(fifo, O_RDONLY | O_NONBLOCK)", O_RDONLY | O_NONBLOCK, "0");
  open("open(fifo, O_WRONLY) without a reader", O_WRONLY, "waits");
  open("open(fifo, O_WRONLY | O_NONBLOCK)", O_WRONLY | O_NONBLOCK, "ENXIO");
  return steps;
}

Steps fifo_own_output(const MakeNode& make) {
  const Fd both = Node(make).open(O_RDWR | O_NONBLOCK);
  put(both, "abc");
  return Steps().add("open(fifo, O_RDWR); write(fd, \"abc\", 3); read(fd, buf, 3)", take(both, 3), "abc");
}

Steps fifo_length(const MakeNode& make) {
  const Fd both = Node(make).open(O_RDWR);
  put(both, letters(1000));
  struct stat facts {};
  checked(fstat(both.get(), &facts), "fstat");
  return Steps().add("write(fd, buf, 1000), then fstat(): st_size", facts.st_size, "0");
}

Steps fifo_buffer(const MakeNode& make) {
  const Node fifo(make);
  const Fd reader = fifo.open(O_RDONLY | O_NONBLOCK);
  const long bytes = fcntl(reader.get(), F_GETPIPE_SZ);
  Steps steps;
  steps.check("fcntl(fd, F_GETPIPE_SZ) with only the reading end open", came_back(bytes), bytes < 0,
              "no buffer");
  put(fifo.open(O_WRONLY), "abc");
  return steps.add("read(fd, buf, 3) of what a writer left that is gone", take(reader, 3), "nothing");
}

}  // namespace ipcbench
