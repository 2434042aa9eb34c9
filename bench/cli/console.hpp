// Standard output carries results, standard error everything else.
#pragma once

#include <string>
#include <string_view>

namespace ipcbench {

// A reader that has gone (a pipe to `head`) must not kill a run, nor a file that may not grow (ulimit -f):
// writing to them is an error to look at.
void ignore_signals_of_writing();

// Takes the numbers of those standard streams that the program was started without, so that no file, pipe or
// socket gets them, and what is said goes into it. Reading or writing them fails as it would have (EBADF).
void occupy_standard_streams();

// The reader of standard output has gone: the program ends without a word, as one that SIGPIPE ends.
struct OutputClosed {};

// Writes to standard output, at once; control characters but line ends and tabs as '?', since reports of
// others hold any name and a terminal obeys. Throws OutputClosed, FileError for any other error (a
// full disk).
void print(std::string_view text);

enum class Emphasis { none, warning, error };

// A line on standard error, printable as print() makes it; emphasised where colours are welcome. Never fails:
// there is nobody left to tell.
void say(std::string_view text, Emphasis emphasis = Emphasis::none);
// Text without a line's end, as it is.
void say_unfinished(std::string_view text);

// Whether standard error is a terminal on which a line can be rewritten, and whether colours are welcome
// there (NO_COLOR, https://no-color.org).
bool error_is_terminal();
bool error_has_colours();
// The terminal's width in columns; 80 if unknown.
std::size_t error_columns();

}  // namespace ipcbench
