#include "results/index/index.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include "results/index/groups.hpp"
#include "results/index/index_files.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

class IndexTest : public ::testing::Test {
 protected:
  IndexTest() {
    if (!has_databases()) return;
    folder_ = fs::path(::testing::TempDir()) /
              (std::string("index_") + ::testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~IndexTest() override { fs::remove_all(folder_); }
  void SetUp() override {
    if (!has_databases()) GTEST_SKIP() << "built without SOCI; remedy: apt-get install libsoci-dev";
  }

  [[nodiscard]] std::string at(const char* name) const { return (folder_ / name).string(); }
  [[nodiscard]] Index open(Index::Access access = Index::Access::write) const {
    return {at("fleet.sqlite"), access};
  }

  fs::path folder_;
};

IndexedReport entry(const std::string& digest, const std::string& host, const std::string& started,
                    const std::string& kernel, double time_ns) {
  IndexedReport report;
  report.digest = digest;
  report.host = {.key = "id-" + host,
                 .name = host,
                 .architecture = "x86_64",
                 .cpu_model = "AMD EPYC",
                 .product = "",
                 .physical_cores = "2"};
  report.started_utc = started;
  report.kernel_release = report.kernel_series = kernel;
  report.configuration = {{"kernel_release", kernel}, {"smt_active", "0"}};
  IndexedResult result;
  result.cell = testing::make_cell("pipe", 64);
  result.name = cell_name(result.cell);
  result.launches = 3;
  result.time_ns = time_ns;
  result.log_sd = std::nan("");
  report.results = {result};
  return report;
}

std::vector<IndexedReport> three() {
  return {entry("a", "node-1", "2026-01-01T00:00:00Z", "6.1", 100),
          entry("b", "node-2", "2026-01-02T00:00:00Z", "6.12", 300),
          entry("c", "node-1", "2026-01-03T00:00:00Z", "6.12", 200)};
}

std::vector<std::string> digests_of(Index& index, const SessionFilter& filter) {
  std::vector<std::string> digests;
  for (const IndexedSession& session : index.sessions(filter)) digests.push_back(session.digest);
  return digests;
}

using Texts = std::vector<std::string>;

// Catches a report that is added twice, alone or in one batch.
TEST_F(IndexTest, AddsEachReportOnce) {
  Index index = open();
  auto reports = three();
  reports.push_back(reports.front());
  EXPECT_EQ(index.add(reports), 3U);
  EXPECT_EQ(index.add(reports), 0U);
  EXPECT_EQ(index.files(), (KnownFiles{{"a", ""}, {"b", ""}, {"c", ""}}));
}

// Catches a number that changes on its way, NaN that becomes 0, and rows of other cells.
TEST_F(IndexTest, GivesBackWhatItKeeps) {
  Index index = open();
  auto reports = three();
  reports[0].results[0].log_mean = 4.605170185988092;
  reports[0].results[0].p10_ns = 90;
  reports[0].results[0].p99_ns = 150;
  reports[1].results[0].p10_ns = std::nan("");
  index.add(reports);
  const auto cells = index.cells();
  ASSERT_EQ(cells.size(), 1U);
  const auto points = index.points(cells[0].id);
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[0].log_mean, 4.605170185988092);
  EXPECT_EQ(points[0].launches, 3U);
  EXPECT_TRUE(std::isnan(points[0].log_sd));
  EXPECT_EQ(points[2].time_ns, 200);
  EXPECT_EQ(index.figures(cells[0].id, IndexedFigure::time_ns).values, (std::vector<double>{100, 300, 200}));
  EXPECT_EQ(index.figures(cells[0].id, IndexedFigure::p99_ns).values[0], 150);
  const auto low = index.figures(cells[0].id, IndexedFigure::p10_ns).values;
  EXPECT_EQ(low[0], 90);
  EXPECT_TRUE(std::isnan(low[1]));
  EXPECT_TRUE(index.points(cells[0].id + 1).empty());
}

// Catches a batch that is there in part after an error.
TEST_F(IndexTest, KeepsAllOfABatchOrNothing) {
  Index index = open();
  auto reports = three();
  reports[1].results.push_back(reports[1].results[0]);  // the same cell twice in one session
  EXPECT_THROW(index.add(reports), IndexError);
  EXPECT_TRUE(index.files().empty());
  EXPECT_EQ(index.add(three()), 3U);
}

// Catches a filter that is ignored, or whose text becomes part of the SQL or of the pattern.
TEST_F(IndexTest, FiltersSessions) {
  Index index = open();
  auto reports = three();
  reports[1].invalid = true;
  index.add(reports);
  EXPECT_EQ(digests_of(index, {}), (Texts{"a", "c"}));
  EXPECT_EQ(digests_of(index, {.with_invalid = true}), (Texts{"a", "b", "c"}));
  EXPECT_EQ(digests_of(index, {.hosts = {"NODE-1"}}), (Texts{"a", "c"}));
  EXPECT_EQ(digests_of(index, {.hosts = {"id-node-2"}, .with_invalid = true}), Texts{"b"});
  EXPECT_EQ(digests_of(index, {.hosts = {"x", "node*"}}), (Texts{"a", "c"}));
  EXPECT_EQ(digests_of(index, {.classes = {"x86_64/AMD*/6.1"}}), Texts{"a"});
  EXPECT_EQ(digests_of(index, {.since = "2026-01-02"}), Texts{"c"});
  for (const char* text : {"' OR 1 = 1 --", "node_1", "%", "\\", ":t0"})
    EXPECT_EQ(digests_of(index, {.hosts = {text}}), Texts{}) << text;
}

// Catches a placement that is taken for a kernel series, a model's slash for the end of the class, and a *
// that leaves out machines because it is neither.
TEST_F(IndexTest, TakesClassesApart) {
  EXPECT_EQ(parse_class("x86_64/*/*/LLC").classes, Texts{"x86_64/*/*"});
  EXPECT_EQ(parse_class("x86_64/*/*/LLC").placement, "llc");
  EXPECT_EQ(parse_class("x86_64/AMD A10/7850/6.1").classes, Texts{"x86_64/AMD A10/7850/6.1"});
  EXPECT_EQ(parse_class("llc").classes, Texts{"llc"});
  Index index = open();
  auto reports = three();
  reports[1].host.cpu_model = "AMD A10/7850";
  index.add(reports);
  EXPECT_EQ(digests_of(index, {.classes = {"*/AMD*/6.12/same"}}), (Texts{"b", "c"}));
  EXPECT_EQ(digests_of(index, {.classes = {"*/A10/7850/*"}}), Texts{});
  EXPECT_EQ(digests_of(index, {.classes = {"*/AMD A10/7850/*"}}), Texts{"b"});
  EXPECT_EQ(digests_of(index, {.classes = {"x86_64/*/*/*"}}), (Texts{"a", "b", "c"}));
}

// Catches texts in the wrong members, hosts that are mixed up, and points of other sessions.
TEST_F(IndexTest, ReadsWhatIsAskedFor) {
  Index index = open();
  auto reports = three();
  reports[1].file = "b.json";
  index.add(reports);
  const auto sessions = index.sessions({}, {&IndexedSession::kernel_series, &IndexedSession::file});
  ASSERT_EQ(sessions.size(), 3U);
  EXPECT_EQ(sessions[1].file, "b.json");
  EXPECT_EQ(sessions[1].kernel_series, "6.12");
  EXPECT_EQ(sessions[1].host->name, "node-2");
  EXPECT_EQ(sessions[1].digest, "");
  const auto cell = index.cells().at(0).id;
  const auto points = index.points(cell, {sessions[0].id, sessions[2].id});
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[1].time_ns, 200);
  EXPECT_EQ(index.configurations({sessions[0].configuration}).size(), 1U);
  EXPECT_TRUE(index.configurations({}).empty());
}

