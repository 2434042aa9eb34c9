// For tests: reports of mechanisms that were never run, with figures that are easy to add up.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "bench/study/advise/advice.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

inline constexpr MessageStream kCommands{128, 50'000};
inline constexpr MessageStream kFrames{4096, 200};

inline const AdviceStyle kPlain{.text = {.columns = 80}};

inline Guarantees made_guarantees(std::initializer_list<std::pair<Guarantee, std::string>> different = {}) {
  using State = GuaranteeAnswer::State;
  Guarantees answers{{Guarantee::unrelated, {State::found, "yes"}},
                     {Guarantee::duplex, {State::found, "yes"}},
                     {Guarantee::boundaries, {State::found, "yes"}},
                     {Guarantee::order, {State::found, "yes"}},
                     {Guarantee::reliable, {State::found, "yes"}},
                     {Guarantee::writer_gone, {State::found, "end of file"}},
                     {Guarantee::reader_gone, {State::found, "ECONNRESET"}}};
  for (const auto& [guarantee, answer] : different) answers[guarantee] = {State::found, answer};
  return answers;
}

// The figures of one mechanism under one load.
struct MadeLoad {
  std::string mechanism;
  MessageStream stream;
  double p50_us = 0;
  double p99_us = 0;
  double receiver_cpus = 0;
  Wait wait = Wait::block;
  double unsent_share = 0;
  double sender_cpus = 0;
};

// Six launches within 1 % of each other: 980 of 1000 messages take the median, 20 take the 99th percentile.
inline void add_load(Report& report, const MadeLoad& load, Peers peers = Peers::fork) {
  Cell cell = make_cell(load.mechanism, load.stream.size_bytes);
  cell.pattern = Pattern::paced;
  cell.load = {.per_second = load.stream.per_second, .percent = 0, .arrivals = Arrivals::poisson};
  cell.wait = load.wait;
  cell.peers = peers;
  for (std::uint32_t launch = 0; launch < 6; ++launch) {
    const double noise = 1 + 0.002 * launch;
    const auto p50_ns = static_cast<std::uint64_t>(load.p50_us * 1000 * noise);
    const auto p99_ns = static_cast<std::uint64_t>(load.p99_us * 1000 * noise);
    Row row = paced_row(cell, launch, p50_ns);
    row.cell = cell;
    row.measurement.sent.reset();
    Measurement& measurement = row.measurement;
    const std::uint64_t high_ns = Histogram::lower_bound_ns(Histogram::index_of(p99_ns));
    measurement.histogram = {{measurement.min_ns, 980}, {high_ns, 20}};
    measurement.max_ns = high_ns;
    measurement.sum_ns = 980 * measurement.min_ns + 20 * high_ns;
    measurement.elapsed_ns = 1'000'000'000;
    measurement.consumer.cpu_ns = static_cast<std::uint64_t>(load.receiver_cpus * 1e9);
    measurement.producer.cpu_ns = 1'000'000'000;
    measurement.schedule->pacing_cpu_ns = 1'000'000'000 - static_cast<std::uint64_t>(load.sender_cpus * 1e9);
    measurement.schedule->unsent_messages = static_cast<std::uint64_t>(load.unsent_share * 1000);
    measurement.schedule->scheduled_messages = 1000;
    report.cells.add(std::move(row));
  }
}

// The figures of one stream of several over one link.
struct MadeStream {
  MessageStream stream;
  double p50_us = 0;
  double p99_us = 0;
  double unsent_share = 0;
};
struct MadeMix {
  std::string mechanism;
  std::vector<MadeStream>
      streams;  // the longest messages first; each has three times as many as the one before
  double receiver_cpus = 0;
  double sender_cpus = 0;
  Wait wait = Wait::block;
};

inline StreamTimes made_times(const MadeStream& made, std::uint64_t thousands, double noise) {
  const auto bucket = [&](double us) {
    return Histogram::lower_bound_ns(Histogram::index_of(static_cast<std::uint64_t>(us * 1000 * noise)));
  };
  const std::vector<HistogramBucket> histogram{{bucket(made.p50_us), 980 * thousands},
                                               {bucket(made.p99_us), 20 * thousands}};
  return {.scheduled_messages = 1000 * thousands,
          .unsent_messages = static_cast<std::uint64_t>(made.unsent_share * 1000) * thousands,
          .min_ns = histogram[0].lower_ns,
          .max_ns = histogram[1].lower_ns,
          .sum_ns = 980 * thousands * histogram[0].lower_ns + 20 * thousands * histogram[1].lower_ns,
          .histogram = histogram};
}

// As add_load(), several streams at once. The row is that of the messages of all of them.
inline void add_mix(Report& report, const MadeMix& made) {
  std::vector<MessageStream> streams;
  for (const MadeStream& each : made.streams) streams.push_back(each.stream);
  const StreamMix mix(streams);
  add_load(report, {.mechanism = made.mechanism,
                    .stream = {mix.longest_bytes(), mix.per_second()},
                    .p50_us = 1,
                    .p99_us = 2,
                    .receiver_cpus = made.receiver_cpus,
                    .wait = made.wait,
                    .sender_cpus = made.sender_cpus});
  std::vector<Row> rows = rows_of(report.cells);
  for (std::size_t i = rows.size() - 6; i < rows.size(); ++i) {
    rows[i].cell.load = load_of(mix, Arrivals::poisson);
    Measurement& whole = rows[i].measurement;
    std::map<std::uint64_t, std::uint64_t> counts;
    whole.sum_ns = 0;
    std::uint64_t thousands = 1;
    for (const MadeStream& each : made.streams) {
      whole.streams.push_back(made_times(each, thousands, 1 + 0.002 * rows[i].launch));
      for (const auto& [lower_ns, count] : whole.streams.back().histogram) counts[lower_ns] += count;
      whole.sum_ns += whole.streams.back().sum_ns;
      thousands *= 3;
    }
    whole.histogram.clear();
    for (const auto& [lower_ns, count] : counts) whole.histogram.push_back({lower_ns, count});
    whole.min_ns = whole.histogram.front().lower_ns;
    whole.max_ns = whole.histogram.back().lower_ns;
  }
  report.cells = cells_of(std::move(rows));
}

// A round trip that takes the sender that much CPU time.
inline void add_round_trip(Report& report, const std::string& mechanism, std::size_t size_bytes,
                           std::uint64_t sender_ns, Wait wait = Wait::block) {
  Cell cell = make_cell(mechanism, size_bytes);
  cell.wait = wait;
  Row row = latency_row(cell, 0, 4 * sender_ns);
  row.measurement.producer.cpu_ns = row.measurement.messages * sender_ns;
  report.cells.add(std::move(row));
}

// As programs wrote it that did not count what the pacer takes.
inline Report without_pacing(Report report) {
  for (std::size_t i = 0; i < report.cells.launches(); ++i) {
    auto& schedule = measurement_at(report.cells, i).schedule;
    if (schedule) schedule->pacing_cpu_ns.reset();
  }
  return report;
}

// Mechanisms of these names, which guarantee everything.
inline Report made_market(const std::vector<std::string>& mechanisms) {
  Report report = sample_report();
  report.cells = {};
  report.skipped.clear();
  report.failed.clear();
  report.counts.reset();
  report.mechanisms = {make_info("null", MechanismKind::floor, false)};
  report.guarantees.clear();
  for (const std::string& mechanism : mechanisms) {
    report.mechanisms.push_back(make_info(mechanism, MechanismKind::socket));
    report.guarantees[mechanism] = made_guarantees();
  }
  return report;
}

inline MechanismInfo& info_in(Report& report, const std::string& mechanism) {
  return *std::ranges::find(report.mechanisms, mechanism, &MechanismInfo::name);
}

// On one CPU, sleeping, related; several streams share a link.
inline Requirement made_requirement(std::vector<MessageStream> streams,
                                    const std::vector<std::string>& needs = {}) {
  Requirement requirement;
  if (streams.size() > 1) requirement.mix = StreamMix(streams);
  requirement.streams = std::move(streams);
  requirement.needs = parse_needs(needs);
  requirement.waits = {Wait::block};
  return requirement;
}

// Over one link, both streams keep 0.9 + 0.2 CPUs busy; over a link each, 0.01 + 0.001 and 0.3 + 0.1. The
// short messages are the most, so that the median of all is theirs.
inline Report two_streams() {
  Report report = made_market({"only"});
  const auto add = [&](MessageStream stream, double p50_us, double p99_us, double receiver, double sender) {
    add_load(report, {.mechanism = "only",
                      .stream = stream,
                      .p50_us = p50_us,
                      .p99_us = p99_us,
                      .receiver_cpus = receiver,
                      .sender_cpus = sender});
  };
  add(kFrames, 30, 60, 0.01, 0.001);
  add(kCommands, 10, 20, 0.3, 0.1);
  add_mix(report, {.mechanism = "only",
                   .streams = {{kFrames, 40, 90}, {kCommands, 15, 25}},
                   .receiver_cpus = 0.9,
                   .sender_cpus = 0.2});
  return report;
}

}  // namespace ipcbench::testing
