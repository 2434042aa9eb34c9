// Another program that answers lines with lines, on its standard input and output.
#pragma once

#include <chrono>
#include <csignal>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bench/cli/interrupt.hpp"
#include "harness/base/child.hpp"
#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"

namespace ipcbench {

// The program gave no line. what() says why, without the program's name.
class NoLine : public Error {
 public:
  using Error::Error;
};

// It did not answer within the limit.
class ProgramLate : public NoLine {
 public:
  using NoLine::NoLine;
};

// It closed its output.
class ProgramEnded : public NoLine {
 public:
  ProgramEnded(std::optional<ExitStatus> how, std::string words);

  std::optional<ExitStatus> status;  // empty: it still ran after a second
  std::string last_words;            // see LineProgram; mostly empty
};

// A signal of InterruptWatch arrived while waiting for a line.
struct ProgramInterrupted {};

class LineProgram {
 public:
  struct Limits {
    std::chrono::milliseconds farewell{2'000};  // to end by itself before it is killed
    const volatile std::sig_atomic_t* interrupted = InterruptWatch::flag();  // non-zero: give up at once
  };

  // Starts `file` in its own process group. The caller must ignore SIGPIPE. Throws KernelError.
  LineProgram(const std::string& file, const std::vector<std::string>& arguments, const Limits& limits);
  // Closes its input and waits. SIGTERM follows if it is busy or does not end, and SIGKILL at last. Signals
  // go to its process group.
  ~LineProgram();
  LineProgram(const LineProgram&) = delete;
  LineProgram& operator=(const LineProgram&) = delete;

  // A program that has gone shows by its missing answer.
  void send(const std::string& line);
  // Its next line, without the line end. Throws NoLine and ProgramInterrupted.
  std::string receive(std::chrono::milliseconds limit);

  // What it and its children have written to standard error since the last call; the end of it, if it is
  // long.
  std::string take_complaints();

 private:
  Child start(const std::string& file, const std::vector<std::string>& arguments);
  std::optional<std::string> take_line();
  bool read_some(std::chrono::steady_clock::time_point deadline);
  bool wait_for_end(std::chrono::steady_clock::time_point deadline);
  [[nodiscard]] std::string last_words() const;
  [[noreturn]] void fail_ended();

  Limits limits_;
  Fd in_;
  Fd out_;
  Fd err_;
  Child child_;
  std::string read_;
  std::size_t searched_ = 0;  // of read_: no line ends before
  std::string complaints_;    // the end of standard error
  std::optional<ExitStatus> status_;
  bool busy_ = true;  // has not answered yet
};

}  // namespace ipcbench
