// A static site of many machines, from an index: no server, no login, nothing fetched from elsewhere. SITE.md
// has its files.
#pragma once

#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "plots/named_report.hpp"
#include "results/comparison/trend_view.hpp"
#include "results/index/index.hpp"
#include "results/index/index_files.hpp"

namespace ipcbench {

// What the index says.
struct SiteContent {
  std::vector<IndexedSession> sessions;  // that are shown; ascending in time
  std::vector<HostTrend> trends;         // of hosts with sessions enough
};

struct SiteOptions {
  std::filesystem::path out;     // a folder that is empty, absent, or a site
  std::filesystem::path assets;  // as in PlotOptions
  std::string built_with;        // the program: pages that another one built are built again
  bool with_reports = false;     // copies the reports into the site, so that it can be published
  // The report of a file with its digest. Called by several threads at once. Throws ReportError.
  std::function<std::pair<NamedReport, std::string>(const std::filesystem::path&)> read = {};
  std::function<void(std::size_t done, std::size_t all)> on_progress = {};
  const volatile std::sig_atomic_t* interrupted = nullptr;
};

struct SiteResult {
  std::size_t machines = 0;
  std::size_t pages = 0;                // of machines, in the site
  std::size_t built = 0;                // of these, made now
  std::size_t trends = 0;               // histories, in the site
  std::vector<UnindexedFile> left_out;  // reports without a page, and why
  bool interrupted = false;             // the same call goes on
};

// Writes the site. Pages of reports that it already has are kept, and those of reports that no machine shows
// any more are removed. Throws UsageError if `out` holds something else, FileError, and Error where the
// program was built without the page.
SiteResult write_site(const SiteContent& content, const SiteOptions& options);

}  // namespace ipcbench
