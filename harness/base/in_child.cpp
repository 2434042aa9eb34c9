#include "harness/base/in_child.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <sys/mman.h>

#include <algorithm>
#include <cerrno>

#include "harness/base/clock.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// How often to check the interrupt flag and, if patience is limited, whether the child sleeps.
milliseconds look(const ChildLimit& limit, Clock::time_point deadline) {
  constexpr milliseconds kLook{100};
  const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
  const milliseconds most = limit.patience.count() > 0 ? limit.patience : kLook;
  return std::clamp(left, milliseconds(0), most);
}

// Collects the text that a child writes into a pipe. Its own children may hold the pipe open after its end.
struct Stream {
  Fd from;
  std::string* to;

  Stream(Fd end, std::string* text) : from(std::move(end)), to(text) {
    set_blocking_for(from.get(), Wait::spin);
  }
  void read_what_is_there() {
    for (std::size_t before = to->size() + 1; from && before != to->size();) {
      before = to->size();
      append_some(from, *to);
    }
  }
};

// Reads the streams until the child has ended or is given up.
void follow(Child& child, std::vector<Stream> streams, const ChildLimit& limit, ChildRun& run) {
  const auto begin = Clock::now();
  const auto deadline = begin + limit.time;
  run.pid = child.pid();
  while (true) {
    std::vector<pollfd> watched{{.fd = child.pidfd(), .events = POLLIN, .revents = 0}};
    for (const Stream& stream : streams) {
      watched.push_back({.fd = stream.from.get(), .events = POLLIN, .revents = 0});
    }
    poll(watched.data(), watched.size(), static_cast<int>(look(limit, deadline).count()));
    for (Stream& stream : streams) stream.read_what_is_there();
    if (watched.front().revents != 0) break;
    const auto took = Clock::now() - begin;
    const bool stuck = limit.patience.count() > 0 && took >= limit.patience && is_asleep(child.pid());
    if (took >= limit.time || stuck) run.how = ChildRun::How::late;
    if (limit.interrupted != nullptr && *limit.interrupted != 0) run.how = ChildRun::How::interrupted;
    if (run.how != ChildRun::How::ended) {
      run.status = child.kill_and_reap().value_or(ExitStatus{});
      return;
    }
  }
  run.status = child.reap();
  for (Stream& stream : streams) stream.read_what_is_there();
}

// A file in memory, because writing to a pipe that the child does not read could block this process.
Fd input_file(std::string_view text) {
  Fd file(checked(memfd_create("standard input", MFD_CLOEXEC), "memfd_create"));
  if (const int error = write_all(file.get(), text))
    throw_error(error, "cannot hand data to another program");
  lseek(file.get(), 0, SEEK_SET);
  return file;
}

constexpr char kReturned = 'r';
constexpr char kThrew = 't';

// The result that the child of an attempt writes.
struct CallReport {
  long value = 0;
  int error = 0;
  std::uint64_t took_ns = 0;
};

}  // namespace

std::string ChildRun::problem(const ChildLimit& limit) const {
  if (how == How::late) return fmt::format("not through after {} ms", limit.time.count());
  return how == How::interrupted ? "interrupted" : describe_failure(status);
}

ChildRun run_forked(const std::function<void(const Fd&)>& body, const ChildLimit& limit) {
  ChildRun run;
  PipeEnds pipe = make_pipe();
  Child child = fork_child(0, [&] {
    pipe.read.reset();
    body(pipe.write);
  });
  pipe.write.reset();
  std::vector<Stream> streams;
  streams.emplace_back(std::move(pipe.read), &run.output);
  follow(child, std::move(streams), limit, run);
  return run;
}

std::optional<ChildRun> run_program(const std::vector<std::string>& command, std::string_view input,
                                    const ChildLimit& limit) {
  const std::optional<std::string> program = find_program(command.front());
  if (!program || (access(program->c_str(), F_OK) != 0 && errno == ENOENT)) return std::nullopt;
  const Fd in = input_file(input);
  PipeEnds out = make_pipe();
  PipeEnds err = make_pipe();
  Child child = exec_child(0, *program, {command.begin() + 1, command.end()},
                           {{.fd = in.get(), .as = STDIN_FILENO},
                            {.fd = out.write.get(), .as = STDOUT_FILENO},
                            {.fd = err.write.get(), .as = STDERR_FILENO}});
  out.write.reset();
  err.write.reset();
  ChildRun run;
  std::vector<Stream> streams;
  streams.emplace_back(std::move(out.read), &run.output);
  streams.emplace_back(std::move(err.read), &run.errors);
  follow(child, std::move(streams), limit, run);
  return run;
}

std::string bytes_from_child(const std::function<std::string()>& body, milliseconds limit) {
  const ChildLimit limits{.time = limit};
  const auto tell = [&body](const Fd& out) {
    try {
      write_all(out.get(), kReturned + body());
    } catch (const std::exception& error) {
      write_all(out.get(), std::string(1, kThrew) + error.what());
    }
  };
  const ChildRun run = run_forked(tell, limits);
  if (run.output.starts_with(kThrew)) throw Error(run.output.substr(1));
  if (const std::string problem = run.problem(limits); !problem.empty()) throw Error(problem);
  if (!run.output.starts_with(kReturned)) throw Error("left without a result");
  return run.output.substr(1);
}

Attempt attempt(const std::function<long()>& call) {
  const auto make_call = [&call](const Fd& out) {
    CallReport report;
    const std::uint64_t begin_ns = now_ns();
    report.value = call();
    report.error = errno;
    report.took_ns = now_ns() - begin_ns;
    write_all(out.get(), {reinterpret_cast<const char*>(&report), sizeof report});
  };
  const ChildRun run = run_forked(make_call, {.time = kAttemptLimit, .patience = kPatience});
  Attempt result;
  if (run.how == ChildRun::How::ended && run.status.signal) {
    result.how = Attempt::How::killed;
    result.signal = *run.status.signal;
    return result;
  }
  CallReport report;
  if (run.output.copy(reinterpret_cast<char*>(&report), sizeof report) < sizeof report) {
    result.how = Attempt::How::blocked;
    return result;
  }
  result.how = report.value < 0 ? Attempt::How::failed : Attempt::How::returned;
  result.value = report.value;
  result.error = report.value < 0 ? report.error : 0;
  result.took =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::nanoseconds(report.took_ns));
  return result;
}

std::string error_name(int error) {
  const char* const name = strerrorname_np(error);
  return name == nullptr ? fmt::format("error {}", error) : name;
}

std::string describe(const Attempt& attempt) {
  if (attempt.how == Attempt::How::returned) return fmt::format("returned {}", attempt.value);
  if (attempt.how == Attempt::How::failed) return fmt::format("failed with {}", error_name(attempt.error));
  if (attempt.how == Attempt::How::blocked) return "was blocked";
  return fmt::format("was killed by {}", signal_name(attempt.signal));
}

}  // namespace ipcbench
