// The data files of a site. Each is a script that hands over a text of JSON, because a page that was opened
// from a folder may run a script beside it but not fetch a file.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plots/named_report.hpp"
#include "plots/site/machines.hpp"
#include "results/comparison/trend_view.hpp"

namespace ipcbench {

// A script that hands over `json` under a name, which consists of letters and digits. No text in it can
// become a part of the script, or end an element.
std::string data_script(std::string_view name, std::string_view json);

// Where the site shows a report: its page, and the file as a relative address. Empty: not at all.
struct ReportLinks {
  std::string page;
  std::string file;
};
using LinksOf = std::function<ReportLinks(const IndexedSession&)>;

// {"machines": [{"digest", "machine", "name", "architecture", "cpu", "product", "kernel", "series",
// "started", "first", "sessions", "profile", "version", "commit", "complete", "page", "report", "changes",
// "alarms", "trend"}]}. "machine": machine_name(); "changes": of its level, or null without a history.
std::string machines_json(const std::vector<SiteMachine>& machines, const std::vector<HostTrend>& trends,
                          const LinksOf& links);

// chart_data_json() of one report, with {"names": [of each cell], "families": [of each cell]}, by which a
// history finds its cells.
std::string page_json(const NamedReport& report);

// host_trend_json(), with {"shown": digest of the newest report, "links": [[page, file] of each session],
// "columns": trends_json() in columns}.
std::string trend_file_json(const HostTrend& trend, const std::vector<IndexedSession>& sessions,
                            const LinksOf& links);

// `file` as an address from the folder `out`: relative, and percent-encoded, so that no name is an address of
// another kind.
std::string relative_address(const std::filesystem::path& file, const std::filesystem::path& out);

}  // namespace ipcbench
