#include "bench/duet/side_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <ranges>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr std::size_t kKeptComplaints = 4096;
constexpr std::size_t kLongestQuotation = 1000;
// The interrupt flag is checked this often: a signal ends the wait, unless it arrives just before.
constexpr milliseconds kLook{100};

// Adds to the environment during its lifetime.
class ScopedEnvironment {
 public:
  explicit ScopedEnvironment(const std::vector<std::string>& additions) {
    for (const std::string& addition : additions) {
      const std::size_t equals = addition.find('=');
      const std::string name = addition.substr(0, equals);
      const char* before = std::getenv(name.c_str());
      before_.emplace_back(name, before == nullptr ? std::nullopt : std::optional<std::string>(before));
      setenv(name.c_str(), addition.substr(equals + 1).c_str(), 1);
    }
  }
  ScopedEnvironment(const ScopedEnvironment&) = delete;
  ScopedEnvironment& operator=(const ScopedEnvironment&) = delete;
  ~ScopedEnvironment() {
    for (const auto& [name, value] : before_ | std::views::reverse) {
      value ? setenv(name.c_str(), value->c_str(), 1) : unsetenv(name.c_str());
    }
  }

 private:
  std::vector<std::pair<std::string, std::optional<std::string>>> before_;
};

std::string program_of_name(const std::string& name) {
  if (auto file = find_program(name)) return *file;
  throw KernelError(ENOENT, fmt::format("no program {} in PATH", name));
}

milliseconds left_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()) + milliseconds(1);
  return std::clamp(left, milliseconds(0), kLook);
}

}  // namespace

SideProcess::SideProcess(const std::string& program, const std::vector<std::string>& arguments,
                         const std::vector<std::string>& environment) {
  PipeEnds input = make_pipe();
  PipeEnds output = make_pipe();
  PipeEnds errors = make_pipe();
  const ScopedEnvironment additions(environment);
  child_.emplace(exec_child(0, program_of_name(program), arguments,
                            {{.fd = input.read.get(), .as = STDIN_FILENO},
                             {.fd = output.write.get(), .as = STDOUT_FILENO},
                             {.fd = errors.write.get(), .as = STDERR_FILENO}}));
  in_ = std::move(input.write);
  out_ = std::move(output.read);
  err_ = std::move(errors.read);
}

SideProcess::~SideProcess() { end(true, milliseconds(0)); }

void SideProcess::end(bool busy, milliseconds farewell) {
  if (!child_) return;
  in_.reset();
  // Without a status nobody has waited for it, so that its number cannot belong to another process.
  if (busy && !status_) ::kill(-child_->pid(), SIGTERM);
  if (!wait_for_end(Clock::now() + farewell) && !busy && !status_) {
    ::kill(-child_->pid(), SIGTERM);
    wait_for_end(Clock::now() + farewell);
  }
  if (!status_) {
    ::kill(-child_->pid(), SIGKILL);
    status_ = child_->reap();
  }
  child_.reset();
}

bool SideProcess::write_line(std::string_view line) {
  return write_all(in_.get(), fmt::format("{}\n", line)) == 0;
}

SideProcess::Reading SideProcess::read_line(milliseconds limit,
                                            const volatile std::sig_atomic_t* interrupted) {
  const Deadline deadline = Clock::now() + limit;
  while (true) {
    if (interrupted != nullptr && *interrupted != 0) return {.outcome = Outcome::interrupted, .line = {}};
    if (auto line = take_line()) return {.outcome = Outcome::line, .line = std::move(*line)};
    if (read_.size() > kLongestLine) return {.outcome = Outcome::too_long, .line = {}};
    if (!out_) return {.outcome = Outcome::closed, .line = {}};
    if (!read_some(deadline)) return {.outcome = Outcome::late, .line = {}};
  }
}

std::optional<std::string> SideProcess::take_line() {
  const std::size_t end = read_.find('\n', searched_);
  searched_ = end == std::string::npos ? read_.size() : 0;
  if (end == std::string::npos) return std::nullopt;
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

bool SideProcess::read_some(Deadline deadline) {
  std::array<pollfd, 2> watched{pollfd{.fd = out_.get(), .events = POLLIN, .revents = 0},
                                pollfd{.fd = err_.get(), .events = POLLIN, .revents = 0}};
  if (poll(watched.data(), watched.size(), static_cast<int>(left_until(deadline).count())) <= 0) {
    return Clock::now() < deadline;
  }
  if (watched[0].revents != 0) append_some(out_, read_);
  if (watched[1].revents != 0) append_some(err_, complaints_);
  if (complaints_.size() > kKeptComplaints) complaints_.erase(0, complaints_.size() - kKeptComplaints);
  return true;
}

// A wrapper may end before the program that it started: that one still holds the output open.
bool SideProcess::wait_for_end(Deadline deadline) {
  while (out_) {
    read_.clear();
    searched_ = 0;
    if (!read_some(deadline)) return false;
  }
  pollfd watched{.fd = child_->pidfd(), .events = POLLIN, .revents = 0};
  while (!status_) {
    if (poll(&watched, 1, static_cast<int>(left_until(deadline).count())) > 0) status_ = child_->reap();
    if (!status_ && Clock::now() >= deadline) return false;
  }
  return true;
}

std::string SideProcess::ending() {
  const Deadline deadline = Clock::now() + std::chrono::seconds(1);
  while (err_ && read_some(deadline)) {
  }
  wait_for_end(deadline);
  if (!status_) return "";
  return status_->code ? fmt::format("exit code {}", *status_->code)
                       : fmt::format("signal {}", status_->signal.value_or(0));
}

std::string SideProcess::last_words() const {
  const std::size_t end = complaints_.find_last_not_of(" \t\r\n");
  if (end == std::string::npos) return "";
  const std::size_t before = complaints_.find_last_of('\n', end);
  const std::size_t begin = before == std::string::npos ? 0 : before + 1;
  std::string line = complaints_.substr(begin, end - begin + 1);
  if (line.size() > kLongestQuotation) line.replace(kLongestQuotation, std::string::npos, "...");
  std::ranges::replace_if(
      line, [](unsigned char c) { return c < ' ' || c == 0x7f; }, '?');
  return line;
}

}  // namespace ipcbench
