#include "results/summary/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "harness/base/text_layout.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using testing::latency_row;
using testing::make_cell;
using ::testing::Not;
using testing::throughput_row;

Cell spinning(Cell cell) {
  cell.wait = Wait::spin;
  return cell;
}

void add_latency(Report& report, const Cell& cell, std::vector<std::uint64_t> round_trips_ns) {
  for (std::uint32_t i = 0; i < round_trips_ns.size(); ++i) {
    report.cells.add(latency_row(cell, i, round_trips_ns[i]));
  }
}

void add_throughput(Report& report, const Cell& cell, std::vector<std::uint64_t> ns_per_message) {
  for (std::uint32_t i = 0; i < ns_per_message.size(); ++i) {
    report.cells.add(throughput_row(cell, i, ns_per_message[i]));
  }
}

void add(Report& report, Row row, std::uint32_t launches = 3) {
  for (row.launch = 0; row.launch < launches; ++row.launch) report.cells.add(row);
}

Row unsent(Row row, std::uint64_t messages) {
  row.measurement.schedule->unsent_messages = messages;
  return row;
}

Row lagging(Row row, std::uint64_t p99_ns) {
  row.measurement.schedule->lag_p99_ns = p99_ns;
  return row;
}

// 16 windows of 100 ns a message, then 16 of 110: a step of 10 %.
Row drifting(Row row) {
  row.measurement.windows.assign(32, {10, 1000});
  std::fill_n(row.measurement.windows.begin() + 16, 16, Window{10, 1100});
  return row;
}

Row within(Row row, ClockOffset offset) {
  row.measurement.clock_offset = offset;
  return row;
}

// A cell with two modes 6 % apart, one with two of six launches drifting, and one with two of seven.
void add_unsteady(Report& report) {
  add_latency(report, make_cell("fifo", 4096), {3008, 3200, 3008, 3200, 3008, 3200});
  for (const auto& [mechanism, launches] : {std::pair("pipe", 6U), std::pair("posix_queue", 7U)}) {
    Row row = latency_row(make_cell(mechanism, 4096), 0, 3008);
    add(report, drifting(row), 2);
    for (row.launch = 2; row.launch < launches; ++row.launch) report.cells.add(row);
  }
}

// A cell that was measured at two distances, and one that stayed disturbed.
void add_disturbed(Report& report) {
  for (const auto& [mechanism, after_ns] : {std::pair("futex_ring", 120.0), std::pair("memfd_ring", 480.0)}) {
    Row row = latency_row(spinning(make_cell(mechanism, 64)), 0, 3008);
    row.cell.cpus = Cpus::llc;
    row.measurement.line = {.before_ns = 110.5, .after_ns = after_ns};
    if (after_ns < 200) row.measurement.disturbance = "consumer waited 1.0 of 20.0 ms for its CPU";
    add(report, row);
  }
  report.session.repeated_launches = 4;
}

// Every other pattern, tokens, and every mark.
void add_other_patterns(Report& report) {
  const Cell pipe = make_cell("pipe", 64);
  const Cell fifo = make_cell("fifo", 64);
  const Cell token = make_cell("eventfd", 0);
  add(report, testing::oneway_row(pipe, 0, 1504));
  add(report, testing::oneway_row(fifo, 0, 1000));
  add(report, within(testing::oneway_row(token, 0, 1408), {.low_ns = 5, .high_ns = 9}));
  add(report, testing::paced_row(pipe, 0, 6016));
  add(report, unsent(lagging(testing::paced_row(fifo, 0, 6016), 700), 10));
  add(report, unsent(lagging(testing::paced_row(token, 0, 6016), 5000), 11), 1);
  Row other_load = testing::paced_row(pipe, 0, 7040);
  other_load.cell.load = {.per_second = 5000};
  add(report, other_load);
  add(report, testing::mixed_row(pipe, 0, 1024));
  Row other_mix = testing::mixed_row(fifo, 0, 2048);
  other_mix.cell.load = load_of(parse_mix("64@1000+16@9000"), Arrivals::poisson);
  add(report, other_mix);
  add(report, testing::fan_row(pipe, Pattern::fanin, 4, 0, 40));
  add(report, testing::fan_row(token, Pattern::fanin, 4, 0, 800));
  add(report, testing::fan_row(make_cell("null", 0), Pattern::fanin, 4, 0, 8));
  add(report, testing::fan_row(pipe, Pattern::fanout, 1, 0, 40));
  add(report, testing::fan_row(pipe, Pattern::fanout, 4, 0, 50));
}

