#include "bench/run/profile.hpp"

#include <algorithm>
#include <set>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::vector kBothPatterns{Pattern::latency, Pattern::throughput};
const std::vector kPinned{Cpus::same, Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node};
const std::vector kApart{Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node};
const std::vector kPinnedAndFree{Cpus::same, Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node, Cpus::free};
const std::vector kOtherWaits{Wait::spin, Wait::poll, Wait::adaptive};

// 0: a token, for those that can pass one without payload. Both sides of PIPE_BUF and of a pipe's capacity
// are in both.
const char* const kStandardSizes =
    "0,1,8,64,256,1024,4095,4096,4097,16384,65535,65536,65537,256KiB,1MiB,16MiB";
const char* const kFullSizes = "0,1..16MiB";
const char* const kFewSizes = "0,64,4KiB,64KiB,1MiB";

// One, two, as many as there are CPUs, and twice as many.
std::vector<std::uint32_t> usual_fans() {
  const auto cpus = static_cast<std::uint32_t>(std::min<std::size_t>(allowed_cpus().size(), kMaxFan / 2));
  const std::set<std::uint32_t> fans{1, 2, cpus, 2 * cpus};
  return {fans.begin(), fans.end()};
}

// What the rest of a profile varies: blocking, copying children, everywhere on the machine.
Axes blocking(std::vector<Pattern> patterns, const char* sizes) {
  return {.patterns = std::move(patterns),
          .sizes_bytes = parse_size_list(sizes),
          .waits = {Wait::block},
          .peers = {Peers::fork},
          .cpus = kPinned,
          .payloads = {Payload::copy},
          .rates = {{.percent = 50}},
          .arrivals = {Arrivals::poisson},
          .fans = usual_fans()};
}

// Spinning where the ends have a CPU each, since it is there that memory is fastest without the kernel.
Axes spinning_apart(const char* sizes) {
  Axes axes = blocking({Pattern::latency}, sizes);
  axes.waits = {Wait::spin};
  axes.cpus = kApart;
  return axes;
}

Profile quick() {
  return {.name = "quick",
          .summary = "every mechanism, a few sizes; within 60 s",
          .blocks = {blocking(kBothPatterns, "0,64,64KiB")},
          .launches = 3,
          .warm_up = milliseconds(2),
          .timed = milliseconds(18),
          .budget = seconds(38)};
}

Profile standard() {
  // Whether threads are faster than processes is asked so often that it is answered by default.
  Axes threads = blocking({Pattern::latency}, "0,64,64KiB");
  threads.peers = {Peers::thread};
  return {.name = "standard",
          .summary = "every mechanism, 16 sizes; spinning and threads as well; within 10 minutes",
          .blocks = {blocking(kBothPatterns, kStandardSizes), spinning_apart(kStandardSizes), threads},
          .launches = 6,
          .warm_up = milliseconds(3),
          .timed = milliseconds(20),
          .budget = seconds(540)};
}

Profile full() {
  Axes everywhere = blocking(kBothPatterns, kFullSizes);
  everywhere.peers = {Peers::fork, Peers::exec, Peers::thread};
  everywhere.cpus = kPinnedAndFree;
  Axes other_waits = blocking(kBothPatterns, kFullSizes);
  other_waits.waits = kOtherWaits;
  Axes in_place = blocking(kBothPatterns, kFewSizes);
  in_place.payloads = {Payload::scan};
  Axes other_patterns =
      blocking({Pattern::oneway, Pattern::paced, Pattern::fanin, Pattern::fanout}, kFewSizes);
  other_patterns.rates = {{.percent = 20}, {.percent = 50}, {.percent = 80}};
  return {.name = "full",
          .summary = "32 sizes, every pattern, way of waiting and kind of peers; within an hour",
          .blocks = {everywhere, other_waits, in_place, other_patterns},
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

}  // namespace ipcbench
