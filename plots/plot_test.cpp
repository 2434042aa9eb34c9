#include "plots/plot.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "harness/base/cell.hpp"
#include "harness/base/error.hpp"
#include "plots/chart_data.hpp"
#include "plots/testing/charts_sample.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

std::string contents(const fs::path& file) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }

// Each test has a folder of its own with stand-ins for the assets. The real assets have tests beside their
// sources.
class Plot : public ::testing::Test {
 protected:
  Plot() {
    fs::create_directories(options_.assets);
    write(options_.assets / "page.html", "<script id=\"data\">/*DATA*/</script>");
    write(options_.assets / "render.mjs", "");
  }
  ~Plot() override { fs::remove_all(root_); }

  // Stands in for node: a shell script whose arguments are the renderer, the folder, the chart and the state.
  void node_is(const std::string& script) { options_.node = program("node", script); }
  // Stands in for rsvg-convert, which reads SVG and prints PNG.
  void rsvg_convert_is(const std::string& script) { options_.rsvg_convert = program("rsvg-convert", script); }

  std::string program(const std::string& name, const std::string& script) {
    const fs::path file = root_ / name;
    write(file, "#!/bin/sh\n" + script);
    fs::permissions(file, fs::perms::owner_all);
    return file.string();
  }

  fs::path root_ = fs::path(::testing::TempDir()) / ("plot_test." + std::to_string(::getpid()));
  PlotOptions options_{
      .out_dir = root_ / "out", .html = true, .svg = false, .png = false, .assets = root_ / "assets"};
  std::vector<NamedReport> hostile_{{"hostile", testing::hostile_sample()}};
};

// Catches data that ends its script element early: the page would execute text from a host name.
TEST_F(Plot, PageHoldsTheDataEscaped) {
  const PlotResult result = plot(hostile_, options_);
  ASSERT_THAT(result.written, ElementsAre(options_.out_dir / "hostile.html"));
  EXPECT_THAT(result.lacking, IsEmpty());
  const std::string page = contents(result.written.front());
  const std::string open = "<script id=\"data\">";
  ASSERT_EQ(page.find(open), 0U);
  EXPECT_EQ(page.find('<', 1), page.size() - std::string("</script>").size());
  const auto data = nlohmann::json::parse(page.substr(open.size(), page.rfind("</script>") - open.size()));
  EXPECT_EQ(data["reports"][0]["host"], hostile_.front().report.context.host_name);
}

// Catches missing assets that are silently skipped.
TEST_F(Plot, MissingAssetsAreReportedWithTheRemedy) {
  fs::remove_all(options_.assets);
  options_.svg = true;
  const PlotResult result = plot(hostile_, options_);
  EXPECT_THAT(result.written, IsEmpty());
  EXPECT_THAT(result.lacking, ElementsAre(AllOf(HasSubstr("page.html is missing"), HasSubstr("esbuild")),
                                          AllOf(HasSubstr("render.mjs is missing"), HasSubstr("esbuild"))));
}

TEST_F(Plot, WithoutNodeThePageIsStillWritten) {
  options_.svg = options_.png = true;
  options_.node = "no-such-node";
  const PlotResult result = plot(hostile_, options_);
  EXPECT_THAT(result.written, ElementsAre(options_.out_dir / "hostile.html"));
  EXPECT_THAT(result.lacking,
              ElementsAre(AllOf(HasSubstr("no-such-node"), HasSubstr("apt-get install nodejs"))));
}

TEST_F(Plot, WithoutRsvgConvertTheSvgIsStillWritten) {
  options_.html = false;
  options_.svg = options_.png = true;
  node_is("echo '<svg/>' > \"$2/a.svg\"");
  options_.rsvg_convert = "no-such-converter";
  const PlotResult result = plot(hostile_, options_);
  EXPECT_THAT(result.written, ElementsAre(options_.out_dir / "a.svg"));
  EXPECT_THAT(result.lacking, ElementsAre(AllOf(HasSubstr("No PNG"), HasSubstr("no-such-converter"),
                                                HasSubstr("librsvg2-bin"))));
}

