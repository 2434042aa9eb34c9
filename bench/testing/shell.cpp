#include "bench/testing/shell.hpp"

#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "harness/testing/temporary_folder.hpp"

namespace ipcbench::testing {

ProgramResult run_shell(const std::string& script) {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const std::string name = folder.path().string();
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
  return result;
}

}  // namespace ipcbench::testing
