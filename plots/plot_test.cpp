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

// Catches mixed-up fields: all numbers below differ.
TEST(ChartData, ACellHasItsAxesAndNumbers) {
  Report report = testing::hostile_sample();
  Row row;
  row.cell = {.mechanism = "pipe",
              .pattern = Pattern::throughput,
              .size_bytes = 4097,
              .wait = Wait::poll,
              .peers = Peers::exec,
              .cpus = Cpus::llc,
              .payload = Payload::scan,
              .load = {},
              .fan = 1,
              .parameters = {{"pipe_bytes", 4096}, {"depth", 2}}};
  row.measurement = {};
  row.measurement.messages = 1000;
  row.measurement.lost_messages = 250;
  row.measurement.elapsed_ns = 2'000'000;  // 2 us a message: 500000 messages, 2048500000 bytes a second
  row.measurement.producer.cpu_ns = 700'000;
  row.measurement.consumer.cpu_ns = 900'000;
  report.cells = {row};
  const auto data = nlohmann::json::parse(chart_data_json({{"r", report}}));
  const auto& cell = data["reports"][0]["cells"][0];
  EXPECT_EQ(cell["mechanism"], "pipe");
  EXPECT_EQ(cell["pattern"], "throughput");
  EXPECT_EQ(cell["size_bytes"], 4097);
  EXPECT_EQ(cell["wait"], "poll");
  EXPECT_EQ(cell["peers"], "exec");
  EXPECT_EQ(cell["cpus"], "llc");
  EXPECT_EQ(cell["payload"], "scan");
  EXPECT_EQ(cell["parameters"], "depth=2, pipe_bytes=4096");
  EXPECT_EQ(cell["launches"], 1);
  EXPECT_EQ(cell["time_ns"][0], 2000.0);
  EXPECT_EQ(cell["messages_per_second"][0], 500'000.0);
  EXPECT_EQ(cell["bytes_per_second"][0], 2'048'500'000.0);
  EXPECT_TRUE(cell["p99_ns"].is_null());
  EXPECT_EQ(cell["producer_cpu_ns"], 700.0);
  EXPECT_GT(cell["cpus_busy"], 0.0);
  EXPECT_EQ(cell["consumer_cpu_ns"], 900.0);
  EXPECT_EQ(cell["lost_share"], 0.2);
}

// Catches a load, a fan or a clock check that is missing in the charts, or that other patterns have too.
TEST(ChartData, ACellHasTheFieldsOfItsPattern) {
  const Cell pipe = testing::make_cell("pipe");
  Report report = testing::hostile_sample();
  Row by_rate = testing::paced_row(pipe, 0, 3008);
  by_rate.cell.load = {.per_second = 5000};
  by_rate.measurement.schedule->unsent_messages = 250;
  report.cells = {testing::oneway_row(pipe, 0, 3008), testing::paced_row(pipe, 0, 3008), by_rate,
                  testing::fan_row(pipe, Pattern::fanin, 4, 0, 400)};
  const auto cells = nlohmann::json::parse(chart_data_json({{"r", report}}))["reports"][0]["cells"];
  EXPECT_EQ(cells[0]["clock_bound_ns"], 125.0);
  EXPECT_EQ(cells[0]["clocks_agree"], true);
  EXPECT_FALSE(cells[0].contains("rate"));
  EXPECT_TRUE(cells[0]["unsent_share"].is_null());
  EXPECT_TRUE(cells[0]["sent_p50_ns"].is_null());
  EXPECT_EQ(cells[1]["rate"], "50%");
  EXPECT_EQ(cells[1]["arrivals"], "poisson");
  EXPECT_EQ(cells[1]["offered_per_second"], 125'000.5);
  EXPECT_NEAR(cells[1]["sent_p50_ns"].get<double>(), 1504, 12);  // within a bucket
  EXPECT_EQ(cells[1]["lag_p50_ns"], 20.0);
  EXPECT_EQ(cells[1]["lag_p99_ns"], 30.0);
  EXPECT_FALSE(cells[1].contains("fan"));
  EXPECT_EQ(cells[2]["rate"], "5000");
  EXPECT_EQ(cells[2]["arrivals"], "constant");
  EXPECT_EQ(cells[2]["unsent_share"], 0.25);
  EXPECT_EQ(cells[3]["fan"], "4");
  EXPECT_TRUE(cells[3]["clock_bound_ns"].is_null());
}

// 1000 round trips. Catches the other end's costs, and 0 for what was not counted.
TEST(ChartData, ACellSaysWhatAMessageCosts) {
  Report report = testing::hostile_sample();
  Row row = testing::latency_row(testing::make_cell("pipe"), 0, 3008);
  row.measurement.producer.run_delay_ns = 250'000;
  row.measurement.consumer.voluntary_switches = 1500;
  report.cells = {row};
  report.counts.reset();
  const auto cell = [&] {
    return nlohmann::json::parse(chart_data_json({{"r", report}}))["reports"][0]["cells"][0];
  };
  EXPECT_EQ(cell()["producer_run_delay_ns"], 250.0);
  EXPECT_TRUE(cell()["consumer_run_delay_ns"].is_null());
  EXPECT_EQ(cell()["producer_switches"], 0.0);
  EXPECT_EQ(cell()["consumer_switches"], 1.5);
  EXPECT_TRUE(cell()["producer_system_calls"].is_null());
  report.counts = testing::sample_counts();
  EXPECT_EQ(cell()["producer_system_calls"], 2.0);
  EXPECT_EQ(cell()["consumer_system_calls"], 2.5);
}

// Three launches of 3008 and three of 6016 ns, each 1504 from the median of 4512. One of them stepped from
// 120 to 100 ns a message. Catches quality figures that are missing in the page.
TEST(ChartData, ACellSaysHowFarItCanBeTrusted) {
  Report report = testing::hostile_sample();
  report.cells = {};
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    const std::uint64_t ns = launch % 2 == 0 ? 3008 : 6016;
    report.cells.add(testing::latency_row(testing::make_cell("pipe"), launch, ns));
  }
  testing::measurement_at(report.cells, 0).windows.assign(32, {10, 1000});
  std::fill_n(testing::measurement_at(report.cells, 0).windows.begin(), 16, Window{10, 1200});
  testing::measurement_at(report.cells, 1).line = {.before_ns = 110, .after_ns = 485};
  testing::measurement_at(report.cells, 1).disturbance = "its CPUs were moved";
  report.cells.add(testing::throughput_row(testing::make_cell("pipe"), 0, 3008));
  const auto cells = nlohmann::json::parse(chart_data_json({{"r", report}}))["reports"][0]["cells"];
  EXPECT_DOUBLE_EQ(cells[0]["spread_between"].get<double>(), 1.4826 / 3);
  EXPECT_EQ(cells[0]["spread_within"], 0.0);
  EXPECT_EQ(cells[0]["not_steady"], 1);
  EXPECT_EQ(cells[0]["bimodal"], true);
  EXPECT_EQ(cells[0]["disturbed"], 1);
  EXPECT_EQ(cells[0]["line_rtt_low_ns"], 110.0);
  EXPECT_EQ(cells[0]["line_rtt_high_ns"], 485.0);
  EXPECT_EQ(cells[0]["mixed_distances"], true);
  EXPECT_EQ(cells[0]["messages"], 6000);
  EXPECT_EQ(cells[0]["p99_high_ns"], 6016.0);
  EXPECT_TRUE(cells[1]["line_rtt_low_ns"].is_null());
  EXPECT_TRUE(cells[1]["spread_between"].is_null());
  EXPECT_TRUE(cells[1]["spread_within"].is_null());
  EXPECT_EQ(cells[1]["not_steady"], 0);
  EXPECT_EQ(cells[1]["bimodal"], false);
}

std::vector<std::pair<std::string, std::string>> values_of(const nlohmann::json& axis) {
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& each : axis["values"]) values.emplace_back(each["value"], each["label"]);
  return values;
}

const nlohmann::json& axis_of(const nlohmann::json& axes, std::string_view field) {
  return *std::ranges::find(axes, field, [](const auto& axis) { return axis["field"]; });
}

// Catches an axis without a chooser: every axis has one, except mechanism, pattern and size.
TEST(ChartData, EveryAxisOfAPatternIsDescribed) {
  Report report = testing::hostile_sample();
  report.cells = {testing::paced_row(testing::make_cell("pipe"), 0, 3008)};
  const auto axes = nlohmann::json::parse(chart_data_json({{"r", report}}))["reports"][0]["axes"];
  ASSERT_EQ(axes.size(), 1U);
  std::vector<std::string> fields;
  for (const auto& axis : axes["paced"]) fields.push_back(axis["field"]);
  std::vector<std::string> expected;
  for (const CellAxis* axis : named_axes()) {
    if (axis->applies == nullptr || axis->applies(Pattern::paced)) expected.emplace_back(axis->name);
  }
  std::erase_if(expected,
                [](const auto& name) { return name == "mechanism" || name == "pattern" || name == "size"; });
  expected.emplace_back("parameters");
  EXPECT_EQ(fields, expected);
  EXPECT_EQ(axis_of(axes["paced"], "wait")["label"], "Waiting");
  EXPECT_EQ(axis_of(axes["paced"], "wait")["always"], true);
  EXPECT_EQ(axis_of(axes["paced"], "payload")["always"], false);
  EXPECT_EQ(axis_of(axes["paced"], "rate")["always"], false);
  EXPECT_EQ(axis_of(axes["paced"], "arrivals")["usual"], "poisson");
}

// Catches values in the order of the file or sorted as text (1000 before 200), and a fan label without its
// sides.
TEST(ChartData, ValuesHaveTheirOrderAndLabels) {
  Cell pipe = testing::make_cell("pipe");
  Row by_rate = testing::paced_row(pipe, 0, 3008);
  by_rate.cell.load = {.per_second = 5000};
  Report report = testing::hostile_sample();
  report.cells = {
      by_rate, testing::paced_row(pipe, 0, 3008), testing::fan_row(pipe, Pattern::fanin, 16, 0, 400),
      testing::fan_row(pipe, Pattern::fanin, 2, 0, 400), testing::fan_row(pipe, Pattern::fanout, 1, 0, 400)};
  for (const Wait wait : {Wait::spin, Wait::block}) {
    pipe.wait = wait;
    pipe.parameters = {{"pipe_bytes", 4096}};
    report.cells.add(testing::latency_row(pipe, 0, 3008));
  }
  pipe.parameters.clear();
  report.cells.add(testing::latency_row(pipe, 0, 3008));
  const auto axes = nlohmann::json::parse(chart_data_json({{"r", report}}))["reports"][0]["axes"];
  EXPECT_THAT(values_of(axis_of(axes["latency"], "wait")),
              ElementsAre(Pair("block", "block (sleep in the kernel)"), Pair("spin", "spin (busy)")));
  EXPECT_THAT(values_of(axis_of(axes["latency"], "parameters")),
              ElementsAre(Pair("", "defaults"), Pair("pipe_bytes=4096", "pipe_bytes=4096")));
  EXPECT_THAT(values_of(axis_of(axes["paced"], "rate")),
              ElementsAre(Pair("50%", "50 % of capacity"), Pair("5000", "5.00 k msg/s")));
  EXPECT_THAT(
      values_of(axis_of(axes["fanin"], "fan")),
      ElementsAre(Pair("2", "2 producers to one consumer"), Pair("16", "16 producers to one consumer")));
  EXPECT_THAT(values_of(axis_of(axes["fanout"], "fan")),
              ElementsAre(Pair("1", "one producer to one consumer")));
}

// Catches mechanisms without a kind, and floors before the other mechanisms.
TEST(ChartData, MechanismsComeByKindAndName) {
  Report report = testing::hostile_sample();
  report.mechanisms = {{.name = "none", .kind = MechanismKind::floor, .carries_bytes = false, .made_of = ""},
                       {.name = "b", .kind = MechanismKind::pipe, .made_of = "two pipes"},
                       {.name = "a", .kind = MechanismKind::pipe, .made_of = ""}};
  const auto mechanisms = nlohmann::json::parse(chart_data_json({{"r", report}}))["reports"][0]["mechanisms"];
  ASSERT_EQ(mechanisms.size(), 3U);
  EXPECT_EQ(mechanisms[0]["name"], "a");
  const nlohmann::json expected{
      {"name", "b"}, {"kind", "Pipes"}, {"floor", false}, {"carries_bytes", true}, {"made_of", "two pipes"}};
  EXPECT_EQ(mechanisms[1], expected);
  EXPECT_EQ(mechanisms[2]["floor"], true);
}

TEST(ChartData, ASessionHasItsSurroundings) {
  const auto data = nlohmann::json::parse(chart_data_json({{"run", testing::charts_sample()}}));
  const auto& report = data["reports"][0];
  EXPECT_EQ(report["name"], "run");
  EXPECT_EQ(report["kernel"], "Linux 6.18.0");
  EXPECT_EQ(report["cpu"], "Sample CPU at 3 GHz");
  EXPECT_EQ(report["note"], "the time ran out after 3 of 5 launches per cell");
  EXPECT_EQ(report["doubts"][2]["level"], "invalid");
  EXPECT_EQ(report["skipped"].size(), 1U);
  EXPECT_EQ(report["failed"][0]["reason"], "consumer killed by signal 9");
}

}  // namespace
}  // namespace ipcbench
