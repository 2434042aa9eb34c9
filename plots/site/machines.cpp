#include "plots/site/machines.hpp"

#include <map>
#include <tuple>

#include "results/report/digest.hpp"
#include "results/report/json_document.hpp"

namespace ipcbench {

std::vector<SiteMachine> machines_of(const std::vector<IndexedSession>& sessions) {
  std::map<std::tuple<std::string, std::string>, SiteMachine> by_key;
  for (const IndexedSession& session : sessions) {
    SiteMachine& machine = by_key[{session.host->key, session.kernel_series}];
    if (machine.sessions == 0) machine.first_started = session.started_utc;
    if (machine.sessions == 0 || session.complete || !machine.newest.complete) machine.newest = session;
    ++machine.sessions;
  }
  // A machine that was renamed stands under its newest name.
  std::map<std::tuple<std::string, std::string, std::string>, SiteMachine> by_name;
  for (auto& [key, machine] : by_key) {
    const IndexedSession& newest = machine.newest;
    by_name[{newest.host->name, newest.host->key, newest.kernel_series}] = std::move(machine);
  }
  std::vector<SiteMachine> machines;
  machines.reserve(by_name.size());
  for (auto& [name, machine] : by_name) machines.push_back(std::move(machine));
  return machines;
}

std::string machine_name(const std::string& host_key) {
  constexpr std::size_t kDigits = 16;
  ReportDigest digest;
  digest.add(json_text(host_key));
  return digest.finish().substr(0, kDigits);
}

}  // namespace ipcbench
