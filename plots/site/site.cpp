#include "plots/site/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <mutex>
#include <set>
#include <sstream>

#include "harness/base/error.hpp"
#include "harness/base/on_all_cpus.hpp"
#include "harness/cleanup/whole_file.hpp"
#include "plots/site/site_data.hpp"
#include "results/report/compression.hpp"
#include "results/report/digest.hpp"
#include "results/report/report_json.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::array kFolders{"assets", "data", "machines", "trends", "reports"};
constexpr std::array kViews{"index.html", "compare.html", "trends.html"};
constexpr std::string_view kStamp = "built-with.txt";
constexpr std::string_view kName = "/*NAME*/";

std::string file_text(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw FileError("cannot read " + file.string(), {}, errno);
  return std::move(text).str();
}

std::string replaced(std::string text, std::string_view mark, std::string_view by) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at + by.size()))
    text.replace(at, mark.size(), by);
  return text;
}

// The folders of the site, and the pages that do not depend on a machine.
void write_frame(const SiteOptions& options) {
  const fs::path from = options.assets / "site";
  if (!fs::exists(from / "page.js"))
    throw Error(
        fmt::format("this program was built without charts: {} is missing", from.string()),
        "build it again where esbuild and D3 are (./run_all.sh installs them), with IPCBENCH_CHARTS=ON");
  for (const char* folder : kFolders) fs::create_directories(options.out / folder);
  for (const char* asset : {"page.js", "site.js", "page.css"})
    write_whole_file(options.out / "assets" / asset, file_text(from / asset));
  for (const char* view : kViews) write_whole_file(options.out / view, file_text(from / view));
}

// A folder with other things in it is left alone. One of another program loses what is built of reports.
void take_folder(const SiteOptions& options) {
  const fs::path stamp = options.out / kStamp;
  if (fs::exists(options.out) && !fs::exists(stamp) && !fs::is_empty(options.out))
    throw UsageError(fmt::format("--out: {} holds something that is not a site", options.out.string()),
                     "name an empty folder, or one that does not exist yet");
  fs::create_directories(options.out);
  if (fs::exists(stamp) && file_text(stamp) != options.built_with)
    for (const char* folder : {"data", "machines", "trends"}) fs::remove_all(options.out / folder);
  write_whole_file(stamp, options.built_with);
}

// Where the copy of a report is: under its digest, compressed as it was.
fs::path copy_of(const IndexedSession& session, const SiteOptions& options) {
  const fs::path file = session.file;
  const std::string ending =
      file.extension() == uncompressed_name(file).extension() ? "" : file.extension().string();
  return options.out / "reports" / (session.digest + ".json" + ending);
}

// What the site has of each report: looked up while its files are written.
class Pages {
 public:
  Pages(const std::vector<SiteMachine>& machines, const SiteOptions& options)
      : machines_(machines), options_(options), page_(file_text(options.assets / "site" / "machine.html")) {}

  // Every machine's page, on all CPUs.
  void build(SiteResult& result) {
    on_all_cpus(machines_.size(), [this](std::size_t machine) {
      if (!is_interrupted()) build_page(machines_[machine].newest);
    });
    result.left_out = std::move(left_out_);
    std::ranges::sort(result.left_out, {}, &UnindexedFile::file);
    result.pages = pages_.size();
    result.built = built_;
    result.interrupted = is_interrupted();
  }

  [[nodiscard]] const std::set<std::string>& digests() const { return pages_; }

  [[nodiscard]] ReportLinks links(const IndexedSession& session) const {
    const fs::path copy = copy_of(session, options_);
    const bool is_copied = options_.with_reports && fs::exists(copy);
    return {.page = pages_.contains(session.digest) ? "./machines/" + session.digest + ".html" : "",
            .file = options_.with_reports ? (is_copied ? relative_address(copy, options_.out) : "")
                                          : relative_address(session.file, options_.out)};
  }

 private:
  [[nodiscard]] bool is_interrupted() const {
    return options_.interrupted != nullptr && *options_.interrupted != 0;
  }

  void build_page(const IndexedSession& session) {
    const std::string problem = problem_with(session);
    const std::scoped_lock lock(mutex_);
    problem.empty() ? void(pages_.insert(session.digest)) : left_out_.push_back({session.file, problem});
    if (options_.on_progress) options_.on_progress(++done_, machines_.size());
  }

  // Why the report has no page, or nothing.
  std::string problem_with(const IndexedSession& session) {
    try {
      const fs::path data = options_.out / "data" / (session.digest + ".js");
      if (fs::exists(data)) return "";
      const auto [report, digest] = options_.read(session.file);
      if (digest != session.digest) return "has changed since it was indexed; index it again";
      write_whole_file(options_.out / "machines" / (session.digest + ".html"),
                       replaced(page_, kName, session.digest));
      write_whole_file(data, data_script(session.digest, page_json(report)));
      ++built_;
      return "";
    } catch (const ReportError& error) {
      return reason_of(error, session.file);
    }
  }

  const std::vector<SiteMachine>& machines_;
  const SiteOptions& options_;
  std::string page_;
  std::atomic<std::size_t> built_ = 0;
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::set<std::string> pages_;  // by digest
  std::vector<UnindexedFile> left_out_;
};

bool is_as_indexed(const IndexedSession& session) {
  try {
    return file_digest(session.file) == session.digest;
  } catch (const ReportError&) {
    return false;
  }
}

// Copies what is not there yet. A report that is gone, or was written anew, stays without a copy.
void copy_reports(const SiteContent& content, const SiteOptions& options) {
  if (!options.with_reports) return;
  on_all_cpus(content.sessions.size(), [&](std::size_t i) {
    const IndexedSession& session = content.sessions[i];
    const fs::path copy = copy_of(session, options);
    if (!fs::exists(copy) && is_as_indexed(session)) write_whole_file(copy, file_text(session.file));
  });
}

// Files of an earlier call that nothing shows any more.
void remove_others(const fs::path& folder, const std::set<std::string>& kept) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string stem = entry.path().stem().string();
    if (!kept.contains(stem)) fs::remove(entry.path());
  }
}

}  // namespace

SiteResult write_site(const SiteContent& content, const SiteOptions& options) {
  SiteResult result;
  take_folder(options);
  write_frame(options);
  copy_reports(content, options);
  const std::vector<SiteMachine> machines = machines_of(content.sessions);
  Pages pages(machines, options);
  pages.build(result);
  const LinksOf links = [&](const IndexedSession& session) { return pages.links(session); };
  std::set<std::string> trends;
  for (const HostTrend& trend : content.trends) {
    const std::string name = machine_name(trend.history.sessions.back().host);
    write_whole_file(options.out / "trends" / (name + ".js"),
                     data_script(name, trend_file_json(trend, content.sessions, links)));
    trends.insert(name);
  }
  write_whole_file(options.out / "assets" / "machines.js",
                   data_script("machines", machines_json(machines, content.trends, links)));
  result.machines = machines.size();
  result.trends = trends.size();
  if (result.interrupted) return result;
  for (const char* folder : {"data", "machines"}) remove_others(options.out / folder, pages.digests());
  remove_others(options.out / "trends", trends);
  return result;
}

}  // namespace ipcbench
