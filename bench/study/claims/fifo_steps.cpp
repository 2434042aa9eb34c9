#include <sys/ioctl.h>
#include <sys/stat.h>

#include "bench/study/claims/pipe_claims.hpp"
#include "bench/study/parts/temporary_path.hpp"

namespace ipcbench {
namespace {

// A node of the file system, made by `make`.
class Node {
 public:
  explicit Node(const MakeNode& make) { checked(make(path_.c_str()), "mkfifo"); }

  // -1 with errno if it fails.
  [[nodiscard]] int try_open(int flags) const { return ::open(path_.c_str(), flags | O_CLOEXEC); }
  [[nodiscard]] Fd open(int flags) const { return Fd(checked(try_open(flags), "open")); }
  [[nodiscard]] const char* path() const { return path_.c_str(); }

 private:
  TemporaryPath path_;
};

std::string taken(const Fd& from) {
  std::array<char, 16> text{};
  const ssize_t got = read(from.get(), text.data(), text.size());
  return got < 0 ? came_back(got) : fmt::format("{} B", got);
}

std::string of_size(const Fd& of) {
  struct stat facts {};
  checked(fstat(of.get(), &facts), "fstat");
  return std::to_string(facts.st_size);
}

}  // namespace

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
  const Node fifo(make);
  const auto opening = [&fifo](int flags) {
    return [&fifo, flags] { return std::min(fifo.try_open(flags), 0); };
  };
  Steps steps;
  steps.attempt("open(fifo, O_RDONLY) without a writer", "waits", opening(O_RDONLY))
      .attempt("open(fifo, O_RDONLY | O_NONBLOCK)", "0", opening(O_RDONLY | O_NONBLOCK))
      .attempt("open(fifo, O_WRONLY) without a reader", "waits", opening(O_WRONLY))
      .attempt("open(fifo, O_WRONLY | O_NONBLOCK)", "ENXIO", opening(O_WRONLY | O_NONBLOCK));
  return steps;
}

Steps fifo_own_output(const MakeNode& make) {
  const Node fifo(make);
  const Fd both = fifo.open(O_RDWR | O_NONBLOCK);
  Steps steps;
  steps.add("write(fd, \"abc\", 3) to a FIFO opened with O_RDWR", came_back(write(both.get(), "abc", 3)), "3")
      .add("read() through the same descriptor", taken(both), "3 B");
  return steps;
}

Steps fifo_length(const MakeNode& make) {
  const Node fifo(make);
  const Fd both = fifo.open(O_RDWR);
  const std::string text(1000, 'x');
  checked(write(both.get(), text.data(), text.size()), "write");
  int waiting = 0;
  checked(ioctl(both.get(), FIONREAD, &waiting), "ioctl(FIONREAD)");
  Steps steps;
  steps.add("ioctl(fd, FIONREAD) after write(fd, buf, 1000)", std::to_string(waiting))
      .add("fstat(fd): st_size", of_size(both), "0");
  return steps;
}

Steps fifo_buffer(const MakeNode& make) {
  const Node fifo(make);
  const Fd reader = fifo.open(O_RDONLY | O_NONBLOCK);
  const long bytes = fcntl(reader.get(), F_GETPIPE_SZ);
  Steps steps;
  steps.check("fcntl(fd, F_GETPIPE_SZ) of the reading end, with no other open", came_back(bytes), bytes < 0,
              "no buffer");
  Fd writer = fifo.open(O_WRONLY);
  checked(write(writer.get(), "abc", 3), "write");
  writer.reset();
  steps.add("read() of what the writing end left when it was closed", taken(reader), "0 B");
  return steps;
}

Steps fifo_like_pipe(const OpenChannel& other) {
  Steps steps;
  const auto ask = [&](std::string call, const std::function<std::string(PipeEnds)>& question) {
    steps.add(std::move(call), question(other()), question(make_pipe()));
  };
  ask("fcntl(fd, F_GETPIPE_SZ)",
      [](PipeEnds ends) { return came_back(fcntl(ends.read.get(), F_GETPIPE_SZ)); });
  ask("fpathconf(fd, _PC_PIPE_BUF)",
      [](PipeEnds ends) { return came_back(fpathconf(ends.write.get(), _PC_PIPE_BUF)); });
  ask("lseek(fd, 0, SEEK_SET)", [](PipeEnds ends) { return came_back(lseek(ends.read.get(), 0, SEEK_SET)); });
  ask("read() when it is empty", [](PipeEnds ends) {
    return came_back(attempt([&] { return static_cast<long>(taken(ends.read).size()); }));
  });
  ask("read() without a writer", [](PipeEnds ends) {
    ends.write.reset();
    return taken(ends.read);
  });
  ask("write() without a reader", [](PipeEnds ends) {
    ends.read.reset();
    return came_back(attempt([&] { return write(ends.write.get(), "x", 1); }));
  });
  return steps;
}

}  // namespace ipcbench
