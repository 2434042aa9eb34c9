#include "bench/study/probe/remains.hpp"

#include <fmt/format.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

namespace ipcbench {
namespace {

constexpr std::array kTables{"msg", "sem", "shm"};

// The column of the owner in these tables; the first two are key and identifier (proc(5)).
constexpr std::size_t owner_column(std::string_view table) {
  return table == "msg" ? 7 : table == "sem" ? 4 : 7;
}

// Of a line of /proc/sysvipc: the identifier, if the object is this user's.
std::string own_identifier(const std::string& line, std::string_view table) {
  std::istringstream text(line);
  std::vector<std::string> fields;
  for (std::string field; text >> field;) fields.push_back(field);
  const std::size_t owner = owner_column(table);
  return fields.size() > owner && fields[owner] == std::to_string(geteuid()) ? fields[1] : "";
}

void remove_system_v(std::string_view object) {
  const std::string_view table = object.substr(0, 3);
  const int id = std::stoi(std::string(object.substr(4)));
  if (table == "msg") msgctl(id, IPC_RMID, nullptr);
  if (table == "sem") semctl(id, 0, IPC_RMID);
  if (table == "shm") shmctl(id, IPC_RMID, nullptr);
}

// Who made it, as far as the kernel tells: of a semaphore, who used it last, which is at first who set it up.
// Of a queue it does not.
pid_t creator_of(std::string_view object) {
  const std::string_view table = object.substr(0, 3);
  const int id = std::stoi(std::string(object.substr(4)));
  if (table == "sem") return semctl(id, 0, GETPID);
  shmid_ds segment{};
  return table == "shm" && shmctl(id, IPC_STAT, &segment) == 0 ? segment.shm_cpid : -1;
}

void remove_name(const std::string& name) {
  const std::string slashed = name.starts_with('/') ? name : fmt::format("/{}", name);
  shm_unlink(slashed.c_str());
  sem_unlink(slashed.c_str());
  mq_unlink(slashed.c_str());
}

}  // namespace

bool names_identifier(std::string_view address, std::string_view identifier) {
  constexpr std::string_view kSeparators = ",;: ";
  if (address.find_first_not_of("0123456789,;: ") != std::string_view::npos) return false;
  while (!address.empty()) {
    const std::size_t end = std::min(address.find_first_of(kSeparators), address.size());
    if (address.substr(0, end) == identifier) return true;
    address.remove_prefix(std::min(end + 1, address.size()));
  }
  return false;
}

std::set<std::string> system_v_objects() {
  std::set<std::string> objects;
  for (const char* table : kTables) {
    std::ifstream lines(fmt::format("/proc/sysvipc/{}", table));
    std::string line;
    std::getline(lines, line);  // the heading
    while (std::getline(lines, line)) {
      const std::string identifier = own_identifier(line, table);
      if (!identifier.empty()) objects.insert(fmt::format("{} {}", table, identifier));
    }
  }
  return objects;
}

void Remains::add(std::string_view name) {
  const std::size_t at = count_.load();
  if (at == kMost) return;
  entries_[at].name.assign(name);
  count_.store(at + 1);
}

void Remains::add(const std::string& name, const std::string& address) {
  for (std::size_t i = 0; i < count_.load(); ++i) {
    if (entries_[i].name.str() == name) entries_[i].address.assign(address);
  }
}

void Remains::remove(const std::set<std::string>& before, pid_t creator) {
  std::set<std::string> left;
  std::ranges::set_difference(system_v_objects(), before, std::inserter(left, left.end()));
  std::erase_if(left, [&](const std::string& object) {
    return !is_named(object.substr(4)) && creator_of(object) != creator;
  });
  for (const std::string& object : left) remove_system_v(object);
  for (std::size_t i = 0; i < count_.load(); ++i) {
    const std::string name = entries_[i].name.str();
    const std::string address = entries_[i].address.str();
    remove_name(name);
    // An address may also be a name that the mechanism made of ours.
    if (address.find(name) != std::string::npos) remove_name(address);
  }
  count_.store(0);
}

bool Remains::is_named(std::string_view identifier) const {
  return std::any_of(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(count_.load()),
                     [&](const Entry& entry) { return names_identifier(entry.address.str(), identifier); });
}

}  // namespace ipcbench
