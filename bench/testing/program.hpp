// For tests: the real program, run as a user would run it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ipcbench::testing {

// A committed report.
inline const std::string kBaseline =
    IPCBENCH_SOURCE_DIR "/results/baseline/epyc-2cpu-vm-linux-6.18-quick.json";

struct ProgramResult {
  int code = -1;  // 128 + N after signal N
  std::string out;
  std::string err;
};

// A run of the program in its own temporary directory, which contains TMPDIR. An environment variable marks
// everything that it starts, so that survivors can be found.
class Program {
 public:
  // out: a file for standard output, which is captured otherwise. temporary: another TMPDIR.
  explicit Program(const std::vector<std::string>& arguments, const std::string& out = {},
                   const std::filesystem::path& temporary = {});
  ~Program();  // ends it if it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const;
  ProgramResult wait();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  // The files in TMPDIR now.
  [[nodiscard]] std::vector<std::string> temporary_files() const;
  // The processes with the mark: the program and everything that it started.
  [[nodiscard]] std::vector<pid_t> processes() const;
  // Of a `run`: the process that makes its launches, -1 if there is none now, and the processes that it
  // launched.
  [[nodiscard]] pid_t launcher() const;
  [[nodiscard]] std::vector<pid_t> ends() const;

 private:
  std::filesystem::path directory_;
  std::string mark_;
  pid_t pid_ = -1;
};

// Runs the program to its end.
ProgramResult call_program(const std::vector<std::string>& arguments, const std::string& out = {});

inline std::vector<std::string> with(std::vector<std::string> arguments,
                                     const std::vector<std::string>& more) {
  arguments.insert(arguments.end(), more.begin(), more.end());
  return arguments;
}

std::string text_of(const std::filesystem::path& file);

// Repeats `check` until it is true, for at most a minute.
bool eventually(const std::function<bool()>& check);

// 0 if there is no such file.
std::size_t lines_in(const std::filesystem::path& file);

}  // namespace ipcbench::testing
