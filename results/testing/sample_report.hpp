// A report for tests. Every field has a different value, so that swapped fields show.
#pragma once

#include <stdexcept>

#include "results/report/report.hpp"

namespace ipcbench::testing {

// Converts between rows in session order and cells.
inline ReportCells cells_of(std::vector<Row> rows) {
  ReportCells cells;
  for (Row& row : rows) cells.add(std::move(row));
  return cells;
}
inline std::vector<Row> rows_of(const ReportCells& cells) {
  std::vector<Row> rows;
  for (const auto& [cell, launch] : cells.in_session_order()) {
    rows.push_back({cell->cell, launch->number, launch->measurement});
  }
  return rows;
}

// The measurement of the launch at that place of the session.
inline Measurement& measurement_at(ReportCells& cells, std::size_t place) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    for (Launch& launch : cells[i].launches) {
      if (launch.place == place) return launch.measurement;
    }
  }
  throw std::logic_error("the session has no such launch");
}
inline Measurement& last_measurement(ReportCells& cells) {
  return measurement_at(cells, cells.launches() - 1);
}

inline MechanismInfo make_info(std::string name, MechanismKind kind, bool carries_bytes = true) {
  MechanismInfo info;
  info.name = std::move(name);
  info.kind = kind;
  info.carries_bytes = carries_bytes;
  return info;
}

// Only its description marks a mechanism as a floor.
inline std::vector<MechanismInfo> sample_mechanisms() {
  MechanismInfo pipe = make_info("pipe", MechanismKind::pipe);
  pipe.stream = true;
  pipe.made_of = "pipe";
  MechanismInfo copy = make_info("memcpy", MechanismKind::floor);
  copy.in_place = true;
  copy.in_memory = true;
  return {make_info("null", MechanismKind::floor, false), copy, pipe};
}

// Blocking, forked, on one CPU.
inline Cell make_cell(std::string mechanism, std::size_t size_bytes = 64) {
  Cell cell;
  cell.mechanism = std::move(mechanism);
  cell.size_bytes = size_bytes;
  cell.cpus = Cpus::same;
  return cell;
}

// A launch of a pattern that times messages (the cell's); all of them take the same time.
inline Row timed_row(Cell cell, std::uint32_t launch, std::uint64_t ns, std::uint64_t count = 1000) {
  const std::uint64_t lower_ns = Histogram::lower_bound_ns(Histogram::index_of(ns));
  Row row{.cell = std::move(cell), .launch = launch, .measurement = {}};
  Measurement& measurement = row.measurement;
  measurement.messages = count;
  measurement.verified_messages = 64;
  measurement.elapsed_ns = count * ns;
  measurement.min_ns = lower_ns;
  measurement.max_ns = lower_ns;
  measurement.sum_ns = count * lower_ns;
  measurement.histogram = {{lower_ns, count}};
  measurement.producer.cpu_ns = count * ns / 2;
  measurement.consumer.cpu_ns = count * ns / 4;
  return row;
}

inline Row latency_row(Cell cell, std::uint32_t launch, std::uint64_t round_trip_ns,
                       std::uint64_t count = 1000) {
  cell.pattern = Pattern::latency;
  return timed_row(std::move(cell), launch, round_trip_ns, count);
}

// The two clocks agree to 125 ns.
inline Row oneway_row(Cell cell, std::uint32_t launch, std::uint64_t ns) {
  cell.pattern = Pattern::oneway;
  Row row = timed_row(std::move(cell), launch, ns);
  row.measurement.clock_offset = {.low_ns = -125, .high_ns = 75};
  return row;
}

// Poisson arrivals at half of the capacity; everything was sent, at most 40 ns late.
inline Row paced_row(Cell cell, std::uint32_t launch, std::uint64_t ns) {
  cell.pattern = Pattern::paced;
  cell.load = {.percent = 50, .arrivals = Arrivals::poisson};
  Row row = timed_row(std::move(cell), launch, ns);
  row.measurement.schedule = {.offered_per_second = 125'000.5,
                              .scheduled_messages = 1000,
                              .lag_p50_ns = 20,
                              .lag_p99_ns = 30,
                              .lag_max_ns = 40,
                              .pacing_cpu_ns = 0};
  row.measurement.sent =
      SentTimes{.min_ns = ns / 2, .max_ns = ns, .sum_ns = 400 * ns, .histogram = {{ns / 4 * 2, 1000}}};
  return row;
}

