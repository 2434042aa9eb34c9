// Standard output carries results, standard error everything else.
#pragma once

#include <string>
#include <string_view>

namespace ipcbench {

// A reader that has gone (a pipe to `head`) must not kill a run, nor a file that may not grow (ulimit -f):
// writing to them is an error to look at.
void ignore_signals_of_writing();

// Writes to standard output, at once. Quiet if its reader has gone. Throws std::system_error for any other
// error (a full disk).
void print(std::string_view text);

// A line on standard error. Never fails: there is nobody left to tell.
void say(std::string_view text);
// The same without the line's end.
void say_unfinished(std::string_view text);

// Whether standard error is a terminal on which a line can be rewritten, and whether colours are welcome
// there (NO_COLOR, https://no-color.org).
bool error_is_terminal();
bool error_has_colours();
// The terminal's width in columns; 80 if unknown.
std::size_t error_columns();

enum class Emphasis { none, warning, error };
// For standard error; as it is where colours are not welcome.
std::string emphasised(std::string_view text, Emphasis emphasis);

}  // namespace ipcbench
