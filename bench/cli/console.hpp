// Standard output carries results, standard error everything else.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/base/text_layout.hpp"

namespace ipcbench {

// Makes write() fail with an error, instead of a signal that kills the run, when the reader has gone (a pipe
// to `head`) or the file may not grow (ulimit -f).
void ignore_signals_of_writing();

// Occupies the numbers of missing standard streams. Otherwise a file, pipe or socket could get such a number
// and receive the program's messages. Reading and writing still fail with EBADF.
void occupy_standard_streams();

// The reader of standard output has gone: the program ends silently, as by SIGPIPE.
struct OutputClosed {};

// Writes to standard output, unbuffered. Control characters other than line ends and tabs become '?': names
// in other people's reports must not control a terminal. Throws OutputClosed, or FileError (a full disk).
void print(std::string_view text);

// The same for text that was made printable piece by piece and has the escape sequences of colours.
void print_coloured(std::string_view text);

// The next line of standard input, without its end. Empty at the end of the input, and when a signal arrives
// that InterruptWatch notes. Throws ReportError for a line that is longer than the program's own requests.
std::optional<std::string> next_line();

enum class Emphasis { none, warning, error };

// Writes a line to standard error, made printable like print(), emphasised where colours are welcome. Never
// fails.
void say(std::string_view text, Emphasis emphasis = Emphasis::none);
// Writes text to standard error as it is.
void say_unfinished(std::string_view text);

// Whether standard error is a terminal on which a line can be rewritten, and whether colours are welcome
// there (NO_COLOR, https://no-color.org).
bool error_is_terminal();
bool error_has_colours();
// The terminal's width in columns; 80 if unknown.
std::size_t error_columns();

// "probing pipe (3 of 39)": a line on standard error that is rewritten for each step and wiped in the end.
// Only on a terminal, and not if it is to be quiet.
class StepLine {
 public:
  explicit StepLine(bool quiet) : shown_(!quiet && error_is_terminal()) {}
  ~StepLine() { show(""); }
  StepLine(const StepLine&) = delete;
  StepLine& operator=(const StepLine&) = delete;
  void show(std::string_view text) const;

 private:
  bool shown_;
};

// Whether colours are welcome on standard output, and its width; empty if it is no terminal, or one of
// unknown width.
bool output_has_colours();
std::optional<std::size_t> output_columns();

// How text for people is to look on standard output: as wide as the terminal, from 40 to kTextColumns; 80
// without one.
TextStyle output_style();

}  // namespace ipcbench
