#include "plots/site/site.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "harness/base/error.hpp"
#include "harness/testing/temporary_folder.hpp"
#include "plots/site/machines.hpp"
#include "plots/site/site_data.hpp"
#include "results/report/compression.hpp"
#include "results/report/digest.hpp"
#include "results/report/report_json.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

IndexedSession site_session(const std::string& digest, const std::string& host, const std::string& series,
                            const std::string& started, bool complete = true) {
  IndexedSession session;
  session.digest = digest;
  IndexedHost machine;
  machine.key = "id-" + host;
  machine.name = host;
  session.host = std::make_shared<const IndexedHost>(std::move(machine));
  session.kernel_series = series;
  session.started_utc = started;
  session.file = "reports/" + digest + ".json";
  session.complete = complete;
  return session;
}

// Catches kernels of two series in one entry, an older report, and an incomplete one in place of a whole.
TEST(SiteMachines, AreTheNewestWholeReportsOfEachKernelSeries) {
  const std::vector<SiteMachine> machines = machines_of(
      {site_session("a", "one", "6.1", "2026-01-01"), site_session("b", "one", "6.1", "2026-01-02"),
       site_session("c", "one", "6.1", "2026-01-03", false),
       site_session("d", "one", "6.18", "2026-01-04", false),
       site_session("e", "another", "6.1", "2026-01-05")});
  ASSERT_EQ(machines.size(), 3U);
  EXPECT_EQ(machines[0].newest.digest, "e");
  EXPECT_EQ(machines[1].newest.digest, "b");
  EXPECT_EQ(machines[1].sessions, 3U);
  EXPECT_EQ(machines[1].first_started, "2026-01-01");
  EXPECT_EQ(machines[2].newest.digest, "d");
}

