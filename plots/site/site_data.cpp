#include "plots/site/site_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>

#include "plots/chart_data.hpp"
#include "plots/columns.hpp"

namespace ipcbench {
namespace {

using nlohmann::json;

std::string text_of(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

json machine_json(const SiteMachine& machine, const HostTrend* trend, const ReportLinks& links) {
  const IndexedSession& newest = machine.newest;
  return {{"digest", newest.digest},
          {"machine", machine_name(newest.host->key)},
          {"name", newest.host->name},
          {"architecture", newest.host->architecture},
          {"cpu", newest.host->cpu_model},
          {"product", newest.host->product},
          {"kernel", newest.kernel_release},
          {"series", newest.kernel_series},
          {"started", newest.started_utc},
          {"first", machine.first_started},
          {"sessions", machine.sessions},
          {"profile", newest.profile},
          {"version", newest.version},
          {"commit", newest.commit},
          {"complete", newest.complete},
          {"page", links.page},
          {"report", links.file},
          {"changes", trend == nullptr ? json(nullptr) : json(trend->events.size())},
          {"alarms", trend != nullptr && alarms(*trend)},
          {"trend", trend != nullptr}};
}

bool is_plain_in_address(char character) {
  return std::isalnum(static_cast<unsigned char>(character)) != 0 ||
         std::string_view("-_./~").find(character) != std::string_view::npos;
}

}  // namespace

std::string data_script(std::string_view name, std::string_view json_of_it) {
  std::string text = text_of(json(json_of_it));
  std::string safe;
  safe.reserve(text.size());
  for (const char character : text) character == '<' ? void(safe += "\\u003c") : safe.push_back(character);
  return fmt::format("(globalThis.ipcbench ||= {{}})[\"{}\"]={};\n", name, safe);
}

std::string machines_json(const std::vector<SiteMachine>& machines, const std::vector<HostTrend>& trends,
                          const LinksOf& links) {
  std::map<std::string, const HostTrend*> by_host;
  for (const HostTrend& trend : trends) by_host[trend.history.sessions.back().host] = &trend;
  json all = json::array();
  for (const SiteMachine& machine : machines) {
    const auto found = by_host.find(machine.newest.host->key);
    all.push_back(
        machine_json(machine, found == by_host.end() ? nullptr : found->second, links(machine.newest)));
  }
  return text_of({{"machines", std::move(all)}});
}

std::string page_json(const NamedReport& report) {
  json names = json::array();
  json families = json::array();
  for (const ReportCell& cell : report.report.cells) {
    names.push_back(cell.name);
    families.push_back(family_name(cell.cell));
  }
  const std::string head = text_of({{"names", std::move(names)}, {"families", std::move(families)}});
  return head.substr(0, head.size() - 1) + "," + chart_data_json({report}).substr(1);
}

std::string trend_file_json(const HostTrend& trend, const std::vector<IndexedSession>& sessions,
                            const LinksOf& links) {
  std::map<std::string, const IndexedSession*>
      by_id;  // of this host; of a session that is there twice the last
  const std::string& host = trend.history.sessions.back().host;
  for (const IndexedSession& session : sessions) {
    if (session.host->key == host) by_id[session.session] = &session;
  }
  json all = json::array();
  for (const HistorySession& session : trend.history.sessions) {
    const ReportLinks of = links(*by_id.at(session.id));
    all.push_back({of.page, of.file});
  }
  const json records = json::parse(trends_json(trend.trends));
  const json more{{"shown", by_id.at(trend.history.sessions.back().id)->digest},
                  {"links", std::move(all)},
                  {"columns", to_columns({records.begin(), records.end()})}};
  const std::string head = text_of(more);
  return head.substr(0, head.size() - 1) + "," + host_trend_json(trend).substr(1);
}

std::string relative_address(const std::filesystem::path& file, const std::filesystem::path& out) {
  std::string address = "./";
  for (const char character : std::filesystem::proximate(file, out).generic_string()) {
    if (is_plain_in_address(character))
      address += character;
    else
      address += fmt::format("%{:02X}", static_cast<unsigned char>(character));
  }
  return address;
}

}  // namespace ipcbench
