#include "bench/duet/process_performer.hpp"

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
using Outcome = SideProcess::Outcome;

constexpr std::size_t kQuoted = 60;

std::string quotation(const std::string& line) {
  std::string text = line.substr(0, kQuoted);
  std::ranges::replace_if(
      text, [](char c) { return c < ' ' || c > '~'; }, '?');
  return line.size() > kQuoted ? text + "..." : text;
}

double seconds(milliseconds duration) { return static_cast<double>(duration.count()) / 1e3; }

std::string name_of(const DuetProgram& program) {
  return fmt::format("{}{}{}", program.option, program.option.empty() ? "" : " ",
                     fmt::join(program.words, " "));
}

// A complaint of this program's own as part of another.
std::string without_frame(std::string complaint) {
  constexpr std::string_view kFrame = "ipcbench: ";
  if (complaint.starts_with(kFrame)) complaint.erase(0, kFrame.size());
  if (complaint.ends_with('.')) complaint.pop_back();
  return complaint;
}

class ProcessPerformer : public Performer {
 public:
  ProcessPerformer(const DuetProgram& program, const PerformerLimits& limits)
      : program_(program), limits_(limits), process_(start(program)) {
    greet();
  }
  ~ProcessPerformer() override { process_.end(busy_, limits_.farewell); }
  ProcessPerformer(const ProcessPerformer&) = delete;
  ProcessPerformer& operator=(const ProcessPerformer&) = delete;

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
  // As `env` and the shell would: by PATH, with what the environment gets besides.
  static SideProcess start(const DuetProgram& program) {
    std::vector<std::string> arguments(program.words.begin() + 1, program.words.end());
    arguments.emplace_back(kDuetSideName);
    arguments.insert(arguments.end(), program.arguments.begin(), program.arguments.end());
    try {
      return {program.words.front(), arguments, program.environment};
    } catch (const KernelError& error) {
      throw DuetError(fmt::format("{}: {}.", name_of(program), error.what()));
    }
  }

  void greet() {
    const SideProcess::Reading reading = process_.read_line(limits_.answer, limits_.interrupted);
    if (reading.outcome == Outcome::closed) fail(why_no_greeting());
    greeting_ = understood(line_of(reading, limits_.answer), parse_greeting);
    busy_ = false;
  }

  // Programs that know the command complain about its arguments, older ones about the command.
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
    process_.write_line(request_line(request));  // a reader that has gone is seen by its answer
    std::string line = line_of(process_.read_line(limit, limits_.interrupted), limit);
    busy_ = false;
    return line;
  }

  // A row of something else would make a report that no reader takes.
  void check_asked_for(const DuetAnswer& answer, std::size_t cell, std::uint32_t block) const {
    const Row* row = std::get_if<Row>(&answer);
    if (row == nullptr || (row->cell == greeting_.cells.at(cell) && row->launch == block)) return;
    fail(fmt::format("was asked for block {} of {} and answered with block {} of {}", block,
                     cell_name(greeting_.cells[cell]), row->launch, cell_name(row->cell)));
  }

  std::string line_of(const SideProcess::Reading& reading, milliseconds limit) {
    switch (reading.outcome) {
      case Outcome::line:
        return reading.line;
      case Outcome::interrupted:
        throw DuetInterrupted();
      case Outcome::late:
        fail(fmt::format("has not answered for {:.3g} s and was ended; is it what hangs, or its machine?",
                         seconds(limit)));
      case Outcome::too_long:
        fail("does not end its line: nothing but the duet's lines may go to its standard output");
      case Outcome::closed:
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
          fmt::format("answered what is not of the duet's protocol ({}): '{}'; nothing else may go to its "
                      "standard output",
                      error.what(), quotation(line)));
    }
  }

  [[noreturn]] void fail(const std::string& problem) const {
    throw DuetError(fmt::format("{}: {}.", name_of(program_), problem));
  }

  DuetProgram program_;
  PerformerLimits limits_;
  SideProcess process_;
  DuetGreeting greeting_;
  bool busy_ = true;  // has not answered yet
};

}  // namespace

std::unique_ptr<Performer> start_process(const DuetProgram& program, const PerformerLimits& limits) {
  return std::make_unique<ProcessPerformer>(program, limits);
}

}  // namespace ipcbench
