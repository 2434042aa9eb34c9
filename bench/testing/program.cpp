#include "bench/testing/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "bench/run/launch_protocol.hpp"

namespace ipcbench::testing {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> entries_of(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename().string());
  return names;
}

void redirect(int fd, const fs::path& file) {
  const int opened = open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (opened < 0 || dup2(opened, fd) < 0) _exit(126);
}

[[noreturn]] void become_program(const std::vector<std::string>& arguments, const fs::path& directory,
                                 const std::string& mark, const std::string& out, const fs::path& temporary) {
  redirect(STDOUT_FILENO, out.empty() ? directory / "out" : fs::path(out));
  redirect(STDERR_FILENO, directory / "err");
  const fs::path program = IPCBENCH_PROGRAM;
  if (chdir(directory.c_str()) != 0) _exit(126);
  setenv("TMPDIR", temporary.c_str(), 1);
  setenv("IPCBENCH_TEST", mark.c_str(), 1);
  std::vector<std::string> texts{"ipcbench"};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (std::string& text : texts) argv.push_back(text.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  _exit(127);
}

// The fourth field of its stat: behind the name in parentheses, which may itself contain some (proc(5)).
pid_t parent_of(pid_t pid) {
  const std::string stat = text_of("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream fields(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
  std::string state;
  pid_t parent = -1;
  fields >> state >> parent;
  return parent;
}

bool is_guardian(pid_t pid) {
  return text_of("/proc/" + std::to_string(pid) + "/comm").find("guard") != std::string::npos;
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const std::string& out,
                 const fs::path& temporary) {
  std::string name = (fs::temp_directory_path() / "ipcbench-test-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
  directory_ = name;
  mark_ = directory_.filename();
  fs::create_directory(directory_ / "tmp");
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");  // kill(-1) would hit every process
  if (pid_ == 0) {
    become_program(arguments, directory_, mark_, out, temporary.empty() ? directory_ / "tmp" : temporary);
  }
}

// SIGTERM first: the program removes objects without early unlink (a System V queue) only if it may clean up.
Program::~Program() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    bool ended = waitpid(pid_, nullptr, WNOHANG) != 0;
    for (int tries = 0; tries < 500 && !ended; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
      ended = waitpid(pid_, nullptr, WNOHANG) != 0;
    }
    if (!ended) {
      ::kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
  }
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void Program::signal(int number) const { ::kill(pid_, number); }

ProgramResult Program::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, text_of(directory_ / "out"), text_of(directory_ / "err")};
}

std::vector<std::string> Program::temporary_files() const { return entries_of(directory_ / "tmp"); }

std::vector<pid_t> Program::processes() const {
  std::vector<pid_t> found;
  for (const std::string& name : entries_of("/proc")) {
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    const std::string environment = text_of(fs::path("/proc") / name / "environ");
    if (environment.find("IPCBENCH_TEST=" + mark_) != std::string::npos) found.push_back(std::stoi(name));
  }
  return found;
}

pid_t Program::launcher() const {
  for (const pid_t process : processes()) {
    const std::string command = text_of(fmt::format("/proc/{}/cmdline", process));
    if (parent_of(process) == pid_ && command.find(kLaunchSideName) != std::string::npos) return process;
  }
  return -1;
}

std::vector<pid_t> Program::ends() const {
  const pid_t parent = launcher();
  std::vector<pid_t> found = processes();
  std::erase_if(found, [&](pid_t pid) { return parent < 0 || parent_of(pid) != parent || is_guardian(pid); });
  return found;
}

ProgramResult call_program(const std::vector<std::string>& arguments, const std::string& out) {
  return Program(arguments, out).wait();
}

std::string text_of(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

bool eventually(const std::function<bool()>& check) {
  using Clock = std::chrono::steady_clock;
  for (const auto deadline = Clock::now() + std::chrono::minutes(1); Clock::now() < deadline;) {
    if (check()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return check();
}

std::size_t lines_in(const fs::path& file) {
  std::ifstream lines(file);
  std::size_t count = 0;
  for (std::string line; std::getline(lines, line);) ++count;
  return count;
}

}  // namespace ipcbench::testing
