#include "plots/testing/charts_sample.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/mechanism_info.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {
namespace {

using Kind = MechanismKind;

// Round trip = fixed + per_byte * size, blocking on one CPU. Invented, but of a realistic order of magnitude.
struct Model {
  const char* mechanism;
  std::optional<Kind> kind;  // empty: the report does not describe it
  double fixed_ns;
  double ns_per_byte;
  std::size_t largest_bytes;
  bool named;  // joined by name, so unrelated peers can use it
  bool polls;
};

constexpr std::size_t kNoLimit = std::size_t{1} << 24;
constexpr std::array kModels{
    Model{"null", Kind::floor, 30, 0, kNoLimit, false, false},
    Model{"memcpy", Kind::floor, 45, 0.06, kNoLimit, false, false},
    Model{"pipe", Kind::pipe, 2900, 0.46, kNoLimit, false, true},
    Model{"fifo", Kind::pipe, 2950, 0.47, kNoLimit, true, true},
    Model{"socketpair", Kind::socket, 3600, 0.55, kNoLimit, false, true},
    Model{"unix_stream", Kind::socket, 3700, 0.56, kNoLimit, true, true},
    Model{"unix_seqpacket", Kind::socket, 3800, 0.6, 212'000, true, true},
    Model{"unix_datagram", Kind::socket, 3950, 0.62, 212'000, true, true},
    Model{"tcp", Kind::socket, 9500, 0.8, kNoLimit, true, true},
    Model{"udp", Kind::socket, 8200, 0.9, 65'507, true, true},
    Model{"posix_queue", Kind::queue, 2600, 0.7, 8'192, true, true},
    Model{"sysv_queue", Kind::queue, 2700, 0.75, 8'192, true, false},
    Model{"anon_mmap_ring", Kind::shared_memory, 2150, 0.17, kNoLimit, false, false},
    Model{"posix_shm_ring", Kind::shared_memory, 2250, 0.18, kNoLimit, true, false},
    Model{"file_mmap_ring", Kind::shared_memory, 2350, 0.19, kNoLimit, true, false},
    Model{"memfd_ring", Kind::shared_memory, 2300, 0.185, kNoLimit, false, false},
    Model{"my_own_queue", std::nullopt, 5000, 0.3, kNoLimit, true, false},
};
constexpr std::array<std::size_t, 16> kSizes{1,     8,     64,    256,   1024,    4095,    4096,    4097,
                                             16384, 65535, 65536, 65537, 1 << 18, 1 << 20, 1 << 22, 1 << 24};
constexpr std::uint32_t kLaunches = 3;

bool honours(const Model& model, const Cell& cell) {
  if (cell.size_bytes > model.largest_bytes) return false;
  if (cell.wait == Wait::poll && !model.polls) return false;
  if (cell.peers == Peers::exec && !model.named) return false;
  return !(cell.mechanism == "tcp" && cell.size_bytes == 4097);
}

double round_trip_ns(const Model& model, const Cell& cell, std::uint32_t launch) {
  const bool across = cell.cpus != Cpus::same;
  double fixed = model.fixed_ns;
  if (cell.wait == Wait::spin) fixed *= across ? 0.15 : 3;
  if (cell.wait != Wait::spin && across && fixed > 100) fixed *= 14;
  const double wobble = 1 + 0.06 * launch * std::abs(std::sin(fixed + static_cast<double>(cell.size_bytes)));
  return (fixed + model.ns_per_byte * static_cast<double>(cell.size_bytes)) * wobble;
}

// Each launch is a little slower at its end, the later ones more so.
std::vector<Window> windows_of(std::uint32_t launch, std::uint64_t ns) {
  std::vector<Window> windows;
  for (std::uint64_t at = 0; at < 16; ++at) windows.push_back({60, 60 * (ns + ns * at * launch / 100)});
  return windows;
}

void add_launches(Report& report, const Model& model, const Cell& cell) {
  if (!honours(model, cell)) return;
  for (std::uint32_t launch = 0; launch < kLaunches; ++launch) {
    const auto ns = static_cast<std::uint64_t>(round_trip_ns(model, cell, launch));
    Row row = cell.pattern == Pattern::latency ? latency_row(cell, launch, ns)
                                               : throughput_row(cell, launch, ns / 2);
    row.measurement.windows = windows_of(launch, ns);
    report.cells.add(std::move(row));
  }
}

void add_sweep(Report& report, Pattern pattern, Wait wait, Peers peers, Cpus cpus) {
  for (const Model& model : kModels) {
    for (const std::size_t size : kSizes) {
      add_launches(report, model,
                   {.mechanism = model.mechanism,
                    .pattern = pattern,
                    .size_bytes = size,
                    .wait = wait,
                    .peers = peers,
                    .cpus = cpus,
                    .payload = Payload::copy,
                    .load = {},
                    .fan = 1,
                    .parameters = {}});
    }
  }
}

// A ring whose throughput grows with its buffer up to 1 MiB, and a pipe that gains nothing.
void add_buffers(Report& report, const char* mechanism, const char* parameter, std::uint64_t enough_bytes) {
  for (std::uint64_t bytes = 1 << 14; bytes <= 1 << 22; bytes *= 2) {
    Cell cell;
    cell.mechanism = mechanism;
    cell.size_bytes = 4096;
    cell.cpus = Cpus::llc;
    cell.parameters = {{parameter, bytes}};
    const std::uint64_t ns = 100 * std::max<std::uint64_t>(enough_bytes / bytes, 1);
    for (std::uint32_t launch = 0; launch < kLaunches; ++launch) {
      Row row = throughput_row(cell, launch, ns + launch);
      row.measurement.settings = cell.parameters;
      report.cells.add(std::move(row));
    }
  }
  std::ranges::find(report.mechanisms, mechanism, &MechanismInfo::name)->buffer = parameter;
}

Cell cell_of(const char* mechanism, Wait wait) {
  Cell cell = make_cell(mechanism);
  cell.wait = wait;
  return cell;
}

// Messages at four rates. Beyond half of the capacity they wait for each other, and at last some are not
// sent.
void add_loads(Report& report, const char* mechanism, Wait wait, std::uint64_t ns) {
  struct Load {
    unsigned percent;
    std::uint64_t times;
    std::uint64_t unsent;
  };
  for (const auto& [percent, times, unsent] :
       {Load{20, 1, 0}, Load{50, 2, 0}, Load{80, 30, 0}, Load{95, 300, 200}}) {
    for (std::uint32_t launch = 0; launch < kLaunches; ++launch) {
      Row row = paced_row(cell_of(mechanism, wait), launch, times * ns + 16 * launch);
      row.cell.load = {.percent = percent, .arrivals = Arrivals::poisson};
      row.measurement.schedule->offered_per_second = 1e7 * percent / static_cast<double>(ns);
      row.measurement.schedule->unsent_messages = unsent;
      row.measurement.sent = SentTimes{.min_ns = row.measurement.min_ns,
                                       .max_ns = row.measurement.max_ns,
                                       .sum_ns = row.measurement.sum_ns,
                                       .histogram = row.measurement.histogram};
      report.cells.add(std::move(row));
    }
  }
}

// Up to eight ends, which soon wait for each other.
void add_fans(Report& report, const char* mechanism, Wait wait, std::uint64_t ns) {
  for (const Pattern pattern : {Pattern::fanin, Pattern::fanout}) {
    for (const std::uint32_t fan : {1U, 2U, 4U, 8U}) {
      const std::uint64_t each = fan < 4 ? ns / fan : ns / 3;
      for (std::uint32_t launch = 0; launch < kLaunches; ++launch) {
        report.cells.add(fan_row(cell_of(mechanism, wait), pattern, fan, launch, each + launch));
      }
    }
  }
}

// Answers of the length that probes give, to a question that does not apply, and one of a probe that failed.
void add_guarantees(Report& report) {
  using State = GuaranteeAnswer::State;
  for (const char* mechanism : {"pipe", "udp", "posix_shm_ring", "my_own_queue"}) {
    Guarantees& answers = report.guarantees[mechanism];
    for (const auto& [guarantee, name, question] : kAxis<Guarantee>)
      answers[guarantee] = {State::found, "yes, of up to 4096 bytes"};
    answers[Guarantee::limits] = {State::found,
                                  "pipe_bytes: /proc/sys/fs/pipe-max-size, now 1048576 bytes for each user"};
    answers[Guarantee::holder_crash] = {State::not_tried, "it has no lock"};
    answers[Guarantee::visible] = {State::failed, "the probe hung"};
  }
}

void add_surroundings(Report& report) {
  report.version = "0.1.0";
  report.context.host_name = "sample-host";
  report.session = {.id = "0123456789abcdef",
                    .seed = 1,
                    .profile = "standard",
                    .command = {"ipcbench", "run"},
                    .started_utc = "2026-01-31T12:34:56Z",
                    .ended_utc = "2026-01-31T12:44:56Z",
                    .planned_launches = kLaunches,
                    .complete = false,
                    .note = "the time ran out after 3 of 5 launches per cell"};
  report.host = {{"kernel_release", "6.18.0"}, {"cpu_model", "Sample CPU at 3 GHz"}, {"governor", "unknown"}};
  report.doubts = {{Doubt::Level::info, "The governor is not visible.", "Nothing to do inside a VM."},
                   {Doubt::Level::warn, "Steal time was 0.8 %.", "Measure when the host is quiet."},
                   {Doubt::Level::invalid, "CPU 1 was throttled.", "Raise the limit of the control group."}};
  report.skipped = {{"posix_queue/latency/size:16384/wait:block/peers:fork/cpus:same",
                     "larger than msgsize_max (8192 B): raise /proc/sys/fs/mqueue/msgsize_max"}};
  report.failed = {{"tcp/latency/size:4097/wait:block/peers:fork/cpus:same", "consumer killed by signal 9"}};
}

}  // namespace

Report charts_sample() {
  Report report;
  add_surroundings(report);
  for (const Model& model : kModels) {
    if (model.kind)
      report.mechanisms.push_back({.name = model.mechanism, .kind = *model.kind, .made_of = ""});
  }
  for (const Pattern pattern : {Pattern::latency, Pattern::throughput}) {
    for (const Wait wait : {Wait::spin, Wait::block, Wait::poll}) {
      add_sweep(report, pattern, wait, Peers::fork, Cpus::same);
      add_sweep(report, pattern, wait, Peers::fork, Cpus::llc);
    }
    add_sweep(report, pattern, Wait::block, Peers::exec, Cpus::same);
  }
  add_buffers(report, "posix_shm_ring", "ring_bytes", 1 << 20);
  add_buffers(report, "pipe", "pipe_bytes", 1 << 14);
  for (const char* mechanism : {"pipe", "unix_seqpacket", "posix_shm_ring", "my_own_queue"}) {
    for (const Wait wait : {Wait::block, Wait::spin}) {
      add_loads(report, mechanism, wait, wait == Wait::block ? 3000 : 900);
      add_fans(report, mechanism, wait, wait == Wait::block ? 1000 : 40);
    }
  }
  add_guarantees(report);
  return report;
}

Report hostile_sample() {
  Report report;
  add_surroundings(report);
  const std::string attack = "</script><script>window.broken=1</script><img src=x onerror='window.broken=1'>";
  report.context.host_name = attack;
  report.host.push_back({"bad bytes", "\xff\xfe"});
  report.doubts.push_back({Doubt::Level::warn, attack, "<!-- <script>"});
  report.failed.push_back({attack, attack});
  for (const std::size_t size : {std::size_t{64}, std::size_t{4096}}) {
    Cell cell;
    cell.mechanism = attack;
    cell.size_bytes = size;
    report.cells.add(latency_row(cell, 0, 3000 + size));
  }
  return report;
}

}  // namespace ipcbench::testing
