#include "bench/run/sweep.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "harness/base/cell.hpp"
#include "harness/contract/feasibility.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const CellAxis& pattern_axis() { return axis_named("pattern"); }
const CellAxis& size_axis() { return axis_named("size"); }

// The axes between the pattern and the parameters, slowest first.
const std::vector<const CellAxis*>& middle_axes() {
  static const std::vector<const CellAxis*> axes = [] {
    std::vector<const CellAxis*> middle;
    for (const CellAxis* axis : named_axes()) {
      if (axis != &axis_named("mechanism") && axis != &pattern_axis() && axis != &size_axis()) {
        middle.push_back(axis);
      }
    }
    std::ranges::stable_partition(middle, [](const CellAxis* axis) { return axis->applies != nullptr; });
    return middle;
  }();
  return axes;
}

bool applies(const CellAxis& axis, Pattern pattern) {
  return axis.applies == nullptr || axis.applies(pattern);
}

// The streams of a mix have sizes of their own.
bool varies(const CellAxis& axis, const Cell& cell) {
  return applies(axis, cell.pattern) && !(&axis == &size_axis() && is_mixed(cell));
}

Cell with_value(const CellAxis& axis, std::string_view text) {
  Cell cell;
  axis.assign(cell, text);
  return cell;
}

// One cell for each value of the axis, the default elsewhere.
std::vector<Cell> values_of(const AxisValues& values, const CellAxis& axis) {
  const auto found = values.find(axis.name);
  if (found == values.end()) return {Cell{}};
  std::vector<Cell> cells;
  for (const std::string& text : found->second) cells.push_back(with_value(axis, text));
  return cells;
}

// Every cell that has the axis once with each of its values.
std::vector<Cell> spread(std::vector<Cell> cells, const AxisValues& values, const CellAxis& axis) {
  const std::vector<Cell> variants = values_of(values, axis);
  std::vector<Cell> all;
  all.reserve(cells.size() * variants.size());
  for (Cell& cell : cells) {
    if (!varies(axis, cell)) {
      all.push_back(std::move(cell));
      continue;
    }
    for (const Cell& variant : variants) {
      all.push_back(cell);
      axis.copy(all.back(), variant);
    }
  }
  return all;
}

std::vector<Cell> spread(const std::vector<Cell>& cells, const std::vector<Settings>& parameter_sets) {
  std::vector<Cell> all;
  all.reserve(cells.size() * parameter_sets.size());
  for (const Cell& cell : cells) {
    for (const Settings& parameters : parameter_sets) {
      all.push_back(cell);
      all.back().parameters = parameters;
    }
  }
  return all;
}

// Whether the mechanism supports the value by itself; a pattern over any of the block's links. A launch finds
// out which combinations it refuses.
bool is_feasible(const MechanismEntry& entry, const CellAxis& axis, const Cell& value,
                 const AxisValues& block) {
  const Traits& traits = entry.traits;
  if (&axis == &axis_named("links")) return can_run(traits, Pattern::fanin, value.links);
  if (&axis == &pattern_axis()) {
    return std::ranges::any_of(values_of(block, axis_named("links")),
                               [&](const Cell& over) { return can_run(traits, value.pattern, over.links); });
  }
  Cell cell;
  cell.size_bytes = traits.min_message_bytes;
  cell.peers = usual_peers(traits);
  axis.copy(cell, value);
  const auto with = [&](const auto& wait) {
    Cell waiting = cell;
    if (&axis != &axis_named("wait")) waiting.wait = wait.value;
    return !why_infeasible(traits, entry.join != nullptr, waiting);
  };
  return std::ranges::any_of(kAxis<Wait>, with);
}

bool has_value(const AxisValues& values, std::string_view axis, std::string_view text) {
  const auto found = values.find(axis);
  return found != values.end() && std::ranges::find(found->second, text) != found->second.end();
}

void add_value(AxisValues& values, std::string_view axis, std::string_view text) {
  if (!has_value(values, axis, text)) values[std::string(axis)].emplace_back(text);
}

void add_longest_message(AxisValues& values, const Traits& traits) {
  constexpr std::size_t kShort = 64;
  const auto found = values.find("size");
  if (found == values.end() || traits.max_message_bytes >= kShort) return;
  std::vector<std::string>& sizes = found->second;
  if (sizes.empty() || with_value(size_axis(), sizes.back()).size_bytes < traits.max_message_bytes) {
    sizes.push_back(std::to_string(traits.max_message_bytes));
  }
}

// --- The profiles ---------------------------------------------------------------------------------

// 0 is a token without payload. All profiles have PIPE_BUF, a pipe's capacity and a byte beyond each. Between
// 64 B and 4 KiB, and from 64 KiB to 1 MiB, times lie on a line between their neighbours', so that the
// standard list has no sizes there. Nor has it the byte beyond PIPE_BUF for round trips between two CPUs,
// whose intervals hide it.
constexpr const char* kStandardSizesToo = "16384,65537";  // besides the few
constexpr const char* kFullSizes = "0,1..16MiB";
constexpr const char* kFewSizes = "0,64,4KiB,64KiB,1MiB";
// Where each end has a CPU of its own: there spinning beats sleeping, and a stream depends on its buffer.
constexpr const char* kTwoCpus = "smt,llc,socket,node";