// Two streams at once: 800 of the row's messages are of 16 B, 200 of 64 B and twice as slow.
inline Row mixed_row(Cell cell, std::uint32_t launch, std::uint64_t ns) {
  cell.size_bytes = 64;
  Row row = paced_row(std::move(cell), launch, ns);
  row.cell.load = load_of(parse_mix("64@1000+16@4000"), Arrivals::poisson);
  const auto stream = [](std::uint64_t count, std::uint64_t each_ns, std::uint64_t unsent) {
    return StreamTimes{.scheduled_messages = count,
                       .unsent_messages = unsent,
                       .min_ns = each_ns,
                       .max_ns = each_ns,
                       .sum_ns = count * each_ns,
                       .histogram = {{each_ns, count}}};
  };
  Measurement& measurement = row.measurement;
  measurement.streams = {stream(200, 2 * ns, 2), stream(800, ns, 0)};
  measurement.schedule->unsent_messages = 2;
  measurement.histogram = {{ns, 800}, {2 * ns, 200}};
  measurement.min_ns = ns;
  measurement.max_ns = 2 * ns;
  measurement.sum_ns = 1200 * ns;
  return row;
}

// A launch of a pattern that counts messages (the cell's).
inline Row counted_row(Cell cell, std::uint32_t launch, std::uint64_t ns_per_message) {
  Row row{.cell = std::move(cell), .launch = launch, .measurement = {}};
  Measurement& measurement = row.measurement;
  measurement.messages = 1000;
  measurement.verified_messages = 64;
  measurement.elapsed_ns = 1000 * ns_per_message;
  measurement.producer.cpu_ns = 1000 * ns_per_message / 2;
  measurement.consumer.cpu_ns = 1000 * ns_per_message;
  return row;
}

inline Row throughput_row(Cell cell, std::uint32_t launch, std::uint64_t ns_per_message) {
  cell.pattern = Pattern::throughput;
  return counted_row(std::move(cell), launch, ns_per_message);
}

// `pattern` is fanin or fanout.
inline Row fan_row(Cell cell, Pattern pattern, std::uint32_t fan, std::uint32_t launch,
                   std::uint64_t ns_per_message) {
  cell.pattern = pattern;
  cell.fan = fan;
  return counted_row(std::move(cell), launch, ns_per_message);
}

