#include "bench/study/probe/fifo_opening.hpp"

#include <sys/stat.h>

#include <array>

#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

// Success is 0: the number of the descriptor says nothing.
Attempt try_open(const std::string& path, int flags) {
  return attempt([&] { return open(path.c_str(), flags | O_CLOEXEC) < 0 ? -1L : 0L; });
}

}  // namespace

std::vector<OpenAttempt> try_opening(const std::string& path) {
  constexpr std::array<std::pair<std::string_view, int>, 5> kWays{
      {{"O_RDONLY", O_RDONLY},
       {"O_WRONLY", O_WRONLY},
       {"O_RDONLY|O_NONBLOCK", O_RDONLY | O_NONBLOCK},
       {"O_WRONLY|O_NONBLOCK", O_WRONLY | O_NONBLOCK},
       {"O_RDWR", O_RDWR}}};
  std::vector<OpenAttempt> attempts;
  for (const auto& [how, flags] : kWays) attempts.push_back({how, try_open(path, flags)});
  const Child reader = fork_child(0, [&] {
    if (open(path.c_str(), O_RDONLY | O_CLOEXEC) >= 0) pause();
  });
  attempts.push_back({"O_WRONLY with a reader", try_open(path, O_WRONLY)});
  return attempts;
}

std::vector<OpenAttempt> try_opening_fifo() {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/fifo";
  checked(mkfifo(path.c_str(), S_IRUSR | S_IWUSR),
          "cannot make a FIFO (set TMPDIR to a file system that has them)");
  return try_opening(path);
}

}  // namespace ipcbench
