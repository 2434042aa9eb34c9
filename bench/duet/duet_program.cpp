#include "bench/duet/duet_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cerrno>
#include <cstdlib>
#include <optional>
#include <ranges>
#include <type_traits>
#include <utility>

#include "bench/run/line_program.hpp"
#include "harness/base/child.hpp"
#include "harness/base/printable.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kQuoted = 60;

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

// Looks in PATH, as `env` and the shell do.
std::unique_ptr<LineProgram> start_lines(const ProgramSpec& spec, const ProgramLimits& limits) {
  std::vector<std::string> arguments(spec.words.begin() + 1, spec.words.end());
  arguments.emplace_back(kDuetSideName);
  arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
  try {
    const auto file = find_program(spec.words.front());
    if (!file) throw KernelError(ENOENT, fmt::format("no program {} in PATH", spec.words.front()));
    const ScopedEnvironment additions(spec.environment);
    return std::make_unique<LineProgram>(
        *file, arguments,
        LineProgram::Limits{.farewell = limits.farewell, .interrupted = limits.interrupted});
  } catch (const KernelError& error) {
    throw DuetError(fmt::format("{}: {}.", name_of(spec), error.what()));
  }
}

// "exit code 2"; empty if it still runs.
std::string ending(const ProgramEnded& ended) {
  if (!ended.status) return "";
  return ended.status->code ? fmt::format("exit code {}", *ended.status->code)
                            : fmt::format("signal {}", ended.status->signal.value_or(0));
}

// A program that knows the command complains about its arguments, an older one about the command.
std::string why_no_greeting(const ProgramEnded& ended) {
  const std::string end = ending(ended);
  const std::string& words = ended.last_words;
  if (!words.empty() && words.find(kDuetSideName) == std::string::npos) {
    return fmt::format("cannot take part: {}", words);
  }
  return fmt::format(
      "does not know `{}`: it is too old to take part (ipcbench 0.1.0 or newer with duet protocol {} is "
      "needed), or no ipcbench; it ended with {}{}{}",
      kDuetSideName, kDuetProtocol, end.empty() ? "nothing said" : end, words.empty() ? "" : ": ", words);
}

std::string why_ended(const ProgramEnded& ended) {
  const std::string end = ending(ended);
  return fmt::format("ended before the duet did{}{}{}{}", end.empty() ? "" : ", with ", end,
                     ended.last_words.empty() ? "" : ": ", ended.last_words);
}

class ProgramProcess : public DuetProgram {
 public:
  ProgramProcess(ProgramSpec spec, const ProgramLimits& limits)
      : spec_(std::move(spec)), limits_(limits), lines_(start_lines(spec_, limits_)) {}

  void greet() { greeting_ = understood(heard(limits_.answer, why_no_greeting), parse_greeting); }

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
  std::string ask(const DuetRequest& request, milliseconds limit) {
    lines_->send(request_line(request));
    return heard(limit, why_ended);
  }

  std::string heard(milliseconds limit, std::string (*explain_end)(const ProgramEnded&)) {
    try {
      return lines_->receive(limit);
    } catch (const ProgramEnded& ended) {
      fail(explain_end(ended));
    } catch (const NoLine& error) {
      fail(error.what());
    }
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
  std::unique_ptr<LineProgram> lines_;
  DuetGreeting greeting_;
};

}  // namespace

std::unique_ptr<DuetProgram> start_program(const ProgramSpec& spec, const ProgramLimits& limits) {
  auto program = std::make_unique<ProgramProcess>(spec, limits);
  program->greet();
  return program;
}

}  // namespace ipcbench
