#include "bench/run/line_program.hpp"

#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "harness/base/printable.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr std::size_t kKeptComplaints = std::size_t{64} << 10;
constexpr std::size_t kLongestComplaint = 1000;
// The interrupt flag is checked this often: a signal ends the wait, unless it arrives just before.
constexpr milliseconds kLook{100};

int left_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()) + milliseconds(1);
  return static_cast<int>(std::clamp(left, milliseconds(0), kLook).count());
}

}  // namespace

ProgramEnded::ProgramEnded(std::optional<ExitStatus> how, std::string words)
    : NoLine("ended"), status(how), last_words(std::move(words)) {}

LineProgram::LineProgram(const std::string& file, const std::vector<std::string>& arguments,
                         const Limits& limits)
    : limits_(limits), child_(start(file, arguments)) {}

LineProgram::~LineProgram() {
  in_.reset();
  if (busy_ || !wait_for_end(Clock::now() + limits_.farewell)) {
    // Without a status nobody has waited for it, so its number cannot belong to another process yet.
    if (!status_) ::kill(-child_.pid(), SIGTERM);
    wait_for_end(Clock::now() + limits_.farewell);
  }
  if (status_) return;
  ::kill(-child_.pid(), SIGKILL);
  child_.reap();
}

Child LineProgram::start(const std::string& file, const std::vector<std::string>& arguments) {
  PipeEnds input = make_pipe();
  PipeEnds output = make_pipe();
  PipeEnds errors = make_pipe();
  Child child = exec_child(0, file, arguments,
                           {{.fd = input.read.get(), .as = STDIN_FILENO},
                            {.fd = output.write.get(), .as = STDOUT_FILENO},
                            {.fd = errors.write.get(), .as = STDERR_FILENO}});
  in_ = std::move(input.write);
  out_ = std::move(output.read);
  err_ = std::move(errors.read);
  return child;
}

void LineProgram::send(const std::string& line) {
  busy_ = true;
  write_all(in_.get(), line + '\n');
}

std::string LineProgram::receive(milliseconds limit) {
  const Clock::time_point deadline = Clock::now() + limit;
  while (true) {
    if (*limits_.interrupted != 0) throw ProgramInterrupted();
    if (auto line = take_line()) {
      busy_ = false;
      return *line;
    }
    if (read_.size() > kLongestLine) {
      throw NoLine("does not end its line: only lines of the protocol may go to its standard output");
    }
    if (!out_) fail_ended();
    if (!read_some(deadline)) {
      throw ProgramLate(
          fmt::format("has not answered for {:.3g} s and was ended; does it hang, or the machine?",
                      std::chrono::duration<double>(limit).count()));
    }
  }
}

std::string LineProgram::take_complaints() { return std::exchange(complaints_, {}); }

std::optional<std::string> LineProgram::take_line() {
  const std::size_t end = read_.find('\n', searched_);
  searched_ = end == std::string::npos ? read_.size() : 0;
  if (end == std::string::npos) return std::nullopt;
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

// Reads input that arrives before the deadline. False: none arrived.
bool LineProgram::read_some(Clock::time_point deadline) {
  std::array<pollfd, 2> watched{pollfd{.fd = out_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = err_.get(), .events = POLLIN, .revents = 0}};
  if (poll(watched.data(), watched.size(), left_until(deadline)) <= 0) return Clock::now() < deadline;
  if (watched[0].revents != 0) append_some(out_, read_);
  if (watched[1].revents != 0) append_some(err_, complaints_);
  if (complaints_.size() > kKeptComplaints) complaints_.erase(0, complaints_.size() - kKeptComplaints);
  return true;
}

// A wrapper may end before the program that it started, which still holds the output open.
bool LineProgram::wait_for_end(Clock::time_point deadline) {
  while (out_) {
    read_.clear();
    searched_ = 0;
    if (!read_some(deadline)) return false;
  }
  pollfd watched{.fd = child_.pidfd(), .events = POLLIN, .revents = 0};
  while (!status_) {
    if (poll(&watched, 1, left_until(deadline)) > 0) status_ = child_.reap();
    if (!status_ && Clock::now() >= deadline) return false;
  }
  return true;
}

void LineProgram::fail_ended() {
  const Clock::time_point deadline = Clock::now() + std::chrono::seconds(1);
  while (err_ && read_some(deadline)) {
  }
  wait_for_end(deadline);
  throw ProgramEnded(status_, last_words());
}

// The last line on its standard error, without ipcbench's message prefix.
std::string LineProgram::last_words() const {
  constexpr std::string_view kFrame = "ipcbench: ";
  std::string_view words = complaints_;
  words = words.substr(0, words.find_last_not_of(" \t\r\n") + 1);
  words = words.substr(words.find_last_of('\n') + 1);
  if (words.starts_with(kFrame)) words.remove_prefix(kFrame.size());
  if (words.ends_with('.')) words.remove_suffix(1);
  return shortened_line(printable_line(words), kLongestComplaint);
}

}  // namespace ipcbench