// Catches arguments in the wrong order, data that does not arrive, a picture that is lost, and a PNG that is
// not made of its SVG, or not sharp.
TEST_F(Plot, PicturesAreDrawnByTheRendererAndConverted) {
  node_is(R"(echo "$(basename "$1") $# $3 $4" > "$2/arguments.svg"; cat > "$2/data.svg")");
  rsvg_convert_is("echo \"$*\"; cat");
  options_.html = false;
  options_.svg = options_.png = true;
  const PlotResult result = plot(hostile_, options_);
  const fs::path out = options_.out_dir;
  EXPECT_THAT(result.written,
              ElementsAre(out / "arguments.svg", out / "data.svg", out / "arguments.png", out / "data.png"));
  EXPECT_EQ(contents(out / "arguments.svg"), "render.mjs 2  \n");
  EXPECT_EQ(contents(out / "data.svg"), chart_data_json(hostile_));
  EXPECT_EQ(contents(out / "arguments.png"), "--zoom=2\nrender.mjs 2  \n");
}

// Catches SVG files that nobody asked for, and pictures that only their owner may read.
TEST_F(Plot, PngAloneLeavesNoSvg) {
  node_is("echo '<svg/>' > \"$2/a.svg\"");
  rsvg_convert_is("cat");
  options_.html = false;
  options_.png = true;
  EXPECT_THAT(plot(hostile_, options_).written, ElementsAre(options_.out_dir / "a.png"));
  EXPECT_FALSE(fs::exists(options_.out_dir / "a.svg"));
  EXPECT_EQ(fs::status(options_.out_dir / "a.png").permissions(),
            fs::status(root_ / "assets/page.html").permissions());
}

TEST_F(Plot, OneChartIsAskedForByNameAndState) {
  node_is(R"(folder=$2; shift 2; for word; do echo "[$word]"; done > "$folder/a.svg")");
  options_.html = false;
  options_.svg = true;
  options_.chart = "ranking";
  options_.state = "size=64&cpus=llc";
  plot(hostile_, options_);
  EXPECT_EQ(contents(options_.out_dir / "a.svg"), "[--chart]\n[ranking]\n[--state]\n[size=64&cpus=llc]\n");
}

// Catches a misspelt chart that looks like a defect of the program, and one whose alternatives are not told.
TEST_F(Plot, AnUnknownChartIsAMistakeOfTheUser) {
  node_is("echo \"no chart 'rankin'; did you mean 'ranking'?\" >&2; exit 2");
  options_.svg = true;
  options_.chart = "rankin";
  try {
    plot(hostile_, options_);
    FAIL() << "no error";
  } catch (const UsageError& error) {
    EXPECT_STREQ(error.what(), "no chart 'rankin'; did you mean 'ranking'?");
  }
}

// Catches a renderer's failure that is reported as success, or without its message.
TEST_F(Plot, AFailingRendererIsAnErrorWithItsMessage) {
  node_is("echo 'No space left on device' >&2; exit 3");
  options_.svg = true;
  try {
    plot(hostile_, options_);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("exited with 3"), HasSubstr("No space left on device")));
  }
}

// Catches an empty or partial PNG beside a failure.
TEST_F(Plot, AFailingConverterIsAnErrorWithItsMessage) {
  node_is("echo '<svg/>' > \"$2/a.svg\"");
  rsvg_convert_is("cat >/dev/null; printf half; echo 'no memory' >&2; exit 1");
  options_.html = false;
  options_.png = true;
  try {
    plot(hostile_, options_);
    FAIL() << "no error";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                AllOf(HasSubstr("rsvg-convert"), HasSubstr("exited with 1"), HasSubstr("no memory")));
  }
  EXPECT_TRUE(fs::is_empty(options_.out_dir));
}

// The names of files that the renderer chose are used as they are, whatever is in them.
TEST_F(Plot, NamesOfPicturesMayHoldAnything) {
  node_is(R"(echo '<svg/>' > "$2/-o x
y; rm.svg")");
  rsvg_convert_is("cat");
  options_.html = false;
  options_.png = true;
  EXPECT_THAT(plot(hostile_, options_).written, ElementsAre(options_.out_dir / "-o x\ny; rm.png"));
}

// Catches a partial page left on a full disk.
TEST_F(Plot, AFullDiskIsAnErrorAndLeavesNothing) {
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit ten_bytes{10, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &ten_bytes);
  EXPECT_THROW(plot(hostile_, options_), FileError);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_TRUE(fs::is_empty(options_.out_dir));
}

// Catches a predictable temporary name: a link planted there would have its target overwritten.
TEST_F(Plot, FollowsNoLinkInPlaceOfItsTemporaryFile) {
  fs::create_directories(options_.out_dir);
  std::ofstream(root_ / "precious") << "precious";
  fs::create_symlink(root_ / "precious", options_.out_dir / "hostile.html.partial");
  plot(hostile_, options_);
  EXPECT_EQ(contents(root_ / "precious"), "precious");
}

TEST_F(Plot, SeveralReportsShareOnePage) {
  const std::vector<NamedReport> both{hostile_.front(), {"other", testing::hostile_sample()}};
  EXPECT_THAT(plot(both, options_).written, ElementsAre(options_.out_dir / "reports.html"));
}

// Catches files outside the folder, and one report's charts that overwrite another's.
TEST_F(Plot, UnusableStemsAreRefused) {
  EXPECT_THROW(plot({}, options_), UsageError);
  EXPECT_THROW(plot({{"", hostile_.front().report}}, options_), UsageError);
  EXPECT_THROW(plot({{"../x", hostile_.front().report}}, options_), UsageError);
  EXPECT_THROW(plot({hostile_.front(), hostile_.front()}, options_), UsageError);
}

TEST_F(Plot, AssetsLieBesideTheProgramOrAboveIt) {
  fs::create_directories(root_ / "build/share/ipcbench");
  EXPECT_EQ(assets_of(root_ / "build/ipcbench"), root_ / "build/share/ipcbench");
  EXPECT_EQ(assets_of("/usr/bin/ipcbench"), "/usr/share/ipcbench");
}

TEST(FillPage, RefusesATemplateWithoutAPlaceholder) {
  EXPECT_THROW(fill_page("<html></html>", "{}"), FileError);
}

}  // namespace
}  // namespace ipcbench
