#include "harness/host/object_lists.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream text(line);
  return {std::istream_iterator<std::string>(text), {}};
}

// The words of each line.
std::vector<std::vector<std::string>> table_of(const std::string& file) {
  std::ifstream text(file);
  std::vector<std::vector<std::string>> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(words_of(line));
  return lines;
}

void add_files(std::set<std::string>& objects, const std::string& place, const fs::path& directory,
               const std::string& name) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string file = entry.path().filename().string();
    if (file.find(name) != std::string::npos) objects.insert(fmt::format("{}: {}", place, file));
  }
}

// proc(5): the first two columns are key and identifier; the column of the owner differs.
void add_system_v(std::set<std::string>& objects, std::string_view address) {
  struct Table {
    const char* name;
    std::size_t owner;
  };
  constexpr std::array kTables{Table{"msg", 7}, Table{"sem", 4}, Table{"shm", 7}};
  for (const auto& [table, owner] : kTables) {
    for (const auto& words : table_of(fmt::format("/proc/sysvipc/{}", table))) {
      const bool own = words.size() > owner && words[owner] == std::to_string(geteuid());
      if (own && names_identifier(address, words[1]))
        objects.insert(fmt::format("ipcs: {} {}", table, words[1]));
    }
  }
}

// The table of /proc/net that lists "socket:[123]". The inode is a word of its line.
std::string socket_place(const std::string& link) {
  const std::string inode = link.substr(8, link.size() - 9);
  for (const char* table : {"unix", "tcp", "udp"}) {
    for (const auto& words : table_of(fmt::format("/proc/self/net/{}", table))) {
      if (std::ranges::find(words, inode) == words.end()) continue;
      const bool named = words.back() != inode && std::string_view(table) == "unix";
      return fmt::format("/proc/net/{}: {}", table, named ? words.back() : "socket " + inode);
    }
  }
  return fmt::format("/proc/PID/fd: socket {}", inode);
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

void add_descriptors(std::set<std::string>& objects, pid_t pid, const std::vector<std::string>& ignored) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid), error)) {
    const std::string link = fs::read_symlink(entry.path(), error).string();
    // One that is closed by now is not held.
    if (error && error.value() != ENOENT)
      throw KernelError(error.value(), "cannot see which descriptors a process holds (readlink)");
    if (error || contains(ignored, link) || link == "anon_inode:[pidfd]") continue;
    objects.insert(link.starts_with("socket:[") ? socket_place(link) : fmt::format("/proc/PID/fd: {}", link));
  }
}

// proc(5): address, permissions (the fourth letter: shared), offset, device, inode, path.
void add_mappings(std::set<std::string>& objects, pid_t pid, const std::vector<std::string>& ignored) {
  for (const auto& words : table_of(fmt::format("/proc/{}/maps", pid))) {
    if (words.size() < 6 || words[1].size() < 4 || words[1][3] != 's') continue;
    if (contains(ignored, words[0].substr(0, words[0].find('-')))) continue;
    // The address tells anonymous mappings apart, which have no name.
    objects.insert(fmt::format("/proc/PID/maps: {} at {}", words[5], words[0]));
  }
}

void add_locks(std::set<std::string>& objects, pid_t pid) {
  for (const auto& words : table_of("/proc/locks")) {
    if (words.size() > 4 && words[4] == std::to_string(pid))
      objects.insert(fmt::format("/proc/locks: {} {}", words[1], words[3]));
  }
}

}  // namespace

bool names_identifier(std::string_view address, std::string_view identifier) {
  if (address.find_first_not_of("0123456789,;: ") != std::string_view::npos) return false;
  std::string numbers(address);
  std::ranges::replace_if(
      numbers, [](char letter) { return letter < '0' || letter > '9'; }, ' ');
  return contains(words_of(numbers), identifier);
}

std::set<std::string> named_objects(const std::string& name, const std::string& directory,
                                    std::string_view address) {
  std::set<std::string> objects;
  add_system_v(objects, address);
  add_files(objects, "/dev/shm", "/dev/shm", name);
  add_files(objects, "/dev/mqueue", "/dev/mqueue", name);
  add_files(objects, "a file", directory, "");
  return objects;
}

std::set<std::string> held_objects(pid_t pid, const std::vector<std::string>& ignored) {
  std::set<std::string> objects;
  add_descriptors(objects, pid, ignored);
  add_mappings(objects, pid, ignored);
  add_locks(objects, pid);
  return objects;
}

std::set<std::string> new_objects(const std::set<std::string>& before, const std::set<std::string>& after) {
  std::set<std::string> added;
  std::ranges::set_difference(after, before, std::inserter(added, added.end()));
  return added;
}

std::set<std::string> places_of(const std::set<std::string>& objects) {
  std::set<std::string> places;
  for (const std::string& object : objects) places.insert(object.substr(0, object.find(": ")));
  return places;
}

}  // namespace ipcbench