// One launch of each pattern besides latency and throughput, with the parts that only it has. The last uses
// threads and tokens.
inline std::vector<Row> rows_of_other_patterns() {
  const Cell pipe = make_cell("pipe");
  Row oneway = oneway_row(pipe, 0, 1504);
  oneway.measurement.clock_offset = {.low_ns = -9'223'372'036'854'775'807, .high_ns = 76};
  Row paced = paced_row(pipe, 0, 6016);
  paced.cell.load = {.per_second = 200'000, .arrivals = Arrivals::constant};
  paced.measurement.schedule = {.offered_per_second = 200'000,
                                .scheduled_messages = 1011,
                                .unsent_messages = 11,
                                .lag_p50_ns = 12,
                                .lag_p99_ns = 13,
                                .lag_max_ns = 14,
                                .pacing_cpu_ns = 15};
  Row fanout = fan_row(make_cell("sysv_semaphore", 0), Pattern::fanout, 64, 0, 1000);
  fanout.cell.peers = Peers::thread;
  return {oneway, paced, paced_row(pipe, 0, 6016), fan_row(pipe, Pattern::fanin, 4, 0, 400), fanout};
}

// A latency launch in which all fields differ: 20 round trips of 3008 ns, 15 of 4096 ns and one of 1 ms.
inline Row distinct_row() {
  Row row;
  row.cell = {.mechanism = "pipe",
              .pattern = Pattern::latency,
              .size_bytes = 4097,
              .wait = Wait::poll,
              .peers = Peers::exec,
              .cpus = Cpus::llc,
              .payload = Payload::scan,
              .load = {},
              .fan = 1,
              .parameters = {{"pipe_bytes", 4096}}};
  row.launch = 2;
  row.measurement = {
      .messages = 36,
      .lost_messages = 7,
      .verified_messages = 65,
      .elapsed_ns = 1'200'000,
      .min_ns = 3010,
      .max_ns = 1'000'001,
      .sum_ns = 1'121'604,
      .histogram = {{3008, 20}, {4096, 15}, {999'424, 1}},
      .producer = {.cpu_ns = 101,
                   .voluntary_switches = 102,
                   .involuntary_switches = 103,
                   .minor_faults = 104,
                   .run_delay_ns = 105,
                   .cpu = 0},
      .consumer = {.cpu_ns = 201,
                   .voluntary_switches = 202,
                   .involuntary_switches = 203,
                   .minor_faults = 204,
                   .run_delay_ns = 205,
                   .cpu = std::nullopt},
      .clock_offset = std::nullopt,
      .schedule = std::nullopt,
      .line = LineRoundTrip{.before_ns = 110.5, .after_ns = 130},
      .core = CoreWork{.before_ns = 11'500.5, .after_ns = 11'600},
      .set_up = SetUpTimes{.create_ns = 301, .connect_ns = 302, .first_message_ns = 303, .tear_down_ns = 304},
      .windows = {{20, 600'000}, {16, 600'001}},
      .disturbance = "consumer waited 0.1 of 1.2 ms for its CPU",
      .settings = {{"pipe_bytes", 8192}, {"other", 18'446'744'073'709'551'615U}},
      .memory_node = 3};
  return row;
}

inline BenchmarkContext sample_context() {
  return {.date = "2026-01-31T13:34:56+01:00",
          .host_name = "host",
          .executable = "/usr/bin/ipcbench",
          .num_cpus = 2,
          .mhz_per_cpu = 2596,
          .cpu_scaling_enabled = false,
          .caches = {{"Data", 1, 32768, 3}, {"Unified", 4, 33'554'432, 5}},
          .load_avg = {0.25, 0.125, 1.5},
          .library_build_type = "release"};
}

inline Session sample_session() {
  return {.id = "0123456789abcdef",
          .seed = 18'446'744'073'709'551'557U,  // needs all 64 bits
          .profile = "quick",
          .command = {"ipcbench", "run", "--filter", "a \"b\"\n"},
          .started_utc = "2026-01-31T12:34:56Z",
          .ended_utc = "2026-01-31T12:35:56Z",
          .planned_launches = 3,
          .complete = false,
          .note = "interrupted"};
}

// A pipe in a virtual machine: system calls only, 2 a round trip at one end and 2.5 at the other.
inline ReportCounts sample_counts() {
  CellCounts pipe{.cell = "pipe/latency/size:64/wait:block/peers:fork/cpus:same",
                  .messages = 400,
                  .producer = {},
                  .consumer = {}};
  pipe.producer.system_calls = 800;
  pipe.consumer.system_calls = 1000;
  return {.cells = {pipe},
          .missing = {{"cycles", "the CPU offers no such counter"},
                      {"instructions", "the CPU offers no such counter"},
                      {"cache_misses", "others use it"}}};
}

inline std::map<std::string, Guarantees> sample_guarantees() {
  using State = GuaranteeAnswer::State;
  return {{"pipe",
           {{Guarantee::unrelated, {State::found, "inherit"}},
            {Guarantee::writer_gone, {State::failed, "failed"}},
            {Guarantee::holder_crash, {State::not_tried, "not tried"}}}}};
}

inline Report sample_report() {
  const Cell pipe = make_cell("pipe");
  Report report;
  report.version = "0.1.0";
  report.context = sample_context();
  report.session = sample_session();
  report.host = {{"kernel", "6.18.5"}, {"governor", "performance"}, {"cpus_online", "0-1"}};
  report.doubts = {{Doubt::Level::warn, "Turbo is on.", "Switch it off."},
                   {Doubt::Level::info, "The host is a guest.", "Measure on bare metal."},
                   {Doubt::Level::invalid, "4 % steal time.", "Ask for a quieter host."}};
  report.floors = {.clock_ns = 27.5,
                   .clock_resolution_ns = 1,
                   .null_round_trip_ns = 55.25,
                   .memcpy_ns = {{64, 2.5}, {65536, 3000}},
                   .distances = {{{.cpus = Cpus::same, .line_rtt_ns = std::nullopt, .wake_ns = 2500},
                                  {.cpus = Cpus::llc, .line_rtt_ns = 110.5, .wake_ns = 23'000}}}};
  report.cells = {latency_row(pipe, 0, 3008), distinct_row(), throughput_row(pipe, 0, 800),
                  latency_row(pipe, 1, 3104)};
  for (Row& row : rows_of_other_patterns()) report.cells.add(std::move(row));
  report.mechanisms = sample_mechanisms();
  report.guarantees = sample_guarantees();
  report.skipped = {
      {"udp/latency/size:65536/wait:block/peers:fork/cpus:same", "a datagram holds 65507 bytes"}};
  report.counts = sample_counts();
  report.failed = {{"tcp/latency/size:64/wait:block/peers:fork/cpus:same", "consumer killed by signal 11"}};
  return report;
}

}  // namespace ipcbench::testing
