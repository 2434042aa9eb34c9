#include "mechanisms/testing/leftovers.hpp"

#include <fmt/format.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <system_error>

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// Below $TMPDIR in the private mount namespace.
constexpr const char* kQueueView = "queues";

void add_entries(std::set<std::string>& seen, const char* kind, const fs::path& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    seen.insert(fmt::format("{} {}", kind, entry.path().filename().string()));
  }
}

// Below a line of headings, each line begins with the key and the identifier.
void add_system_v(std::set<std::string>& seen, const char* kind) {
  std::ifstream table(fmt::format("/proc/sysvipc/{}", kind));
  std::string line;
  std::getline(table, line);
  while (std::getline(table, line)) {
    std::istringstream fields(line);
    std::string key;
    std::string id;
    fields >> key >> id;
    seen.insert(fmt::format("System V {} {}", kind, id));
  }
}

void add_children(std::set<std::string>& seen) {
  siginfo_t child{};
  if (waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == 0) seen.insert("a child process");
}

}  // namespace

std::set<std::string> lasting_objects() {
  std::set<std::string> seen;
  const fs::path temporary = fs::temp_directory_path();
  add_entries(seen, "shared memory", "/dev/shm");
  add_entries(seen, "POSIX queue", temporary / kQueueView);
  add_entries(seen, "temporary file", temporary);
  for (const char* kind : {"msg", "sem", "shm"}) add_system_v(seen, kind);
  return seen;
}

std::set<std::string> visible_objects() {
  std::set<std::string> seen = lasting_objects();
  add_entries(seen, "descriptor", "/proc/self/fd");
  add_children(seen);
  return seen;
}

bool make_private(const fs::path& directory) {
  if (unshare(CLONE_NEWIPC | CLONE_NEWNS) != 0) return false;
  const fs::path queues = directory / kQueueView;
  fs::create_directory(queues);
  return mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
         mount("tmpfs", "/dev/shm", "tmpfs", 0, "mode=1777") == 0 &&
         mount("mqueue", queues.c_str(), "mqueue", 0, nullptr) == 0;
}

void PrivateObjects::SetUp() {
  directory_ = (fs::temp_directory_path() / "ipcbench-tests-XXXXXX").string();
  ASSERT_NE(mkdtemp(directory_.data()), nullptr);
  setenv("TMPDIR", directory_.c_str(), 1);
  if (!make_private(directory_)) {
    fmt::print(stderr, "no private namespaces ({}): objects of other programs are visible too\n",
               std::generic_category().message(errno));
  }
}

void PrivateObjects::TearDown() {
  umount((fs::path(directory_) / kQueueView).c_str());
  fs::remove_all(directory_);
}

}  // namespace ipcbench
