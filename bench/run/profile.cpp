#include "bench/run/profile.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 0 is a token without payload. Both long lists have both sides of PIPE_BUF and of a pipe's capacity.
constexpr const char* kStandardSizes =
    "0,1,8,64,256,1024,4095,4096,4097,16384,65535,65536,65537,256KiB,1MiB,16MiB";
constexpr const char* kFullSizes = "0,1..16MiB";
constexpr const char* kFewSizes = "0,64,4KiB,64KiB,1MiB";

// One end, two, as many as there are CPUs, and twice as many.
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

Profile quick() {
  return {.name = "quick",
          .summary = "every mechanism, a few sizes; within 60 s",
          .blocks = {block({{"size", "0,64,64KiB"}})},
          .launches = 3,
          .warm_up = milliseconds(2),
          .timed = milliseconds(18),
          .budget = seconds(38)};
}

Profile standard() {
  // Spinning is measured where each end has its own CPU: there it beats sleeping in the kernel.
  const AxisValues spinning = block(
      {{"pattern", "latency"}, {"size", kStandardSizes}, {"wait", "spin"}, {"cpus", "smt,llc,socket,node"}});
  // Whether threads are faster than processes is asked so often that the default profile answers it.
  const AxisValues threads = block({{"pattern", "latency"}, {"size", "0,64,64KiB"}, {"peers", "thread"}});
  return {.name = "standard",
          .summary = "every mechanism, 16 sizes; spinning and threads as well; within 10 minutes",
          .blocks = {block({{"size", kStandardSizes}}), spinning, threads},
          .launches = 6,
          .warm_up = milliseconds(3),
          .timed = milliseconds(20),
          .budget = seconds(540)};
}

Profile full() {
  const AxisValues everywhere =
      block({{"size", kFullSizes}, {"peers", "fork,exec,thread"}, {"cpus", "same,smt,llc,socket,node,free"}});
  const AxisValues other_waits = block({{"size", kFullSizes}, {"wait", "spin,poll,adaptive"}});
  const AxisValues in_place = block({{"size", kFewSizes}, {"payload", "scan"}});
  const AxisValues other_patterns =
      block({{"pattern", "oneway,paced,fanin,fanout"}, {"size", kFewSizes}, {"rate", "20%,50%,80%"}});
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