// Catches a known report that is read again, and a digest that changes with the way of reading.
TEST_F(IndexTest, ReadsNoReportThatIsKnown) {
  write_report(testing::sample_report(), at("good.json.gz"));
  const IndexedReport report = read_for_index(at("good.json.gz"));
  const auto again = read_for_index(at("good.json.gz"), {{"another", ""}});
  ASSERT_TRUE(std::holds_alternative<IndexedReport>(again));
  EXPECT_EQ(std::get<IndexedReport>(again).digest, report.digest);
  EXPECT_EQ(std::get<IndexedReport>(again).results.size(), report.results.size());
  const auto known = read_for_index(at("good.json.gz"), {{report.digest, ""}});
  ASSERT_TRUE(std::holds_alternative<KnownReport>(known));
  EXPECT_EQ(std::get<KnownReport>(known).digest, report.digest);
}

// The only file of the index, after the file of that name was indexed.
std::string file_after(Index& index, const fs::path& file) {
  index_files(index, {file}, {.threads = 1});
  const KnownFiles files = index.files();
  return files.size() == 1 ? files.begin()->second : "";
}

// Catches a name that is only good in the folder where it was typed, and links that lead elsewhere later.
TEST_F(IndexTest, KeepsAbsolutePaths) {
  Index index = open();
  fs::create_directories(at("2026/11"));
  fs::create_directory_symlink("2026/11", at("newest"));
  write_report(testing::sample_report(), at("2026/11/a.json"));
  const std::string whole = fs::canonical(at("2026/11/a.json")).string();
  EXPECT_EQ(file_after(index, fs::relative(folder_) / "./newest/../11/a.json"), whole);
}

