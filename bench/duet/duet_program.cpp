#include "bench/duet/duet_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/printable.hpp"

namespace ipcbench {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kLongestLine = std::size_t{64} << 20;
constexpr std::size_t kKeptComplaints = 4096;
constexpr std::size_t kLongestComplaint = 1000;
constexpr std::size_t kQuoted = 60;
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

std::string quotation(const std::string& line) {
  return printable_line(line.substr(0, kQuoted)) + (line.size() > kQuoted ? "..." : "");
}

std::string name_of(const ProgramSpec& spec) {
  return fmt::format("{}{}{}", spec.option, spec.option.empty() ? "" : " ", fmt::join(spec.words, " "));
}

int left_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now()) + milliseconds(1);
  return static_cast<int>(std::clamp(left, milliseconds(0), kLook).count());
}

class ProgramProcess : public DuetProgram {
 public:
  ProgramProcess(ProgramSpec spec, const ProgramLimits& limits)
      : spec_(std::move(spec)), limits_(limits), child_(start()) {}
  ProgramProcess(const ProgramProcess&) = delete;
  ProgramProcess& operator=(const ProgramProcess&) = delete;

  // Closes its input and waits. SIGTERM follows if it is busy or does not end, and SIGKILL at last. Signals
  // go to its process group.
  ~ProgramProcess() override {
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

  void greet() {
    greeting_ = understood(read_line(limits_.answer), parse_greeting);
    greeted_ = true;
    busy_ = false;
  }

  [[nodiscard]] const DuetGreeting& greeting() const override { return greeting_; }

  Report describe() override {
    return understood(ask({.what = DuetRequest::What::describe}, limits_.answer), parse_report_line);
  }

  DuetAnswer launch(std::size_t cell, std::uint32_t block) override {
    const auto own_limit = std::chrono::duration_cast<milliseconds>(greeting_.time_limit);
    DuetAnswer answer = understood(
        ask({.what = DuetRequest::What::launch, .cell = cell, .block = block}, own_limit + limits_.beyond),
        parse_answer);
    check_asked_for(answer, cell, block);
    return answer;
  }

 private:
  // Looks in PATH, as `env` and the shell do.
  Child start() {
    std::vector<std::string> arguments(spec_.words.begin() + 1, spec_.words.end());
    arguments.emplace_back(kDuetSideName);
    arguments.insert(arguments.end(), spec_.arguments.begin(), spec_.arguments.end());
    try {
      const auto file = find_program(spec_.words.front());
      if (!file) throw KernelError(ENOENT, fmt::format("no program {} in PATH", spec_.words.front()));
      PipeEnds input = make_pipe();
      PipeEnds output = make_pipe();
      PipeEnds errors = make_pipe();
      const ScopedEnvironment additions(spec_.environment);
      Child child = exec_child(0, *file, arguments,
                               {{.fd = input.read.get(), .as = STDIN_FILENO},
                                {.fd = output.write.get(), .as = STDOUT_FILENO},
                                {.fd = errors.write.get(), .as = STDERR_FILENO}});
      in_ = std::move(input.write);
      out_ = std::move(output.read);
      err_ = std::move(errors.read);
      return child;
    } catch (const KernelError& error) {
      throw DuetError(fmt::format("{}: {}.", name_of(spec_), error.what()));
    }
  }

  std::string ask(const DuetRequest& request, milliseconds limit) {
    busy_ = true;
    // A program that has gone shows by its missing answer.
    write_all(in_.get(), request_line(request) + '\n');
    std::string line = read_line(limit);
    busy_ = false;
    return line;
  }

  // Returns the line without its line end.
  std::string read_line(milliseconds limit) {
    const Clock::time_point deadline = Clock::now() + limit;
    while (true) {
      if (*limits_.interrupted != 0) throw DuetInterrupted();
      if (auto line = take_line()) return *line;
      if (read_.size() > kLongestLine) {
        fail("does not end its line: only lines of the duet may go to its standard output");
      }
      if (!out_) fail(greeted_ ? why_ended() : why_no_greeting());
      if (!read_some(deadline)) {
        fail(fmt::format("has not answered for {:.3g} s and was ended; does it hang, or the machine?",
                         std::chrono::duration<double>(limit).count()));
      }
    }
  }

  std::optional<std::string> take_line() {
    const std::size_t end = read_.find('\n', searched_);
    searched_ = end == std::string::npos ? read_.size() : 0;
    if (end == std::string::npos) return std::nullopt;
    std::string line = read_.substr(0, end);
    read_.erase(0, end + 1);
    return line;
  }

  // Reads input that arrives before the deadline. False: none arrived.
  bool read_some(Clock::time_point deadline) {
    std::array<pollfd, 2> watched{pollfd{.fd = out_.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = err_.get(), .events = POLLIN, .revents = 0}};
    if (poll(watched.data(), watched.size(), left_until(deadline)) <= 0) return Clock::now() < deadline;
    if (watched[0].revents != 0) append_some(out_, read_);
    if (watched[1].revents != 0) append_some(err_, complaints_);
    if (complaints_.size() > kKeptComplaints) complaints_.erase(0, complaints_.size() - kKeptComplaints);
    return true;
  }

  // A wrapper may end before the program that it started, which still holds the output open.
  bool wait_for_end(Clock::time_point deadline) {
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

  // How it ended once its output is closed: "exit code 2"; empty if it still runs after a second.
  std::string ending() {
    const Clock::time_point deadline = Clock::now() + std::chrono::seconds(1);
    while (err_ && read_some(deadline)) {
    }
    wait_for_end(deadline);
    if (!status_) return "";
    return status_->code ? fmt::format("exit code {}", *status_->code)
                         : fmt::format("signal {}", status_->signal.value_or(0));
  }

  // The last line on its standard error, without ipcbench's message prefix. Mostly empty.
  [[nodiscard]] std::string last_words() const {
    constexpr std::string_view kFrame = "ipcbench: ";
    std::string_view words = complaints_;
    words = words.substr(0, words.find_last_not_of(" \t\r\n") + 1);
    words = words.substr(words.find_last_of('\n') + 1);
    if (words.starts_with(kFrame)) words.remove_prefix(kFrame.size());
    if (words.ends_with('.')) words.remove_suffix(1);
    return shortened_line(printable_line(words), kLongestComplaint);
  }

  // A program that knows the command complains about its arguments, an older one about the command.
  std::string why_no_greeting() {
    const std::string end = ending();
    const std::string words = last_words();
    if (!words.empty() && words.find(kDuetSideName) == std::string::npos) {
      return fmt::format("cannot take part: {}", words);
    }
    return fmt::format(
        "does not know `{}`: it is too old to take part (ipcbench 0.1.0 or newer with duet protocol {} is "
        "needed), or no ipcbench; it ended with {}{}{}",
        kDuetSideName, kDuetProtocol, end.empty() ? "nothing said" : end, words.empty() ? "" : ": ", words);
  }

  std::string why_ended() {
    const std::string end = ending();
    const std::string words = last_words();
    return fmt::format("ended before the duet did{}{}{}{}", end.empty() ? "" : ", with ", end,
                       words.empty() ? "" : ": ", words);
  }

  // Another cell's row would make the report invalid.
  void check_asked_for(const DuetAnswer& answer, std::size_t cell, std::uint32_t block) const {
    const Row* row = std::get_if<Row>(&answer);
    if (row == nullptr || (row->cell == greeting_.cells.at(cell) && row->launch == block)) return;
    fail(fmt::format("was asked for block {} of {} and answered with block {} of {}", block,
                     cell_name(greeting_.cells[cell]), row->launch, cell_name(row->cell)));
  }

  template <class Parse>
  std::invoke_result_t<Parse, const std::string&> understood(const std::string& line, Parse parse) {
    try {
      return parse(line);
    } catch (const OtherProtocol& error) {
      fail(error.what());
    } catch (const ReportError& error) {
      fail(
          fmt::format("answered outside of the duet's protocol ({}): '{}'; nothing else may go to its "
                      "standard output",
                      error.what(), quotation(line)));
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw DuetError(fmt::format("{}: {}.", name_of(spec_), problem));
  }

  ProgramSpec spec_;
  ProgramLimits limits_;
  Fd in_;
  Fd out_;
  Fd err_;
  Child child_;
  std::string read_;
  std::size_t searched_ = 0;  // of read_: no line ends before
  std::string complaints_;    // the end of standard error
  std::optional<ExitStatus> status_;
  DuetGreeting greeting_;
  bool greeted_ = false;
  bool busy_ = true;  // has not answered yet
};

}  // namespace

std::unique_ptr<DuetProgram> start_program(const ProgramSpec& spec, const ProgramLimits& limits) {
  auto program = std::make_unique<ProgramProcess>(spec, limits);
  program->greet();
  return program;
}

}  // namespace ipcbench
