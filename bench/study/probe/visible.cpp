#include "bench/study/probe/visible.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "bench/study/probe/remains.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream text(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(text, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream text(line);
  std::vector<std::string> words;
  for (std::string word; text >> word;) words.push_back(word);
  return words;
}

void add_names(std::set<std::string>& objects, const std::string& place, const fs::path& directory,
               const std::string& name) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const std::string file = entry.path().filename().string();
    if (file.find(name) != std::string::npos) objects.insert(fmt::format("{}: {}", place, file));
  }
}

// "socket:[123]" as the table of /proc/net that has it: the inode is a word of its line.
std::string socket_place(const std::string& link) {
  const std::string inode = link.substr(8, link.size() - 9);
  for (const char* table : {"unix", "tcp", "udp"}) {
    for (const std::string& line : lines_of(fmt::format("/proc/self/net/{}", table))) {
      const auto words = words_of(line);
      if (std::ranges::find(words, inode) == words.end()) continue;
      const bool named = words.back() != inode && std::string_view(table) == "unix";
      return fmt::format("/proc/net/{}: {}", table, named ? words.back() : "socket " + inode);
    }
  }
  return fmt::format("/proc/PID/fd: socket {}", inode);
}

std::string descriptor_place(const std::string& link) {
  return link.starts_with("socket:[") ? socket_place(link) : fmt::format("/proc/PID/fd: {}", link);
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

void add_descriptors(std::set<std::string>& objects, pid_t pid, const std::vector<std::string>& equipment) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(fmt::format("/proc/{}/fd", pid), ignored)) {
    const std::string link = fs::read_symlink(entry.path(), ignored).string();
    const bool own = contains(equipment, link) || link == "anon_inode:[pidfd]";
    if (!ignored && !own) objects.insert(descriptor_place(link));
  }
}

// proc(5): address, permissions (the fourth letter: shared), offset, device, inode, and the rest is the path.
void add_mappings(std::set<std::string>& objects, pid_t pid, const std::vector<std::string>& equipment) {
  for (const std::string& line : lines_of(fmt::format("/proc/{}/maps", pid))) {
    const auto words = words_of(line);
    if (words.size() < 6 || words[1].size() < 4 || words[1][3] != 's') continue;
    if (contains(equipment, words[0].substr(0, words[0].find('-')))) continue;
    // Anonymous memory has no name but its place, which tells one mapping from another.
    objects.insert(fmt::format("/proc/PID/maps: {} at {}", words[5], words[0]));
  }
}

void add_locks(std::set<std::string>& objects, pid_t pid) {
  for (const std::string& line : lines_of("/proc/locks")) {
    const auto words = words_of(line);
    if (words.size() > 4 && words[4] == std::to_string(pid)) {
      objects.insert(fmt::format("/proc/locks: {} {}", words[1], words[3]));
    }
  }
}

}  // namespace

std::set<std::string> named_objects(const LinkSpec& spec, const std::string& address) {
  std::set<std::string> objects;
  for (const std::string& object : system_v_objects()) {
    if (names_identifier(address, object.substr(4))) objects.insert(fmt::format("ipcs: {}", object));
  }
  add_names(objects, "/dev/shm", "/dev/shm", spec.name);
  add_names(objects, "/dev/mqueue", "/dev/mqueue", spec.name);
  add_names(objects, "a file", spec.directory, "");
  return objects;
}

std::set<std::string> held_objects(pid_t pid, const std::vector<std::string>& equipment) {
  std::set<std::string> objects;
  add_descriptors(objects, pid, equipment);
  add_mappings(objects, pid, equipment);
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
