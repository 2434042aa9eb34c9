// Times the core of the harness itself. CORE.md says what each block is and what it is held to.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <string_view>
#include <vector>

#include "bench/testing/core/bare_ring.hpp"
#include "bench/testing/core/goals.hpp"
#include "bench/testing/core/line.hpp"
#include "bench/testing/core/rings.hpp"
#include "bench/testing/core/solo.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench::core {
namespace {

struct Block {
  std::string name;
  std::function<double(const Setting&)> run_ns;
};

std::string sized(std::string_view name, std::size_t bytes) { return fmt::format("{}/{}", name, bytes); }

std::vector<Block> solo_blocks() {
  return {{"clock", clock_ns},           {"sample", sample_ns},       {"copies/64", copies_ns},
          {"null/64", floor_message_ns}, {"ring/send", ring_send_ns}, {"ring/receive", ring_receive_ns}};
}

std::function<double(const Setting&, std::size_t)> bare_ring_of(std::size_t ring_bytes) {
  return [ring_bytes](const Setting& setting, std::size_t message_bytes) {
    return bare_ring_stream_ns(setting, message_bytes, ring_bytes);
  };
}

// Of slots of 64 KiB: what one slot more than in the others' rings brings, and a ring beyond the caches.
std::vector<Block> larger_bare_rings() {
  constexpr std::size_t kSlot = 65536;
  std::vector<Block> blocks;
  for (const std::size_t slots : {std::size_t{17}, std::size_t{64}}) {
    blocks.push_back(
        {fmt::format("stream/bare_ring_of_{}_slots/{}", slots, kSlot),
         [=](const Setting& setting) { return bare_ring_stream_ns(setting, kSlot, slots * kSlot); }});
  }
  return blocks;
}

std::vector<Block> pair_blocks() {
  std::vector<Block> blocks{
      {"round_trip/bare_line", bare_round_trip_ns}, {"round_trip/line", line_round_trip_ns},
      {"round_trip/ring", ring_round_trip_ns},      {"round_trip/bare_ring", bare_ring_round_trip_ns},
      {"stream/bare_line", bare_stream_ns},         {"stream/line", line_stream_ns}};
  for (const std::size_t bytes : kMessageBytes) {
    const auto add = [&](std::string_view name, auto stream_ns) {
      blocks.push_back({sized("stream/" + std::string(name), bytes),
                        [=](const Setting& setting) { return stream_ns(setting, bytes); }});
    };
    add("ring", spinning_ring_ns);
    add("bare_ring", bare_ring_of(kQueueBytes));
    if (bytes <= 64) add("blocking_ring", blocking_ring_ns);
    for (const OtherQueue& queue : other_queues()) add(queue.name, queue.stream_ns);
  }
  return blocks;
}

std::vector<Goal> goals() {
  std::vector<Goal> all{
      {"a sample above the clock", "sample", {"clock"}, Measure::difference_ns, 10},
      {"a null message above its copies", "null/64", {"copies/64"}, Measure::difference_ns, 5},
      {"spinning round trip, ring over line", "round_trip/ring", {"round_trip/line"}, Measure::ratio, 1.05},
      {"spinning round trip, ring over bare ring",
       "round_trip/ring",
       {"round_trip/bare_ring"},
       Measure::ratio,
       1.05}};
  for (const std::size_t bytes : kMessageBytes) {
    // A throughput of 1.2 times the best is a time of 1 / 1.2.
    Goal goal{sized("time per message, ring over the best queue", bytes),
              sized("stream/ring", bytes),
              {},
              Measure::ratio,
              1 / 1.2};
    for (const OtherQueue& queue : other_queues())
      goal.theirs.push_back(sized("stream/" + queue.name, bytes));
    all.push_back(goal);
    all.push_back({sized("time per message, ring over bare ring", bytes),
                   sized("stream/ring", bytes),
                   {sized("stream/bare_ring", bytes)},
                   Measure::ratio,
                   1.05});
  }
  for (const std::size_t bytes : {std::size_t{8}, std::size_t{64}}) {
    all.push_back({sized("time per message, blocking over spinning", bytes),
                   sized("stream/blocking_ring", bytes),
                   {sized("stream/ring", bytes)},
                   Measure::ratio,
                   1.5});
  }
  return all;
}

// Collects the repetitions. Prints nothing.
class Collector : public benchmark::BenchmarkReporter {
 public:
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      times_[run.run_name.function_name].push_back(run.GetAdjustedRealTime());
    }
  }
  [[nodiscard]] const Times& times() const { return times_; }

 private:
  Times times_;
};

