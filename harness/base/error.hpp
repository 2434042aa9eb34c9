// Errors are data: the cause, what a person can do about it, and the kernel's error number.
#pragma once

#include <exception>
#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ipcbench {

// what() is one line: "cause; remedy: the kernel's message", without absent parts. A broken promise (of a
// mechanism or another program) is a plain Error.
class Error : public std::runtime_error {
 public:
  // remedy: empty if there is none. number: an errno, 0 for none.
  explicit Error(std::string_view cause, std::string_view remedy = {}, int number = 0);

  [[nodiscard]] std::string_view cause() const { return std::string_view(what()).substr(0, cause_bytes_); }
  [[nodiscard]] std::string_view remedy() const {
    return std::string_view(what()).substr(remedy_at_, remedy_bytes_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  std::size_t cause_bytes_;
  std::size_t remedy_at_;
  std::size_t remedy_bytes_;
  int number_;
};

// A system call failed. Without a remedy of its own it gets the usual one for its number.
class KernelError : public Error {
 public:
  explicit KernelError(int number, std::string_view cause, std::string_view remedy = {});
};

// A file cannot be read or written.
class FileError : public Error {
 public:
  using Error::Error;
};

// Wrong arguments. The cause names the argument, what is wrong with it and what is allowed.
class UsageError : public Error {
 public:
  using Error::Error;
};

struct Remedy {
  int number;  // the errno that it helps against
  const char* text;
};

inline constexpr const char* kAllowMoreProcesses = "raise ulimit -u, and pids.max of the container";

// The remedy for an error that means the same everywhere: a limit was reached, the kernel lacks the call, or
// a policy forbids it. `otherwise` for all others.
std::string_view usual_remedy(int number, std::string_view otherwise = {}) noexcept;

// Each throws KernelError; throw_errno takes the number from errno. The remedy is the one in `remedies` for
// that number, else the usual one. The forms without remedies are for hot code: two words to pass.
[[noreturn]] void throw_error(int number, const char* cause);
[[noreturn]] void throw_error(int number, std::string_view cause, std::initializer_list<Remedy> remedies);
[[noreturn]] void throw_errno(const char* cause);
[[noreturn]] void throw_errno(const char* cause, std::initializer_list<Remedy> remedies);

// Whether the system refused something, rather than the program or its peer having made a mistake: a
// KernelError, or what the standard library throws in its place (std::system_error, std::bad_alloc).
bool is_refusal(const std::exception& error) noexcept;

// What a library or a server said in several lines, without white space at the end.
std::string one_line_of(std::string text);

// what() in one line, or a clearer text for library exceptions that tell a user nothing.
std::string explained(const std::exception& error);

// "killed by signal 24 (CPU time limit exceeded)", with the remedy if a system limit sends that signal.
std::string describe_signal(int signal);

}  // namespace ipcbench
