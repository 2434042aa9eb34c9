#include "mechanisms/testing/doors.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

// The words of each line below the heading of one of the kernel's tables.
std::vector<std::vector<std::string>> rows_in(const std::string& table) {
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  std::vector<std::vector<std::string>> rows;
  while (std::getline(file, line)) {
    std::istringstream words(line);
    rows.emplace_back();
    for (std::string word; words >> word;) rows.back().push_back(word);
  }
  return rows;
}

void add_below(std::vector<NamedObject>& found, const fs::path& folder) {
  std::error_code gone;
  for (fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, gone), end;
       at != end; at.increment(gone)) {
    struct stat facts {};
    if (lstat(at->path().c_str(), &facts) == 0) {
      found.push_back({at->path().string(), facts.st_mode, facts.st_uid});
    }
    if (gone) return;
  }
}

void add_inet(std::vector<SocketAddress>& found, const char* family) {
  for (const auto& row : rows_in(fmt::format("/proc/self/net/{}", family))) {
    if (row.size() < 10 || row[9] == "0") continue;  // a closed connection, which nobody owns
    const std::size_t colon = row[1].find(':');
    found.push_back({.family = family,
                     .address = row[1].substr(0, colon),
                     .port = static_cast<std::uint16_t>(std::stoul(row[1].substr(colon + 1), nullptr, 16)),
                     .owner = static_cast<uid_t>(std::stoul(row[7])),
                     .inode = row[9]});
  }
}

}  // namespace

std::vector<NamedObject> named_objects() {
  std::vector<NamedObject> found;
  add_below(found, fs::temp_directory_path());
  add_below(found, "/dev/shm");
  return found;
}

std::vector<SystemVObject> system_v_objects_here() {
  std::vector<SystemVObject> found;
  for (const std::string kind : {"msg", "sem", "shm"}) {
    const std::size_t owner = kind == "sem" ? 4 : 7;  // its column
    for (const auto& row : rows_in("/proc/sysvipc/" + kind)) {
      if (row.size() <= owner) continue;
      found.push_back({.kind = kind,
                       .id = std::stoi(row[1]),
                       .key = std::stoi(row[0]),
                       .permissions = static_cast<unsigned>(std::stoul(row[2], nullptr, 8)) & 0777U,
                       .owner = static_cast<uid_t>(std::stoul(row[owner]))});
    }
  }
  return found;
}

std::vector<SocketAddress> sockets_here() {
  std::vector<SocketAddress> found;
  for (const char* family : {"tcp", "tcp6", "udp", "udp6"}) add_inet(found, family);
  for (const auto& row : rows_in("/proc/self/net/unix")) {
    if (row.size() < 8) continue;  // without a name
    found.push_back({.family = "unix", .address = row[7], .inode = row[6]});
  }
  return found;
}

bool is_chosen_by_kernel(const SocketAddress& socket) {
  constexpr std::size_t kLength = 6;
  return socket.family == "unix" && socket.address.size() == kLength && socket.address.front() == '@' &&
         socket.address.find_first_not_of("0123456789abcdef", 1) == std::string::npos;
}

std::vector<std::string> socket_inodes_of(const std::vector<pid_t>& processes) {
  std::vector<std::string> inodes;
  for (const pid_t process : processes) {
    std::error_code gone;
    for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", process), gone)) {
      const std::string target = fs::read_symlink(entry.path(), gone).string();
      if (target.starts_with("socket:[")) inodes.push_back(target.substr(8, target.size() - 9));
    }
  }
  return inodes;
}

}  // namespace ipcbench