// Catches an index that does not find a report again, and one whose paths go back and forth between copies.
TEST_F(IndexTest, FollowsReportsThatWereMoved) {
  Index index = open();
  write_report(testing::sample_report(), at("a.json"));
  const std::string a = file_after(index, at("a.json"));
  fs::copy_file(at("a.json"), at("b.json"));
  EXPECT_EQ(file_after(index, at("b.json")), a);
  fs::remove(at("a.json"));
  const Indexing moved = index_files(index, {at("b.json")}, {.threads = 1});
  EXPECT_EQ(moved.known, 1U);
  EXPECT_EQ(moved.moved, 1U);
  EXPECT_EQ(file_after(index, at("b.json")), fs::canonical(at("b.json")).string());
}

// Catches an explanation that is lost, replaced, or taken over twice.
TEST_F(IndexTest, TakesOverAcceptedChanges) {
  const std::string before = at("before.sqlite");
  const AcceptedChange change{"1", "id-node-1", "cell", "pipe/64B", "s", true, "firmware"};
  {
    Index old(before, Index::Access::write);
    old.accept(change);
    old.accept({"2", "id-node-1", "cell", "pipe/1B", "s", false, "kernel"});
  }
  Index index = open();
  index.accept({"2", "id-node-1", "cell", "pipe/1B", "s", false, "known better"});
  EXPECT_EQ(index.take_over(Index(before, Index::Access::changes).accepted()), 1U);
  EXPECT_EQ(index.take_over(Index(before, Index::Access::changes).accepted()), 0U);
  const auto accepted = index.accepted();
  ASSERT_EQ(accepted.size(), 2U);
  EXPECT_EQ(accepted[0].name, change.name);
  EXPECT_EQ(accepted[0].session, change.session);
  EXPECT_TRUE(accepted[0].is_slower);
  EXPECT_EQ(accepted[0].why, change.why);
  EXPECT_EQ(accepted[1].why, "known better");
}

std::vector<SessionGroup> groups_of(const std::string& file, const Grouping& grouping) {
  const auto connect = [&] { return std::make_unique<Index>(file, Index::Access::read); };
  const auto index = connect();
  return grouped(connect, index->cells(), index->sessions({}), grouping);
}

GroupKey key_named(std::string_view name) { return *std::ranges::find(group_keys(), name, &GroupKey::name); }

// Catches groups that pool what differs in silence.
TEST_F(IndexTest, SaysWhichFactsAGroupPools) {
  open().add(three());
  const auto groups = groups_of(at("fleet.sqlite"), {.by = {key_named("host")}});
  ASSERT_EQ(groups.size(), 2U);
  EXPECT_EQ(groups[0].keys, Texts{"node-1"});
  EXPECT_EQ(groups[0].values, (std::vector<double>{100, 200}));
  EXPECT_EQ(groups[0].differing, Texts{"kernel_release"});
  EXPECT_EQ(groups[1].differing, Texts{});
}

// Catches the oldest session, or one of all hosts together.
TEST_F(IndexTest, TakesTheLatestOfEachHost) {
  open().add(three());
  const auto groups = groups_of(at("fleet.sqlite"), {.latest = true});
  ASSERT_EQ(groups.size(), 1U);
  EXPECT_EQ(groups[0].values, (std::vector<double>{200, 300}));
  EXPECT_EQ(groups[0].hosts, 2U);
}

