#include <array>
#include <string>

#include "harness/base/mechanism_info.hpp"
#include "plots/testing/charts_sample.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {
namespace {

using Kind = MechanismKind;

// Time there = fixed + per_byte * size; invented.
struct Model {
  const char* mechanism;
  Kind kind;
  double fixed_ns;
  double ns_per_byte;
  std::size_t largest_bytes;
};

constexpr std::size_t kNoLimit = SIZE_MAX;
constexpr std::array kMessengers{Model{"pipe", Kind::pipe, 1450, 0.23, kNoLimit},
                                 Model{"fifo", Kind::pipe, 1470, 0.235, kNoLimit},
                                 Model{"socketpair", Kind::socket, 1800, 0.27, kNoLimit},
                                 Model{"unix_stream", Kind::socket, 1850, 0.28, kNoLimit},
                                 Model{"unix_seqpacket", Kind::socket, 1900, 0.3, 212'000},
                                 Model{"unix_datagram", Kind::socket, 1980, 0.31, 212'000},
                                 Model{"tcp", Kind::socket, 4700, 0.4, kNoLimit},
                                 Model{"udp", Kind::socket, 4100, 0.45, 65'507},
                                 Model{"posix_queue", Kind::queue, 1300, 0.35, 8'192},
                                 Model{"sysv_queue", Kind::queue, 1350, 0.37, 8'192},
                                 Model{"anon_mmap_ring", Kind::shared_memory, 1080, 0.085, kNoLimit},
                                 Model{"posix_shm_ring", Kind::shared_memory, 1120, 0.09, kNoLimit},
                                 Model{"sysv_shm_ring", Kind::shared_memory, 1140, 0.09, kNoLimit},
                                 Model{"file_mmap_ring", Kind::shared_memory, 1170, 0.095, kNoLimit},
                                 Model{"memfd_ring", Kind::shared_memory, 1150, 0.092, kNoLimit},
                                 Model{"ring_eventfd", Kind::shared_memory, 1400, 0.09, kNoLimit},
                                 Model{"ring_mutex_cond", Kind::shared_memory, 1600, 0.09, kNoLimit},
                                 Model{"ring_posix_semaphore", Kind::shared_memory, 1250, 0.09, kNoLimit},
                                 Model{"ring_signal", Kind::shared_memory, 2400, 0.09, kNoLimit},
                                 Model{"ring_spin", Kind::shared_memory, 900, 0.09, kNoLimit},
                                 Model{"ring_sysv_semaphore", Kind::shared_memory, 1700, 0.09, kNoLimit},
                                 Model{"sysv_composite", Kind::shared_memory, 3100, 0.1, kNoLimit},
                                 Model{"fd_passing", Kind::descriptor, 7000, 0.25, kNoLimit},
                                 Model{"file", Kind::file, 2600, 0.24, kNoLimit},
                                 Model{"shared_offset", Kind::file, 2650, 0.24, kNoLimit}};
// Mechanisms that can pass a token without payload, and at most a few bytes.
constexpr std::array kNotifiers{Model{"eventfd", Kind::synchronisation, 1250, 0, 8},
                                Model{"futex", Kind::synchronisation, 1050, 0, 8},
                                Model{"rt_signal", Kind::signal, 1900, 0, 8},
                                Model{"signal", Kind::signal, 1850, 0, 0},
                                Model{"posix_semaphore", Kind::synchronisation, 1100, 0, 0},
                                Model{"posix_semaphore_shm", Kind::synchronisation, 1110, 0, 0},
                                Model{"sysv_semaphore", Kind::synchronisation, 1500, 0, 0},
                                Model{"mutex_cond", Kind::synchronisation, 1450, 0, 0},
                                Model{"rwlock", Kind::synchronisation, 2100, 0, 0},
                                Model{"spinlock", Kind::synchronisation, 950, 0, 0},
                                Model{"atomic_flag", Kind::synchronisation, 940, 0, 0},
                                Model{"file_lock", Kind::synchronisation, 2300, 0, 0}};
constexpr std::array<std::size_t, 9> kSizes{1, 8, 64, 1024, 4096, 4097, 65536, 1 << 20, 1 << 24};

std::uint64_t time_ns(const Model& model, std::size_t size, double factor) {
  return static_cast<std::uint64_t>((model.fixed_ns + model.ns_per_byte * static_cast<double>(size)) *
                                    factor);
}

// A slow mechanism does not keep up with the higher load and lags.
Row paced(const Cell& cell, const Model& model, std::uint32_t launch, std::uint32_t percent) {
  Row row = paced_row(cell, launch, time_ns(model, cell.size_bytes, 1.5 + percent / 50.0));
  row.cell.load.percent = percent;
  row.measurement.schedule->offered_per_second = percent * 1e7 / static_cast<double>(row.measurement.min_ns);
  if (percent > 50 && model.fixed_ns > 2000) {
    row.measurement.schedule->unsent_messages = 37;
    row.measurement.schedule->lag_p99_ns = 40'000;
  }
  return row;
}

void describe(Report& report, const Model& model) {
  report.mechanisms.push_back({.name = model.mechanism, .kind = model.kind, .made_of = ""});
}

void add_cell(Report& report, const Model& model, std::size_t size) {
  const Cell cell = make_cell(model.mechanism, size);
  for (std::uint32_t launch = 0; launch < 3; ++launch) {
    const double wobble = 1 + 0.02 * launch;
    report.cells.add(latency_row(cell, launch, time_ns(model, size, 2 * wobble)));
    report.cells.add(throughput_row(cell, launch, time_ns(model, size, wobble)));
    report.cells.add(oneway_row(cell, launch, time_ns(model, size, wobble)));
    for (const std::uint32_t percent : {20U, 50U, 80U}) report.cells.add(paced(cell, model, launch, percent));
    for (const std::uint32_t fan : {1U, 2U, 4U}) {
      report.cells.add(fan_row(cell, Pattern::fanin, fan, launch, time_ns(model, size, wobble / fan)));
      report.cells.add(fan_row(cell, Pattern::fanout, fan, launch, time_ns(model, size, wobble * fan)));
    }
  }
}

}  // namespace

Report crowd_sample() {
  Report report = charts_sample();
  report.cells = {};
  report.mechanisms = {{.name = "memcpy", .kind = Kind::floor, .made_of = ""}};
  report.session.profile = "full";
  for (const Model& model : kMessengers) {
    describe(report, model);
    for (const std::size_t size : kSizes) {
      if (size <= model.largest_bytes) add_cell(report, model, size);
    }
  }
  for (const Model& model : kNotifiers) {
    describe(report, model);
    add_cell(report, model, 0);
    for (const std::size_t size : {std::size_t{1}, std::size_t{8}}) {
      if (size <= model.largest_bytes) add_cell(report, model, size);
    }
  }
  for (const std::size_t size : kSizes) {
    report.cells.add(
        latency_row(make_cell("memcpy", size), 0, time_ns({"", Kind::floor, 45, 0.06, 0}, size, 1)));
  }
  return report;
}

}  // namespace ipcbench::testing
