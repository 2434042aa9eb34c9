// ipcbench site: a static site of the machines in an index.
#include "plots/site/site.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <unordered_map>

#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/commands/command.hpp"
#include "bench/commands/index_selection.hpp"
#include "bench/commands/page_report.hpp"
#include "harness/base/units.hpp"
#include "plots/plot.hpp"
#include "results/comparison/trend.hpp"
#include "results/index/index_history.hpp"

namespace ipcbench {
namespace {

struct SiteArguments {
  std::string database;
  IndexSelection selection;
  std::string out;
  bool with_reports = false;
  bool quiet = false;
};

// Those of hosts that have enough of them for a trend: most of a large fleet's may have one.
std::vector<IndexedSession> sessions_of_histories(const std::vector<IndexedSession>& sessions) {
  std::unordered_map<std::string_view, std::size_t> counts;  // by host
  for (const IndexedSession& session : sessions) ++counts[session.host->key];
  std::vector<IndexedSession> kept;
  std::ranges::copy_if(sessions, std::back_inserter(kept), [&](const IndexedSession& session) {
    return counts.at(session.host->key) >= kFewestInTrend;
  });
  return kept;
}

// The histories of hosts with sessions enough.
std::vector<HostTrend> site_trends(Index& index, const SiteArguments& arguments,
                                   const std::vector<IndexedSession>& sessions) {
  const std::vector<IndexedSession> kept = sessions_of_histories(sessions);
  if (kept.empty()) return {};
  std::vector<History> histories = read_histories(index, chosen_cells(index, arguments.selection), kept);
  std::erase_if(histories, [](const History& history) {
    return history.cells.empty() || history.sessions.size() < kFewestInTrend;
  });
  return host_trends(std::move(histories), GateSettings{}, index.accepted());
}

std::pair<NamedReport, std::string> read_page_report(const std::filesystem::path& file) {
  auto [report, digest] = read_with_digest(file);
  return {page_report(std::move(report), file), std::move(digest)};
}

// A program that was built again may write other pages.
std::string built_with(const std::filesystem::path& program) {
  return fmt::format("ipcbench {}, {}\n", IPCBENCH_VERSION,
                     std::filesystem::last_write_time(program).time_since_epoch().count());
}

void say_result(const SiteResult& result, const std::string& out) {
  for (const UnindexedFile& each : result.left_out)
    say(fmt::format("no page: {}: {}", each.file, each.reason), Emphasis::warning);
  print(fmt::format("{}/index.html: {}; {}, {} of them new; {}{}\n", out, counted(result.machines, "machine"),
                    counted(result.pages, "page"), result.built,
                    result.trends == 1 ? "1 history" : fmt::format("{} histories", result.trends),
                    result.interrupted ? "; interrupted, the same command goes on" : ""));
}

Outcome site(SiteArguments& arguments, const Invocation& invocation) {
  arguments.selection.database = arguments.database;
  check_selection(arguments.selection);
  if (const std::string placement = placement_of(arguments.selection.sessions); !placement.empty())
    throw UsageError(
        fmt::format("--class: a site shows cells at every placement; leave out '/{}'", placement));
  const InterruptWatch watch;
  Index index(arguments.database, Index::Access::read);
  SiteContent content{index.sessions(arguments.selection.sessions), {}};
  if (content.sessions.empty())
    throw UsageError(fmt::format("{}: nothing in it is selected.", arguments.database),
                     "without a selection, all sessions are");
  content.trends = site_trends(index, arguments, content.sessions);
  const StepLine line(arguments.quiet);
  const auto show = [&](std::size_t done, std::size_t all) {
    line.show(fmt::format("page {} of {}", done, all));
  };
  const SiteResult result = write_site(content, {.out = arguments.out,
                                                 .assets = invocation.share,
                                                 .built_with = built_with(invocation.program),
                                                 .with_reports = arguments.with_reports,
                                                 .read = read_page_report,
                                                 .on_progress = show,
                                                 .interrupted = InterruptWatch::flag()});
  line.show("");
  say_result(result, arguments.out);
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  return result.left_out.empty() ? Outcome::success : Outcome::refused;
}

}  // namespace

CommandAction declare_site(CLI::App& app) {
  auto arguments = std::make_shared<SiteArguments>();
  app.add_option("DB", arguments->database, "The index: a file of SQLite, or postgresql://...")
      ->type_name("")
      ->required();
  app.add_option("-o,--out", arguments->out,
                 "Where the site goes: an empty folder, or a site to bring up to date")
      ->type_name("DIR")
      ->required();
  app.add_flag("--with-reports", arguments->with_reports,
               "Copy the reports into the site, so that its links work wherever it is published");
  app.add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  declare_index_sessions(app, arguments->selection.sessions);
  return [arguments](const Invocation& invocation) { return site(*arguments, invocation); };
}

}  // namespace ipcbench
