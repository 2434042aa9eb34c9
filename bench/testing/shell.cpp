#include "bench/testing/shell.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace ipcbench::testing {

ProgramResult run_shell(const std::string& script) {
  namespace fs = std::filesystem;
  std::string name = (fs::temp_directory_path() / "ipcbench-shell-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot create " + name);
  const fs::path folder = name;
  fs::create_directories(folder / "work");
  std::ofstream(folder / "script") << "ipcbench() { '" << IPCBENCH_PROGRAM << "' \"$@\"; }\n"
                                   << "cd '" << name << "/work' || exit 126\n"
                                   << script << '\n';
  const std::string call =
      "timeout 60 bash '" + name + "/script' </dev/null >'" + name + "/out' 2>'" + name + "/err'";
  const int status = std::system(call.c_str());
  ProgramResult result{.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
                       .out = text_of(folder / "out"),
                       .err = text_of(folder / "err")};
  fs::remove_all(folder);
  return result;
}

}  // namespace ipcbench::testing
