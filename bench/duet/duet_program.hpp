// One of the two programs of a duet, alive for one block.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "bench/cli/interrupt.hpp"
#include "bench/duet/protocol.hpp"
#include "bench/run/line_program.hpp"
#include "harness/base/error.hpp"
#include "results/report/report.hpp"

namespace ipcbench {

// A program can no longer take part. The one line names the program, the cause and the remedy.
class DuetError : public Error {
 public:
  using Error::Error;
};

// Every request throws DuetError and ProgramInterrupted.
class DuetProgram {
 public:
  DuetProgram() = default;
  virtual ~DuetProgram() = default;
  DuetProgram(const DuetProgram&) = delete;
  DuetProgram& operator=(const DuetProgram&) = delete;

  [[nodiscard]] virtual const DuetGreeting& greeting() const = 0;
  // The report of its session before the first launch: host, doubts, floors.
  virtual Report describe() = 0;
  // `cell`: its index in the greeting.
  virtual DuetAnswer launch(std::size_t cell, std::uint32_t block) = 0;
};

// Starts the program afresh, so that everything random per process, such as the memory layout, is drawn anew.
using StartProgram = std::function<std::unique_ptr<DuetProgram>()>;

struct ProgramSpec {
  std::string option;                    // "--base" or "--new", for messages; may be empty
  std::vector<std::string> words;        // the program, and arguments before "duet-side"
  std::vector<std::string> environment;  // NAME=VALUE, in addition to the inherited variables
  std::vector<std::string> arguments;    // of `duet-side`
};

struct ProgramLimits {
  std::chrono::milliseconds answer{60'000};  // to greet, and to describe itself
  std::chrono::milliseconds beyond{
      10'000};  // beyond the time limit that the program itself applies to launches
  std::chrono::milliseconds farewell{2'000};  // to end by itself before it is killed
  const volatile std::sig_atomic_t* interrupted = InterruptWatch::flag();  // non-zero: give up at once
};

// Starts the program in its own process group and waits for its greeting. The destructor ends the whole
// group. The caller must ignore SIGPIPE. Throws DuetError and ProgramInterrupted.
std::unique_ptr<DuetProgram> start_program(const ProgramSpec& spec, const ProgramLimits& limits);

}  // namespace ipcbench