// Catches a key that leaves the folder, or that loses its white space.
TEST(SiteMachines, HaveNamesOfPlainDigits) {
  EXPECT_EQ(machine_name("../../etc").find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(machine_name("../../etc").size(), 16U);
  EXPECT_NE(machine_name("a b"), machine_name("ab"));
}

// Catches text that becomes a script, ends the element, or changes the prototype of the page's objects.
TEST(SiteData, HandsTextOverAsText) {
  EXPECT_EQ(data_script("ab12", R"({"a": "</script>\n"})"),
            R"((globalThis.ipcbench ||= {})["ab12"]="{\"a\": \"\u003c/script>\\n\"}";)"
            "\n");
}

TEST(SiteData, AddressesAreRelativeAndPlain) {
  EXPECT_EQ(relative_address("/a/site/../b c/x#1?.json", "/a/site"), "./../b%20c/x%231%3F.json");
  EXPECT_EQ(relative_address("/a/javascript:alert(1)/x.json", "/a"), "./javascript%3Aalert%281%29/x.json");
}

class SiteTest : public ::testing::Test {
 protected:
  SiteTest() {
    fs::create_directories(folder_ / "share/site");
    for (const char* asset : {"page.js", "site.js", "page.css", "index.html", "compare.html", "trends.html"})
      write("share/site/" + std::string(asset), "asset");
    write("share/site/machine.html", "page of /*NAME*//*NAME*/");
  }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream stream(folder_ / name);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  [[nodiscard]] SiteOptions options() {
    return {.out = folder_ / "site",
            .assets = folder_ / "share",
            .built_with = program_,
            .read = [this](const fs::path& file) {
              ++read_;
              if (file.stem() == "gone") throw ReportError("reports/gone.json: cannot be read");
              return std::pair(NamedReport{"r", testing::sample_report()}, file.stem().string());
            }};
  }

  testing::TemporaryFolder folder_;
  std::string program_ = "one";
  std::atomic<int> read_ = 0;
};

// Catches pages that are made again although nothing changed, and those of a program that writes others.
TEST_F(SiteTest, KeepsThePagesThatItHas) {
  const SiteContent content{{site_session("a", "one", "6.1", "2026-01-01")}, {}};
  EXPECT_EQ(write_site(content, options()).built, 1U);
  EXPECT_EQ(text("site/machines/a.html"), "page of aa");
  const SiteResult again = write_site(content, options());
  EXPECT_EQ(again.built, 0U);
  EXPECT_EQ(again.pages, 1U);
  EXPECT_EQ(read_, 1);
  program_ = "two";
  EXPECT_EQ(write_site(content, options()).built, 1U);
}

// Catches pages of reports that were replaced by newer ones.
TEST_F(SiteTest, RemovesWhatNothingShows) {
  SiteContent content{{site_session("a", "one", "6.1", "2026-01-01")}, {}};
  write_site(content, options());
  content.sessions.push_back(site_session("b", "one", "6.1", "2026-01-02"));
  write_site(content, options());
  EXPECT_FALSE(fs::exists(folder_ / "site/machines/a.html"));
  EXPECT_FALSE(fs::exists(folder_ / "site/data/a.js"));
  EXPECT_TRUE(fs::exists(folder_ / "site/data/b.js"));
}

// One report that is gone stops no other, and its machine is listed without a page.
TEST_F(SiteTest, NamesReportsThatAreGone) {
  const SiteResult result = write_site(
      {{site_session("a", "one", "6.1", "2026-01-01"), site_session("gone", "two", "6.1", "2026-01-01")}, {}},
      options());
  EXPECT_EQ(result.machines, 2U);
  EXPECT_EQ(result.pages, 1U);
  ASSERT_EQ(result.left_out.size(), 1U);
  EXPECT_EQ(result.left_out[0].file, "reports/gone.json");
  EXPECT_NE(text("site/assets/machines.js").find("\\\"page\\\":\\\"\\\""), std::string::npos);
}

// Catches a report that was replaced under its name: the figures would not be those of the index.
TEST_F(SiteTest, RefusesAReportThatChanged) {
  SiteContent content{{site_session("a", "one", "6.1", "2026-01-01")}, {}};
  content.sessions[0].file = "reports/b.json";
  const SiteResult result = write_site(content, options());
  ASSERT_EQ(result.left_out.size(), 1U);
  EXPECT_EQ(result.left_out[0].reason, "has changed since it was indexed; index it again");
}

// Catches links that lead out of a site which is published, copies under another compression's name, and
// another report under the digest of one that was there.
TEST_F(SiteTest, BringsItsReportsAlong) {
  const std::string as_stored = compressed("{}", Compression::gzip);
  write("a.json.gz", as_stored);
  write("b.json", R"({"anew": 1})");
  SiteContent content{{site_session(file_digest(folder_ / "a.json.gz"), "one", "6.1", "2026-01-01"),
                       site_session("changed", "two", "6.1", "2026-01-01"),
                       site_session("gone", "three", "6.1", "2026-01-01")},
                      {}};
  content.sessions[0].file = folder_ / "a.json.gz";
  content.sessions[1].file = folder_ / "b.json";
  SiteOptions with = options();
  with.with_reports = true;
  write_site(content, with);
  const std::string copy = "reports/" + content.sessions[0].digest + ".json.gz";
  EXPECT_EQ(text("site/" + copy), as_stored);
  const std::string list = text("site/assets/machines.js");
  EXPECT_NE(list.find("./" + copy), std::string::npos);
  EXPECT_EQ(list.find("changed.json"), std::string::npos);
  EXPECT_EQ(list.find("gone.json"), std::string::npos);
}

TEST_F(SiteTest, LeavesOtherFoldersAlone) {
  fs::create_directories(folder_ / "site");
  write("site/thesis.txt", "mine");
  EXPECT_THROW(write_site({{site_session("a", "one", "6.1", "2026-01-01")}, {}}, options()), UsageError);
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_ / "site"), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace ipcbench
