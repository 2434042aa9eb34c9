// For tests: the real program, run as a user would run it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ipcbench::testing {

struct ProgramResult {
  int code = -1;  // 128 + N after signal N
  std::string out;
  std::string err;
};

// A run of the program in a temporary directory of its own, below which TMPDIR is. What it starts is marked
// in the environment, so that survivors can be found.
class Program {
 public:
  // out: the file that standard output goes to, if it is not to be caught. temporary: its TMPDIR, if that is
  // not to be its own.
  explicit Program(const std::vector<std::string>& arguments, const std::string& out = {},
                   const std::filesystem::path& temporary = {});
  ~Program();  // ends it if it still runs
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void signal(int number) const;
  ProgramResult wait();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] const std::filesystem::path& directory() const { return directory_; }
  // What launches have in TMPDIR now.
  [[nodiscard]] std::vector<std::string> temporary_files() const;
  // Processes that carry the mark: the program, and what it has started.
  [[nodiscard]] std::vector<pid_t> processes() const;

 private:
  std::filesystem::path directory_;
  std::string mark_;
  pid_t pid_ = -1;
};

// A call that ends by itself.
ProgramResult call_program(const std::vector<std::string>& arguments, const std::string& out = {});

std::string text_of(const std::filesystem::path& file);

// Repeats `check` until it is true; false if it is not even after a minute, which no machine needs.
bool eventually(const std::function<bool()>& check);

}  // namespace ipcbench::testing
