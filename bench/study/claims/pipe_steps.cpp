#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "bench/study/claims/pipe_claims.hpp"
#include "bench/study/parts/temporary_path.hpp"
#include "harness/base/mapping.hpp"
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

// A node of the file system, made by `make`.
class Node {
 public:
  explicit Node(const MakeNode& make) { checked(make(path_.c_str()), "mkfifo"); }

  // -1 with errno if it fails.
  [[nodiscard]] int try_open(int flags) const { return ::open(path_.c_str(), flags | O_CLOEXEC); }
  [[nodiscard]] Fd open(int flags) const { return Fd(checked(try_open(flags), "open")); }

 private:
  TemporaryPath path_;
};

}  // namespace

Steps all_or_nothing(const OpenChannel& open) {
  const std::size_t page = page_bytes();
  const PipeEnds ends = filled(open);
  take(ends.read, page);
  put(ends.write, letters(page - 100));
  Steps steps;
  steps.add("write(fd, buf, 200) with O_NONBLOCK and room for 100 B", put(ends.write, letters(200)), "EAGAIN")
      .add("write(fd, buf, 100) then", put(ends.write, letters(100)), "100");
  take(ends.read, page);
  steps.add(fmt::format("write(fd, buf, {}) with room for {} B", 2 * page, page),
            put(ends.write, letters(2 * page)), std::to_string(page));
  return steps;
}

Steps one_direction(const OpenChannel& open) {
  const PipeEnds ends = open();
  char byte = 0;
  Steps steps;
  steps.attempt("write() to the reading end", "EBADF", [&] { return write(ends.read.get(), "x", 1); })
      .attempt("read() from the writing end", "EBADF", [&] { return read(ends.write.get(), &byte, 1); });
  return steps;
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
    try {
      put(line.read, take(envelope.open(), 3));
    } catch (const Error&) {
      put(line.read, "-");
    }
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
  if (cat) {
    const std::string opened = cat->output + cat->errors;
    steps.check(fmt::format("cat {}, a program that inherits nothing", path), opened,
                !opened.ends_with("def"), "nothing");
  }
  return steps;
}

Steps byte_stream(const OpenChannel& open) {
  const PipeEnds ends = open();
  Steps steps;
  put(ends.write, "abc");
  put(ends.write, "de");
  steps.add("write() of abc, then of de; read(fd, buf, 4)", take(ends.read, 4), "abcd")
      .add("read(fd, buf, 4) then", take(ends.read, 4), "e");
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
  steps.add("write() of 1 MiB of numbers; read()", arrived == sent ? "the same" : "others", "the same");
  return steps;
}

Steps size_limits(const OpenChannel& open) {
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
  take(ends.read, page - 1);
  steps.add(fmt::format("write(fd, buf, 1) after read(fd, buf, {}) from the full pipe", page - 1),
            put(ends.write, "x"), "EAGAIN");
  take(ends.read, 1);
  steps.add(fmt::format("write(fd, buf, {}) after read(fd, buf, 1)", page), put(ends.write, letters(page)),
            std::to_string(page));
  return steps;
}

long written_blocks() {
  rusage usage{};
  checked(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return usage.ru_oublock;
}

Steps off_the_disk(const std::function<long()>& blocks) {
  const PipeEnds ends = make_pipe();
  const long before = blocks();
  for (int i = 0; i < 256; ++i) {
    put(ends.write, letters(4096));
    take(ends.read, 4096);
  }
  Steps steps;
  steps.add("1 MiB through a pipe; ru_oublock of getrusage()", std::to_string(blocks() - before), "0");
  return steps;
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
  Steps steps;
  steps.check(command, one_pipe ? "one pipe, one parent" : output, one_pipe, "one pipe, one parent");
  return steps;
}

Steps without_address(const OpenChannel& open) {
  sockaddr_storage address{};
  socklen_t bytes = sizeof address;
  const int got = getsockname(open().read.get(), reinterpret_cast<sockaddr*>(&address), &bytes);
  Steps steps;
  steps.add("getsockname(fd)", came_back(got), "ENOTSOCK");
  return steps;
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
  Steps steps;
  steps.add("open(fifo, O_RDWR); write(fd, \"abc\", 3); read(fd, buf, 3)", take(both, 3), "abc");
  return steps;
}

Steps fifo_length(const MakeNode& make) {
  const Fd both = Node(make).open(O_RDWR);
  put(both, letters(1000));
  struct stat facts {};
  checked(fstat(both.get(), &facts), "fstat");
  Steps steps;
  steps.add("write(fd, buf, 1000), then fstat(): st_size", std::to_string(facts.st_size), "0");
  return steps;
}

Steps fifo_buffer(const MakeNode& make) {
  const Node fifo(make);
  const Fd reader = fifo.open(O_RDONLY | O_NONBLOCK);
  const long bytes = fcntl(reader.get(), F_GETPIPE_SZ);
  Steps steps;
  steps.check("fcntl(fd, F_GETPIPE_SZ) with only the reading end open", came_back(bytes), bytes < 0,
              "no buffer");
  put(fifo.open(O_WRONLY), "abc");
  steps.add("read(fd, buf, 3) of what a writer left that is gone", take(reader, 3), "nothing");
  return steps;
}

}  // namespace ipcbench