// The first two CPUs that this process may use; twice the same if it has only one.
Setting on_allowed_cpus() {
  const std::vector<int> cpus = allowed_cpus();
  return {.near_cpu = cpus.front(), .far_cpu = cpus.size() > 1 ? cpus[1] : cpus.front()};
}

// A repetition is one whole block, so that the library's random order interleaves blocks, not iterations.
void declare(const std::vector<Block>& blocks, const Setting& setting) {
  for (const Block& block : blocks) {
    benchmark::RegisterBenchmark(block.name.c_str(),
                                 [&block, &setting](benchmark::State& state) {
                                   while (state.KeepRunning())
                                     state.SetIterationTime(block.run_ns(setting) * 1e-9);
                                 })
        ->UseManualTime()
        ->Iterations(1);
  }
}

// The flags of Google Benchmark, ours first so that the user's win.
std::vector<std::string> flags_of(const std::vector<std::string>& arguments, bool smoke) {
  std::vector<std::string> flags{"core_bench", "--benchmark_enable_random_interleaving=true",
                                 fmt::format("--benchmark_repetitions={}", smoke ? 2 : 31)};
  for (const std::string& argument : arguments) {
    if (argument != "--smoke") flags.push_back(argument);
  }
  return flags;
}

void initialise(std::vector<std::string>& flags) {
  std::vector<char*> argv;
  for (std::string& flag : flags) argv.push_back(flag.data());
  int argc = static_cast<int>(argv.size());
  argv.push_back(nullptr);
  benchmark::Initialize(&argc, argv.data());
  if (benchmark::ReportUnrecognizedArguments(argc, argv.data())) std::exit(2);
}

// Every block gave times above 0.
bool all_measured(const Times& times, const std::vector<Block>& blocks) {
  return std::ranges::all_of(blocks, [&](const Block& block) {
    const auto found = times.find(block.name);
    return found != times.end() &&
           std::ranges::all_of(found->second, [](double ns) { return std::isfinite(ns) && ns > 0; });
  });
}

// --smoke: runs each block for a moment and only checks that it measured something.
int run(const std::vector<std::string>& arguments) {
  const bool smoke = std::ranges::find(arguments, "--smoke") != arguments.end();
  Setting setting = on_allowed_cpus();
  setting.warm_up = smoke ? std::chrono::microseconds(100) : std::chrono::milliseconds(2);
  setting.timed = smoke ? std::chrono::microseconds(500) : std::chrono::milliseconds(10);
  pin_to(setting.near_cpu);
  std::vector<std::string> flags = flags_of(arguments, smoke);
  initialise(flags);
  std::vector<Block> blocks = solo_blocks();
  std::ranges::move(pair_blocks(), std::back_inserter(blocks));
  std::ranges::move(larger_bare_rings(), std::back_inserter(blocks));
  declare(blocks, setting);
  Collector collector;
  benchmark::RunSpecifiedBenchmarks(&collector);
  print_tables(std::cout, collector.times(), goals());
  if (setting.shares_cpu()) std::cout << "\nOnly one CPU: both ends of each pair shared it.\n";
  return smoke && !all_measured(collector.times(), blocks) ? 1 : 0;
}

}  // namespace
}  // namespace ipcbench::core

int main(int argc, char** argv) {
  try {
    return ipcbench::core::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "core_bench: " << error.what() << '\n';
    return 2;
  }
}