// Slower cells before faster ones, floors first; an uncertain median, a lossy mechanism, and a size that one
// mechanism cannot carry.
Report ranked_report() {
  Report report = testing::sample_report();
  report.cells = {};
  report.session.planned_launches = 3;
  report.session.complete = true;
  add_latency(report, make_cell("null", 64), {56, 55, 57});
  add_latency(report, make_cell("fifo", 64), {3200, 3100, 3300});
  add_latency(report, make_cell("fifo", 65536), {40'000, 41'000, 42'000});
  add_latency(report, make_cell("posix_queue", 64), {2900, 3000, 5000});
  add_latency(report, make_cell("pipe", 64), {2400, 2500, 2600});
  add_latency(report, make_cell("pipe", 65536), {30'000, 31'000, 32'000});
  add_latency(report, spinning(make_cell("memfd_ring", 64)), {600, 610, 620});
  add_throughput(report, make_cell("pipe", 65536), {20'000, 21'000, 22'000});
  add_throughput(report, make_cell("memcpy", 65536), {3000, 3000, 3000});
  add_throughput(report, make_cell("udp", 4096), {900, 910, 920});
  testing::last_measurement(report.cells).lost_messages = 30;
  add_unsteady(report);
  add_other_patterns(report);
  add_disturbed(report);
  report.session.precision = {.target = 0.1, .most_launches = 12, .cells_extended = 2, .cells_imprecise = 2};
  report.doubts.push_back(report.doubts.front());
  report.skipped = {
      {"udp/latency/size:65536/wait:block/peers:fork/cpus:same", "a datagram holds 65507 bytes"},
      {"vsock/latency/size:64/wait:block/peers:fork/cpus:same", "no vsock loopback in this kernel"},
      {"udp/latency/size:1048576/wait:block/peers:fork/cpus:same", "a datagram holds 65507 bytes"}};
  return report;
}

std::string gold() {
  std::ifstream file(IPCBENCH_RESULTS_DIR "/testing/summary_table.gold.txt");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::size_t widest_line(const std::string& text) {
  std::size_t widest = 0;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, line.size());
  return widest;
}

// The whole text, reviewed by a person: any change to it has to be made on purpose.
TEST(SummaryTable, IsTheGoldFile) { EXPECT_EQ(summary_table(ranked_report()), gold()); }

TEST(SummaryTable, FitsTheTerminal) { EXPECT_LE(widest_line(summary_table(ranked_report())), kTextColumns); }

TEST(SummaryTable, RanksTheFastestFirstAndFloorsApart) {
  EXPECT_THAT(summary_table(ranked_report()), ContainsRegex("\npipe [^\n]*\nposix_queue [^\n]*\nfifo [^\n]*\n"
                                                            "floor: null "));
}

// A spinning ring must not be listed with blocking pipes.
TEST(SummaryTable, NeverMixesWaysOfWaiting) {
  EXPECT_THAT(summary_table(ranked_report()),
              ContainsRegex("wait:spin peers:fork cpus:same\nmechanism [^\n]*\nmemfd_ring [^\n]*\n\n"));
}

TEST(SummaryTable, NeverMixesLoadsOrFans) {
  const std::string text = summary_table(ranked_report());
  for (const char* heading :
       {"Median time there (one way)  wait:block",
        "Time from the intended send time, 50 % of capacity, Poisson arrivals\nwait:block",
        "Time from the intended send time, 5000 messages per second, constant arrivals\nwait:block",
        "Throughput, 4 producers to one consumer  wait:block",
        "Throughput, one producer to one consumer (fanout)  wait:block",
        "Throughput, one producer to 4 consumers  wait:block"}) {
    EXPECT_THAT(text, HasSubstr(heading));
  }
}

// 800 ns a token: 1.25 million a second, in a separate column. Catches 0 B/s, and a token ranked as the
// fastest message.
TEST(SummaryTable, CountsTokensInMessages) {
  EXPECT_THAT(summary_table(ranked_report()),
              ContainsRegex("mechanism +token +64 B +CPUs at 64 B\npipe +- +1\\.60 GB/s [^\n]*\n"
                            "eventfd +1\\.25 M/s +- +-\nfloor: null +125 M/s"));
}

// With the usual sizes only, a mechanism that carries 8 bytes at most would be a line of dashes.
TEST(SummaryTable, HasAColumnForWhatFitsNoOther) {
  Report report;
  for (const std::size_t size : {1U, 2U, 8U, 64U, 4096U}) add_latency(report, make_cell("pipe", size), {100});
  add_latency(report, make_cell("eventfd", 8), {100});
  EXPECT_THAT(summary_table(report), ContainsRegex("\neventfd +- +- +100 ns~ +- +- +-\n"));
}

// First b and a, which have the ranking size; then e, which has another size; tokens last.
TEST(SummaryTable, RanksWhatLacksTheRankingSizeByWhatItHas) {
  Report report;
  add_latency(report, make_cell("a", 64), {300});
  add_latency(report, make_cell("b", 64), {200});
  add_latency(report, make_cell("c", 0), {20});
  add_latency(report, make_cell("d", 0), {10});
  add_latency(report, make_cell("e", 4096), {9000});
  EXPECT_THAT(summary_table(report), ContainsRegex("\nb [^\n]*\na [^\n]*\ne [^\n]*\nd [^\n]*\nc [^\n]*\n"));
}

// Each mark where it belongs, and only there: 125 ns are more than a tenth of 1000 ns but not of 1504 ns; an
// offset of 5 to 9 ns is proof; 700 ns are more than a tenth of 6016 ns but 30 ns are not; 11 messages of
// 1000 are more than 1 % but 10 are not.
TEST(SummaryTable, MarksWhatIsDoubtful) {
  const std::string text = summary_table(ranked_report());
  EXPECT_THAT(text, ContainsRegex("one way[^\n]*\n[^\n]*\nfifo +- +1\\.00 us\\? [^\n]*\n"
                                  "pipe +- +1\\.50 us  [^\n]*\neventfd +1\\.41 us! "));
  EXPECT_THAT(text, ContainsRegex("\npipe +64 B +6\\.02 us {3,}6\\.02 us [^\n]* 100 % +125 k/s +0\\.75\n"));
  EXPECT_THAT(
      text,
      ContainsRegex(
          "\nfifo +64 B +6\\.02 us\\^ +6\\.02 us +3\\.02 us +20\\.0 ns +700 ns +99 % +125 k/s +0\\.75\n"));
  EXPECT_THAT(text, ContainsRegex("\neventfd +token +6\\.02 us~\\*\\^ "));
}

// Two groups 6 % apart. Two drifting launches of six are a third; two of seven are less.
TEST(SummaryTable, MarksWhatWasNotOneSteadyLevel) {
  const std::string text = summary_table(ranked_report());
  EXPECT_THAT(text, ContainsRegex("\nfifo +3\\.20 us +3\\.10 us& "));
  EXPECT_THAT(text, ContainsRegex("\npipe +2\\.50 us +3\\.01 us# "));
  EXPECT_THAT(text, ContainsRegex("\nposix_queue +2\\.99 us~ +3\\.01 us  "));
}

// Five launches instead of the three planned: two more. Catches additional launches counted as planned, and
// silence about medians that stayed uncertain.
TEST(SummaryTable, SaysWhatBecameOfUncertainMedians) {
  Report report;
  report.session.planned_launches = 3;
  add_latency(report, make_cell("pipe"), {100, 100, 100, 100, 100});
  add_latency(report, make_cell("fifo"), {100, 200, 300});
  EXPECT_THAT(summary_table(report), HasSubstr("2 cells, 6 of 6 planned launches and 2 more\n"));
  EXPECT_THAT(summary_table(report), Not(HasSubstr("uncertain by more than 10 % after")));
  report.session.precision = {.target = 0.1, .most_launches = 12, .cells_extended = 1, .cells_imprecise = 1};
  EXPECT_THAT(summary_table(report),
              HasSubstr("1 of 2 medians are uncertain by more than 10 % after up to 5 launches.\n"));
  Report precise;
  precise.session = report.session;
  add_latency(precise, make_cell("pipe"), {100, 100, 100});
  EXPECT_THAT(summary_table(precise), Not(HasSubstr("uncertain by more than 10 % after")));
}

// Catches explanations of marks that do not occur.
TEST(SummaryTable, ExplainsTheMarksThatItUses) {
  for (const char* line : {"\n~ the median", "\n& two modes", "\n# in at least", "\n! wrong", "\n? taken",
                           "\n* more than 1 %", "\n^ one message"}) {
    EXPECT_THAT(summary_table(ranked_report()), HasSubstr(line));
  }
  Report report;
  add_latency(report, make_cell("pipe"), {100, 100, 100});
  EXPECT_THAT(summary_table(report), Not(ContainsRegex("\n[~&@$#!?*^<] ")));
}

// Catches the CPUs of an old program's sender, with its pacer, as if they were the mechanism's.
TEST(SummaryTable, MarksCpusThatAreOnlyBounded) {
  Report report;
  Row row = testing::paced_row(make_cell("pipe"), 0, 3008);
  report.cells.add(row);
  EXPECT_THAT(summary_table(report), Not(HasSubstr("\n< ")));
  row.measurement.schedule->pacing_cpu_ns.reset();
  row.launch = 1;
  report.cells.add(row);
  EXPECT_THAT(summary_table(report), ContainsRegex("3.01 us[~#]*<"));
  EXPECT_THAT(summary_table(report), HasSubstr("\n< the CPUs are at most these"));
}

TEST(SummaryTable, NeverMixesPayloads) {
  Report report;
  add_latency(report, make_cell("pipe"), {100});
  Cell scanned = make_cell("fifo");
  scanned.payload = Payload::scan;
  add_latency(report, scanned, {100});
  EXPECT_THAT(summary_table(report), ContainsRegex("cpus:same payload:scan\nmechanism [^\n]*\nfifo "));
}

// Without any preferred size, the smallest four are shown, and latency is ranked by the first of them.
TEST(SummaryTable, ShowsOtherSizesWhereThePreferredAreMissing) {
  Report report;
  for (const std::size_t size : {100U, 200U, 300U, 400U, 500U})
    add_latency(report, make_cell("pipe", size), {100});
  const std::string text = summary_table(report);
  EXPECT_THAT(text, ContainsRegex("mechanism +100 B +200 B +300 B +400 B +CPUs at 100 B\n"));
  EXPECT_THAT(text, Not(HasSubstr("500 B")));
}

// A median of 3000 within 2900 to 5000 is uncertain by more than 10 %, one of 2500 within 2400 to 2600 is
// not. A single launch is always uncertain.
TEST(SummaryTable, MarksWhatIsUncertain) {
  const std::string text = summary_table(ranked_report());
  EXPECT_THAT(text, ContainsRegex("\nposix_queue +[0-9.]+ us~"));
  EXPECT_THAT(text, ContainsRegex("\npipe +[0-9.]+ us  "));
  Report once;
  add_latency(once, make_cell("pipe"), {100});
  EXPECT_THAT(summary_table(once), HasSubstr("100 ns~"));
}

TEST(SummaryTable, SaysWhatWasLost) {
  EXPECT_THAT(summary_table(ranked_report()), ContainsRegex("\nudp \\(lost up to 0\\.99 %\\) "));
}

TEST(SummaryTable, GivesTheSameReasonOnce) {
  EXPECT_THAT(summary_table(ranked_report()), ContainsRegex("Skipped cells: 3\n +2  udp: a datagram holds"));
}

TEST(SummaryTable, SaysWhyItIsNotComplete) {
  Report report;
  report.session.complete = false;
  report.session.note = "interrupted";
  EXPECT_THAT(summary_table(report), HasSubstr("Not complete: interrupted\n"));
}

// A report without cells is valid. Catches an access to a missing cell.
TEST(SummaryTable, OfNothingIsItsTitle) {
  EXPECT_THAT(summary_table(Report{}),
              ContainsRegex("^ipcbench .*0 cells, 0 of 0 [^\n]*\nSeed 0\\. Clock: [^\n]*\n$"));
}

TEST(AlignColumns, PutsNamesLeftAndNumbersRight) {
  EXPECT_EQ(align_columns({{"a", "1", "22"}, {"long", "333"}}), "a       1  22\nlong  333\n");
}

TEST(WrapParagraph, IndentsAndBreaksAtSpaces) {
  const std::string word(60, 'x');
  EXPECT_EQ(wrap_paragraph("- ", word + " " + word + "\nend"), "- " + word + "\n  " + word + " end\n");
  const std::string endless(200, 'y');
  EXPECT_EQ(wrap_paragraph("", endless + " z"), endless + "\nz\n");
}

}  // namespace
}  // namespace ipcbench
