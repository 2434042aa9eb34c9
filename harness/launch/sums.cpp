#include "harness/launch/sums.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace ipcbench {
namespace {

void add_samples(Measurement& sum, const Measurement& more) {
  sum.min_ns = std::min(sum.min_ns, more.min_ns);
  sum.max_ns = std::max(sum.max_ns, more.max_ns);
  sum.sum_ns += more.sum_ns;
  std::map<std::uint64_t, std::uint64_t> counts;
  for (const std::vector<HistogramBucket>* histogram : {&std::as_const(sum).histogram, &more.histogram})
    for (const auto& [lower_ns, count] : *histogram) counts[lower_ns] += count;
  sum.histogram.clear();
  for (const auto& [lower_ns, count] : counts) sum.histogram.push_back({lower_ns, count});
}

void keep_slowest(std::optional<SetUpTimes>& slowest, const std::optional<SetUpTimes>& other) {
  if (!slowest || !other) return slowest.reset();
  slowest->create_ns = std::max(slowest->create_ns, other->create_ns);
  slowest->connect_ns = std::max(slowest->connect_ns, other->connect_ns);
  slowest->first_message_ns = std::max(slowest->first_message_ns, other->first_message_ns);
  slowest->tear_down_ns = std::max(slowest->tear_down_ns, other->tear_down_ns);
}

void add_counts(std::optional<LaunchCounts>& sum, const std::optional<LaunchCounts>& more) {
  if (!sum || !more) return sum.reset();
  add(sum->producer, more->producer);
  add(sum->consumer, more->consumer);
  if (sum->missing.empty()) sum->missing = more->missing;
}

void add(Measurement& sum, const Measurement& more) {
  sum.messages += more.messages;
  sum.lost_messages += more.lost_messages;
  sum.verified_messages += more.verified_messages;
  sum.elapsed_ns = std::max(sum.elapsed_ns, more.elapsed_ns);
  add_samples(sum, more);
  add(sum.producer, more.producer);
  add(sum.consumer, more.consumer);
  keep_slowest(sum.set_up, more.set_up);
  if (sum.disturbance.empty()) sum.disturbance = more.disturbance;
  if (sum.memory_node != more.memory_node) sum.memory_node.reset();
  add_counts(sum.counts, more.counts);
}

}  // namespace

void add(SideCost& sum, const SideCost& cost) {
  sum.cpu_ns += cost.cpu_ns;
  sum.voluntary_switches += cost.voluntary_switches;
  sum.involuntary_switches += cost.involuntary_switches;
  sum.minor_faults += cost.minor_faults;
  if (sum.run_delay_ns) *sum.run_delay_ns += cost.run_delay_ns.value_or(0);
  if (cost.cpu != sum.cpu) sum.cpu.reset();
}

void add(SideCounts& sum, const SideCounts& counts) {
  for (const Counter& counter : kCounters) {
    auto& total = sum.*counter.count;
    const auto& more = counts.*counter.count;
    total = total && more ? std::optional(*total + *more) : std::nullopt;
  }
}

Measurement together(std::span<const Measurement> pairs, double clock_resolution_ns) {
  Measurement sum = pairs.front();
  for (const Measurement& more : pairs.subspan(1)) add(sum, more);
  for (const Measurement& each : pairs)
    sum.pairs.push_back({each.messages, each.elapsed_ns, each.producer.cpu, each.consumer.cpu});
  sum.windows.clear();
  if (!sum.histogram.empty()) sum.trim = trim_for(quantile_ns(sum.histogram, 0.5), clock_resolution_ns);
  return sum;
}

}  // namespace ipcbench