// One end, two, one per CPU, and twice as many.
std::string usual_fans() {
  const std::size_t cpus = std::min<std::size_t>(allowed_cpus().size(), kMaxFan / 2);
  return fmt::format("{}", fmt::join(std::set<std::size_t>{1, 2, cpus, 2 * cpus}, ","));
}

// Blocking, copying child processes at every distance, except where `special` says otherwise.
AxisValues block(std::initializer_list<std::pair<std::string_view, std::string_view>> special) {
  const std::string fans = usual_fans();
  AxisValues values = parse_axes({{"pattern", "latency,throughput"},
                                  {"wait", "block"},
                                  {"peers", "fork"},
                                  {"cpus", "same,smt,llc,socket,node"},
                                  {"payload", "copy"},
                                  {"rate", "50%"},
                                  {"arrivals", "poisson"},
                                  {"fan", fans}});
  for (const auto& [axis, list] : parse_axes(special)) values[axis] = list;
  return values;
}

// Throughput across two CPUs depends on how much can be under way and on how an end waits, so that a default
// buffer and a sleeping end alone would understate shared memory many times over.
void add_streams(std::vector<Profile::Block>& blocks, std::string_view sizes, Profile::Mechanisms which) {
  const auto stream = [&](std::string_view waits) {
    return block({{"pattern", "throughput"}, {"size", sizes}, {"wait", waits}, {"cpus", kTwoCpus}});
  };
  blocks.push_back({.values = stream("adaptive"), .narrow = true, .which = which});
  blocks.push_back({.values = stream("block,adaptive"),
                    .buffers = Profile::Buffers::tuned,
                    .narrow = true,
                    .which = which});
}

// What has room in a minute with three launches of each cell: notifications and short messages there and
// back, long ones in a stream, and on one CPU what happens to streams at PIPE_BUF and a pipe's capacity.
Profile quick() {
  constexpr auto kNoLibraries = Profile::Mechanisms::without_libraries;
  const AxisValues round_trips = block({{"pattern", "latency"}, {"size", "0,64"}});
  const AxisValues streams = block({{"pattern", "throughput"}, {"size", "64KiB"}});
  const AxisValues limits = block({{"pattern", "throughput"}, {"size", "4096,4097,65537"}, {"cpus", "same"}});
  std::vector<Profile::Block> blocks{{.values = round_trips, .which = kNoLibraries},
                                     {.values = streams, .which = kNoLibraries},
                                     {.values = limits, .which = kNoLibraries}};
  add_streams(blocks, "64KiB", kNoLibraries);
  return {.name = "quick",
          .summary = "every mechanism but variants and libraries, six sizes; within 60 s",
          .blocks = blocks,
          .launches = 3,
          .warm_up = milliseconds(2),
          .timed = milliseconds(8),
          .budget = seconds(47)};
}

Profile standard() {
  constexpr auto kDistinct = Profile::Mechanisms::distinct;
  const AxisValues spinning =
      block({{"pattern", "latency"}, {"size", "0,64,64KiB"}, {"wait", "spin"}, {"cpus", kTwoCpus}});
  // The default profile answers the common question whether threads are faster than processes.
  const AxisValues threads = block({{"pattern", "latency"}, {"size", "64"}, {"peers", "thread"}});
  const AxisValues buffered = block({{"pattern", "throughput"}, {"size", "4KiB"}, {"cpus", kTwoCpus}});
  // A launch of a library takes two to five times as long, for its servers and threads. So it has fewer
  // cells: those that answer what it is compared for, and not the cliffs at the kernel's buffers.
  constexpr auto kNoLibraries = Profile::Mechanisms::without_libraries;
  std::vector<Profile::Block> blocks{
      {.values = block({{"size", kFewSizes}}), .which = kDistinct},
      {.values = block({{"size", kStandardSizesToo}}), .which = kNoLibraries},
      {.values = block({{"pattern", "throughput"}, {"size", "4097"}}), .which = kNoLibraries},
      {.values = block({{"pattern", "latency"}, {"size", "4097"}, {"cpus", "same"}}), .which = kNoLibraries},
      {.values = block({{"size", "64,64KiB"}})},
      {.values = spinning, .which = kNoLibraries},
      {.values = threads, .which = kNoLibraries},
      {.values = buffered, .buffers = Profile::Buffers::swept, .narrow = true, .which = kNoLibraries}};
  add_streams(blocks, "64,64KiB", kDistinct);
  return {.name = "standard",
          .summary = "every mechanism, 8 sizes; spinning and threads as well; within 10 minutes",
          .blocks = blocks,
          .launches = 9,
          .warm_up = milliseconds(3),
          .timed = milliseconds(16),
          .budget = seconds(555)};
}

