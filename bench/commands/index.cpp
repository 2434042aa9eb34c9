// ipcbench index: reports into a database, for questions about many of them.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "bench/cli/console.hpp"
#include "bench/cli/interrupt.hpp"
#include "bench/commands/command.hpp"
#include "harness/base/units.hpp"
#include "results/index/index_files.hpp"
#include "results/report/digest.hpp"

namespace ipcbench {
namespace {

struct IndexArguments {
  std::vector<std::string> reports;
  std::string database = "fleet.sqlite";
  std::string accepted_from;
  bool digest = false;
  bool json = false;
  bool quiet = false;
};

std::string indexing_json(const Indexing& indexing, const std::string& database, std::size_t accepted) {
  nlohmann::ordered_json json{{"database", database},
                              {"added", indexing.added},
                              {"known", indexing.known},
                              {"moved", indexing.moved},
                              {"accepted", accepted},
                              {"left_out", nlohmann::ordered_json::array()},
                              {"complete", !indexing.interrupted}};
  for (const UnindexedFile& each : indexing.left_out)
    json["left_out"].push_back({{"report", each.file}, {"reason", each.reason}});
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

void say_left_out(const Indexing& indexing) {
  for (const UnindexedFile& each : indexing.left_out)
    say(fmt::format("left out: {}: {}", each.file, each.reason), Emphasis::warning);
}

std::string indexing_text(const Indexing& indexing, const std::string& database, std::size_t accepted) {
  return fmt::format("{}: added {}; {} known already{}; {} left out{}{}\n", database,
                     counted(indexing.added, "report"), indexing.known,
                     indexing.moved > 0 ? fmt::format(", {} of them moved", indexing.moved) : "",
                     indexing.left_out.size(),
                     accepted > 0 ? fmt::format("; {} taken over", counted(accepted, "accepted change")) : "",
                     indexing.interrupted ? "; interrupted, the same command goes on" : "");
}

Outcome print_digests(const FoundReports& found) {
  for (const auto& file : found.files) print(fmt::format("{}  {}\n", file_digest(file), file.string()));
  return Outcome::success;
}

// Before the reports, so that an index from which nothing can be taken is refused at once.
std::size_t take_over_accepted(Index& index, const std::string& from) {
  if (from.empty()) return 0;
  return index.take_over(Index(from, Index::Access::changes).accepted());
}

Outcome index_reports(const IndexArguments& arguments) {
  FoundReports found = find_reports(arguments.reports);
  if (found.files.empty() && found.left_out.empty())
    throw UsageError(fmt::format("{}: no report is in there", fmt::join(arguments.reports, ", ")),
                     "name a file, or a folder with files .json, .json.gz or .json.zst");
  if (arguments.digest) return print_digests(found);
  const InterruptWatch watch;
  Index index(arguments.database, Index::Access::write);
  const std::size_t accepted = take_over_accepted(index, arguments.accepted_from);
  const StepLine line(arguments.quiet);
  const auto show = [&](std::size_t done) {
    line.show(fmt::format("indexed {} of {}", done, counted(found.files.size(), "file")));
  };
  Indexing indexing =
      index_files(index, found.files, {.on_progress = show, .interrupted = InterruptWatch::flag()});
  line.show("");
  std::ranges::move(found.left_out, std::back_inserter(indexing.left_out));
  if (!arguments.json) say_left_out(indexing);
  print(arguments.json ? indexing_json(indexing, arguments.database, accepted)
                       : indexing_text(indexing, arguments.database, accepted));
  if (InterruptWatch::signal() != 0) return Outcome::interrupted;
  return indexing.left_out.empty() ? Outcome::success : Outcome::refused;
}

}  // namespace

CommandAction declare_index(CLI::App& app) {
  auto arguments = std::make_shared<IndexArguments>();
  app.add_option("REPORT", arguments->reports,
                 "Reports, and folders of reports: .json, .json.gz and .json.zst, in their folders too")
      ->type_name("")
      ->required();
  app.add_option("--db", arguments->database,
                 "The index: a file of SQLite, or postgresql://[USER@]HOST/DATABASE where many write")
      ->type_name("FILE|URL")
      ->capture_default_str();
  app.add_option("--accepted-from", arguments->accepted_from,
                 "Take over the changes that were accepted in this index, which is being made again")
      ->type_name("FILE|URL");
  app.add_flag("--digest", arguments->digest,
               "Only print the digest of each report, which is its name in an index");
  app.add_flag("--json", arguments->json, "What was added and left out, as JSON");
  app.add_flag("-q,--quiet", arguments->quiet, "No progress on standard error");
  return [arguments](const Invocation&) { return index_reports(*arguments); };
}

}  // namespace ipcbench
