#include "bench/study/experiments/fifo_opening.hpp"

#include <sys/stat.h>

#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"
#include "harness/cleanup/launch_directory.hpp"

namespace ipcbench {
namespace {

Attempt try_open(const std::string& path, int flags) {
  // Success is 0 and not the descriptor, whose number says nothing.
  return attempt([&] { return open(path.c_str(), flags | O_CLOEXEC) < 0 ? -1L : 0L; });
}

}  // namespace

FifoOpening opening_of(const std::string& path) {
  FifoOpening found;
  found.read_only = try_open(path, O_RDONLY);
  found.write_only = try_open(path, O_WRONLY);
  found.read_nonblocking = try_open(path, O_RDONLY | O_NONBLOCK);
  found.write_nonblocking = try_open(path, O_WRONLY | O_NONBLOCK);
  found.read_write = try_open(path, O_RDWR);
  const Child reader = fork_child(0, [&] {
    if (open(path.c_str(), O_RDONLY | O_CLOEXEC) >= 0) pause();
  });
  found.write_with_reader = try_open(path, O_WRONLY);
  return found;
}

FifoOpening fifo_opening() {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/fifo";
  checked(mkfifo(path.c_str(), S_IRUSR | S_IWUSR),
          "cannot make a FIFO (set TMPDIR to a file system that has them)");
  return opening_of(path);
}

}  // namespace ipcbench