// Hyndman and Fan's 7th definition: the p90 of 10, 20, 30, 40 lies 0.7 of the way from 30 to 40.
TEST(GroupStatisticTest, HasPercentiles) {
  const SessionGroup group{.cell = "", .keys = {}, .values = {10, 20, 30, 40}, .hosts = 3, .differing = {}};
  const auto value = [&](const char* name) { return statistic_of(group, *parse_statistic(name)); };
  EXPECT_DOUBLE_EQ(value("p50"), 25);
  EXPECT_DOUBLE_EQ(value("p90"), 37);
  EXPECT_EQ(value("p0"), 10);
  EXPECT_EQ(value("p100"), 40);
  EXPECT_EQ(value("count"), 4);
  EXPECT_EQ(value("hosts"), 3);
  for (const char* name : {"p101", "p", "p-1", "mean", "p5x"}) EXPECT_FALSE(parse_statistic(name)) << name;
}

// Catches tables that are added to another program's file, and a reader that creates one.
TEST_F(IndexTest, LeavesOtherFilesAlone) {
  EXPECT_THROW(static_cast<void>(open(Index::Access::read)), IndexError);
  EXPECT_FALSE(fs::exists(at("fleet.sqlite")));
  std::ofstream(at("fleet.sqlite")) << "this is a text of more than a hundred bytes, which no database would "
                                       "take for one of its own files, whatever it may try with it";
  EXPECT_THROW(static_cast<void>(open()), IndexError);
  EXPECT_THROW(static_cast<void>(open(Index::Access::read)), IndexError);
}

// Catches one unreadable file that stops the others, hangs, or is not named.
TEST_F(IndexTest, LeavesOutWhatIsNoReport) {
  write_report(testing::sample_report(), at("good.json.gz"));
  fs::create_directories(at("sub/of.json"));
  write_report(testing::sample_report(), at("sub/of.json/equal.json"));
  std::ofstream(at("half.json")) << "{\"context\": ";
  std::ofstream(at("note.txt")) << "not asked";
  fs::create_symlink(at("loop.json"), at("loop.json"));
  fs::create_directory_symlink(folder_, at("sub/again"));
  fs::create_symlink("/dev/zero", at("zero.json"));
  ASSERT_EQ(mkfifo(at("fifo.json").c_str(), 0600), 0);
  FoundReports found = find_reports({folder_.string(), at("missing.json")});
  Index index = open();
  const Indexing indexing = index_files(index, found.files, {.threads = 2});
  EXPECT_EQ(indexing.added, 1U);
  EXPECT_EQ(indexing.known, 1U);
  Texts left_out;
  for (const UnindexedFile& each : indexing.left_out)
    left_out.push_back(fs::path(each.file).filename().string() + ": " + each.reason);
  ASSERT_EQ(left_out.size(), 5U) << ::testing::PrintToString(left_out);
  EXPECT_EQ(left_out[0], "fifo.json: is a pipe, not a regular file");
  EXPECT_TRUE(left_out[1].starts_with("half.json: line 1, column "));
  EXPECT_TRUE(left_out[2].starts_with("loop.json: cannot be read"));
  EXPECT_TRUE(left_out[3].starts_with("missing.json: cannot be read"));
  EXPECT_EQ(left_out[4], "zero.json: is a device, not a regular file");
}

// Catches figures of the index that are not those of the report.
TEST_F(IndexTest, KeepsTheFiguresOfTheSummary) {
  Report report = testing::sample_report();
  report.cells = {testing::latency_row(testing::make_cell("pipe", 64), 0, 1000),
                  testing::latency_row(testing::make_cell("pipe", 64), 1, 1000)};
  const IndexedReport indexed_report = indexed(report, "d", "f");
  ASSERT_EQ(indexed_report.results.size(), 1U);
  const IndexedResult& result = indexed_report.results[0];
  EXPECT_EQ(result.launches, 2U);
  EXPECT_DOUBLE_EQ(result.log_mean, std::log(result.time_ns));
  EXPECT_DOUBLE_EQ(result.log_sd, 0);
  report.cells = {testing::latency_row(testing::make_cell("pipe", 64), 0, 1024),
                  testing::latency_row(testing::make_cell("pipe", 64), 1, 2048)};
  const IndexedResult apart = indexed(report, "d", "f").results.at(0);
  EXPECT_NEAR(apart.p10_ns, 1024, 8);  // within a bucket of the histogram
  EXPECT_EQ(apart.p99_ns, 2048);
}

}  // namespace
}  // namespace ipcbench
