#include "bench/profile.hpp"

#include "harness/units.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::vector kBothPatterns{Pattern::latency, Pattern::throughput};
const std::vector kPinned{Cpus::same, Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node};
const std::vector kApart{Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node};
const std::vector kPinnedAndFree{Cpus::same, Cpus::smt, Cpus::llc, Cpus::socket, Cpus::node, Cpus::free};
const std::vector kOtherWaits{Wait::spin, Wait::poll, Wait::adaptive};

// Both sides of PIPE_BUF and of a pipe's capacity are in both.
const char* const kStandardSizes = "1,8,64,256,1024,4095,4096,4097,16384,65535,65536,65537,256KiB,1MiB,16MiB";
const char* const kFullSizes = "1..16MiB";

Profile quick() {
  return {.name = "quick",
          .summary = "every mechanism, a few sizes; within 60 s",
          .blocks = {{.patterns = kBothPatterns,
                      .sizes_bytes = parse_size_list("64,4KiB,64KiB,1MiB"),
                      .waits = {Wait::block},
                      .peers = {Peers::fork},
                      .cpus = kPinned,
                      .payloads = {Payload::copy}}},
          .launches = 3,
          .warm_up = milliseconds(4),
          .timed = milliseconds(30),
          .budget = seconds(38)};
}

// Spinning too where the ends have a CPU each, since it is there that memory is fastest without the kernel.
Profile standard() {
  const std::vector<std::uint64_t> sizes = parse_size_list(kStandardSizes);
  return {.name = "standard",
          .summary = "every mechanism, 15 sizes, spinning round trips as well; within 10 minutes",
          .blocks = {{.patterns = kBothPatterns,
                      .sizes_bytes = sizes,
                      .waits = {Wait::block},
                      .peers = {Peers::fork},
                      .cpus = kPinned,
                      .payloads = {Payload::copy}},
                     {.patterns = {Pattern::latency},
                      .sizes_bytes = sizes,
                      .waits = {Wait::spin},
                      .peers = {Peers::fork},
                      .cpus = kApart,
                      .payloads = {Payload::copy}}},
          .launches = 6,
          .warm_up = milliseconds(5),
          .timed = milliseconds(40),
          .budget = seconds(540)};
}

Profile full() {
  const std::vector<std::uint64_t> sizes = parse_size_list(kFullSizes);
  const std::vector<std::uint64_t> few_sizes = parse_size_list("64,4KiB,64KiB,1MiB");
  return {.name = "full",
          .summary = "31 sizes, every way of waiting, unrelated and unpinned ends as well; within an hour",
          .blocks = {{.patterns = kBothPatterns,
                      .sizes_bytes = sizes,
                      .waits = {Wait::block},
                      .peers = {Peers::fork, Peers::exec},
                      .cpus = kPinnedAndFree,
                      .payloads = {Payload::copy}},
                     {.patterns = kBothPatterns,
                      .sizes_bytes = sizes,
                      .waits = kOtherWaits,
                      .peers = {Peers::fork},
                      .cpus = kPinned,
                      .payloads = {Payload::copy}},
                     {.patterns = kBothPatterns,
                      .sizes_bytes = few_sizes,
                      .waits = {Wait::block},
                      .peers = {Peers::fork},
                      .cpus = kPinned,
                      .payloads = {Payload::scan}}},
          .launches = 6,
          .warm_up = milliseconds(8),
          .timed = milliseconds(60),
          .budget = seconds(3400)};
}

}  // namespace

std::span<const Profile> profiles() {
  static const std::vector<Profile> all{quick(), standard(), full()};
  return all;
}

}  // namespace ipcbench
