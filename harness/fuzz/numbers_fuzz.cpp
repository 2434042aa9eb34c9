// Sizes, durations, lists of CPUs and of descriptors as people, kernels and other processes write them.
#include <stdexcept>

#include "harness/base/units.hpp"
#include "harness/fuzz/invariant.hpp"
#include "harness/host/host_files.hpp"
#include "harness/registry/link.hpp"

namespace {

using namespace ipcbench;
using fuzz::require;

// False: refused.
template <class Function>
bool accepts(Function function) {
  try {
    function();
    return true;
  } catch (const std::invalid_argument&) {
    return false;
  }
}

void read(const std::string& text) {
  accepts([&] {
    const auto size = parse_size(text);
    require(parse_size(format_size(size)) == size, "sizes are read as they are written");
  });
  accepts([&] { require(parse_duration(text).count() >= 0, "no duration is negative"); });
  accepts([&] {
    const auto sizes = parse_size_list(text);
    require(!sizes.empty(), "a list of sizes has one");
    for (std::size_t i = 1; i < sizes.size(); ++i) require(sizes[i - 1] < sizes[i], "sizes ascend");
  });
  accepts([&] {
    const auto cpus = parse_cpu_list(text);
    require(parse_cpu_list(format_cpu_list(cpus)) == cpus, "lists of CPUs are read as they are written");
  });
  accepts([&] {
    for (const int number : parse_numbers(text)) require(number >= 0, "no descriptor is negative");
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  read(fuzz::text_of(data, size));
  return 0;
}