Profile full() {
  const AxisValues everywhere =
      block({{"size", kFullSizes}, {"peers", "fork,exec,thread"}, {"cpus", "same,smt,llc,socket,node,free"}});
  const AxisValues other_waits = block({{"size", kFullSizes}, {"wait", "spin,poll,adaptive,epoll"}});
  const AxisValues in_place = block({{"size", kFewSizes}, {"payload", "scan,direct"}});
  const AxisValues other_patterns =
      block({{"pattern", "oneway,paced,fanin,fanout"}, {"size", kFewSizes}, {"rate", "20%,50%,80%"}});
  // Batches pay for small messages. Both at one rate, since their capacities differ.
  const AxisValues batches =
      block({{"pattern", "throughput,paced"}, {"size", "64"}, {"batch", "16"}, {"rate", "20k"}});
  const AxisValues without_batches = block({{"pattern", "paced"}, {"size", "64"}, {"rate", "20k"}});
  const AxisValues buffered =
      block({{"pattern", "throughput"}, {"size", "64,4KiB,64KiB"}, {"wait", "block,adaptive"}});
  const AxisValues after_pauses = block({{"pattern", "latency"}, {"size", "64"}, {"idle", "100us,10ms"}});
  const AxisValues watching =
      block({{"pattern", "latency"}, {"size", "64"}, {"wait", "poll,epoll"}, {"watched", "100,10000"}});
  const AxisValues side_by_side = block({{"size", "64,64KiB"}, {"pairs", "2,4"}});
  const AxisValues around = block({{"pattern", "latency"}, {"size", "64"}, {"chain", "4"}});
  // The same producers over one object and over a link each, where the consumer has a CPU of its own.
  const AxisValues over_links = block({{"pattern", "fanin"},
                                       {"size", "64"},
                                       {"fan", "4"},
                                       {"links", "one,each"},
                                       {"wait", "spin,epoll"},
                                       {"cpus", kTwoCpus}});
  std::vector<Profile::Block> blocks{
      {.values = everywhere},
      {.values = other_waits},
      {.values = in_place},
      {.values = other_patterns},
      {.values = batches},
      {.values = without_batches},
      {.values = after_pauses, .which = Profile::Mechanisms::distinct},
      {.values = watching, .which = Profile::Mechanisms::distinct},
      {.values = side_by_side, .which = Profile::Mechanisms::distinct},
      {.values = around, .which = Profile::Mechanisms::distinct},
      {.values = over_links, .which = Profile::Mechanisms::distinct},
      {.values = buffered, .buffers = Profile::Buffers::swept, .narrow = true}};
  add_streams(blocks, kFullSizes, Profile::Mechanisms::all);
  return {.name = "full",
          .summary = "32 sizes, every pattern, way of waiting and kind of peers; within an hour",
          .blocks = blocks,
          .launches = 6,
          .warm_up = milliseconds(4),
          .timed = milliseconds(30),
          .budget = seconds(3400)};
}

}  // namespace

std::span<const Profile> profiles() {
  static const std::vector<Profile> all{quick(), standard(), full()};
  return all;
}

AxisValues parse_axes(std::initializer_list<std::pair<std::string_view, std::string_view>> lists) {
  AxisValues values;
  for (const auto& [name, list] : lists) values.emplace(name, parse_axis_values(axis_named(name), list));
  return values;
}

AxisValues feasible_values(AxisValues values, const MechanismEntry& entry,
                           const std::vector<Placement>& placements) {
  const AxisValues block = values;
  const bool blocks = has_value(values, "wait", name_of(Wait::block));
  const bool forks = has_value(values, "peers", name_of(Peers::fork));
  for (auto& [name, texts] : values) {
    const CellAxis& axis = axis_named(name);
    std::erase_if(texts, [&](const std::string& text) {
      const Cell value = with_value(axis, text);
      const bool placed = &axis != &axis_named("cpus") ||
                          std::ranges::find(placements, value.cpus, &Placement::cpus) != placements.end();
      return !placed || !is_feasible(entry, axis, value, block);
    });
  }
  if (blocks && !entry.traits.waits.contains(Wait::block)) add_value(values, "wait", name_of(Wait::spin));
  if (forks) add_value(values, "peers", name_of(usual_peers(entry.traits)));
  add_longest_message(values, entry.traits);
  return values;
}

double count_cells(const AxisValues& values, std::size_t parameter_sets) {
  const auto count = [&](const CellAxis& axis) {
    const auto found = values.find(axis.name);
    return found == values.end() ? 1.0 : static_cast<double>(found->second.size());
  };
  double cells = 0;
  for (const Cell& pattern : values_of(values, pattern_axis())) {
    double combinations = count(size_axis()) * static_cast<double>(parameter_sets);
    for (const CellAxis* axis : middle_axes()) {
      if (applies(*axis, pattern.pattern)) combinations *= count(*axis);
    }
    cells += combinations;
  }
  return cells;
}

std::vector<Cell> product(const AxisValues& values, std::string_view mechanism,
                          const std::vector<Settings>& parameter_sets) {
  Cell first;
  first.mechanism = mechanism;
  std::vector<Cell> cells = spread({first}, values, pattern_axis());
  for (const CellAxis* axis : middle_axes()) cells = spread(std::move(cells), values, *axis);
  return spread(spread(cells, parameter_sets), values, size_axis());
}

}  // namespace ipcbench
