#include "bench/duet/duet_program.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <type_traits>
#include <utility>

#include "bench/duet/side_process.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using LineOutcome = SideProcess::Outcome;

constexpr std::size_t kQuoted = 60;

std::string quotation(const std::string& line) {
  std::string text = line.substr(0, kQuoted);
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return line.size() > kQuoted ? text + "..." : text;
}

double in_seconds(milliseconds duration) { return static_cast<double>(duration.count()) / 1e3; }

std::string name_of(const ProgramSpec& spec) {
  return fmt::format("{}{}{}", spec.option, spec.option.empty() ? "" : " ", fmt::join(spec.words, " "));
}

// A message of ipcbench as part of another one.
std::string without_frame(std::string complaint) {
  constexpr std::string_view kFrame = "ipcbench: ";
  if (complaint.starts_with(kFrame)) complaint.erase(0, kFrame.size());
  if (complaint.ends_with('.')) complaint.pop_back();
  return complaint;
}

class ProgramProcess : public DuetProgram {
 public:
  ProgramProcess(const ProgramSpec& spec, const ProgramLimits& limits)
      : spec_(spec), limits_(limits), process_(start(spec)) {
    greet();
  }
  ~ProgramProcess() override { process_.end(busy_, limits_.farewell); }
  ProgramProcess(const ProgramProcess&) = delete;
  ProgramProcess& operator=(const ProgramProcess&) = delete;

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
  static SideProcess start(const ProgramSpec& spec) {
    std::vector<std::string> arguments(spec.words.begin() + 1, spec.words.end());
    arguments.emplace_back(kDuetSideName);
    arguments.insert(arguments.end(), spec.arguments.begin(), spec.arguments.end());
    try {
      return {spec.words.front(), arguments, spec.environment};
    } catch (const KernelError& error) {
      throw DuetError(fmt::format("{}: {}.", name_of(spec), error.what()));
    }
  }

  void greet() {
    const SideProcess::Reading reading = process_.read_line(limits_.answer, limits_.interrupted);
    if (reading.outcome == LineOutcome::closed) fail(why_no_greeting());
    greeting_ = understood(line_of(reading, limits_.answer), parse_greeting);
    busy_ = false;
  }

  // A program that knows the command complains about its arguments, an older one about the command.
  std::string why_no_greeting() {
    const std::string ending = process_.ending();
    const std::string words = without_frame(process_.last_words());
    if (!words.empty() && words.find(kDuetSideName) == std::string::npos) {
      return fmt::format("cannot take part: {}", words);
    }
    return fmt::format(
        "does not know `{}`: it is too old to take part (ipcbench 0.1.0 or newer with duet protocol {} is "
        "needed), or no ipcbench; it ended with {}{}",
        kDuetSideName, kDuetProtocol, ending.empty() ? "nothing said" : ending,
        words.empty() ? "" : fmt::format(": {}", words));
  }

  std::string ask(const DuetRequest& request, milliseconds limit) {
    busy_ = true;
    process_.write_line(request_line(request));  // a program that has gone shows by its missing answer
    std::string line = line_of(process_.read_line(limit, limits_.interrupted), limit);
    busy_ = false;
    return line;
  }

  // A row of another cell would make an invalid report.
  void check_asked_for(const DuetAnswer& answer, std::size_t cell, std::uint32_t block) const {
    const Row* row = std::get_if<Row>(&answer);
    if (row == nullptr || (row->cell == greeting_.cells.at(cell) && row->launch == block)) return;
    fail(fmt::format("was asked for block {} of {} and answered with block {} of {}", block,
                     cell_name(greeting_.cells[cell]), row->launch, cell_name(row->cell)));
  }

  std::string line_of(const SideProcess::Reading& reading, milliseconds limit) {
    switch (reading.outcome) {
      case LineOutcome::line:
        return reading.line;
      case LineOutcome::interrupted:
        throw DuetInterrupted();
      case LineOutcome::late:
        fail(fmt::format("has not answered for {:.3g} s and was ended; does it hang, or the machine?",
                         in_seconds(limit)));
      case LineOutcome::too_long:
        fail("does not end its line: only lines of the duet may go to its standard output");
      case LineOutcome::closed:
        break;
    }
    const std::string ending = process_.ending();
    const std::string words = without_frame(process_.last_words());
    fail(fmt::format("ended before the duet did{}{}", ending.empty() ? "" : ", with " + ending,
                     words.empty() ? "" : ": " + words));
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
  SideProcess process_;
  DuetGreeting greeting_;
  bool busy_ = true;  // has not answered yet
};

}  // namespace

std::unique_ptr<DuetProgram> start_program(const ProgramSpec& spec, const ProgramLimits& limits) {
  return std::make_unique<ProgramProcess>(spec, limits);
}

}  // namespace ipcbench
