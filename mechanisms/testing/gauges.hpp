// The resources that a long-running process must not keep accumulating.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "harness/host/host_files.hpp"
#include "mechanisms/testing/leftovers.hpp"

namespace ipcbench {

// Must be the same after every launch: descriptors, children and objects by name, and the number of threads.
struct Exact {
  std::set<std::string> objects;
  std::size_t threads = 0;

  friend bool operator==(const Exact&, const Exact&) = default;
};

inline Exact exact_now() {
  const std::filesystem::directory_iterator tasks("/proc/self/task");
  return {.objects = visible_objects(),
          .threads = static_cast<std::size_t>(std::distance(begin(tasks), end(tasks)))};
}

// An allocator moves these up and down, so they are judged by their trend.
struct Sample {
  std::int64_t resident_kib = 0;  // from smaps_rollup, since statm is an estimate
  std::int64_t mappings = 0;
};

inline Sample sample_now() {
  std::ifstream maps("/proc/self/maps");
  const auto lines = std::count(std::istreambuf_iterator<char>(maps), {}, '\n');
  return {.resident_kib = read_integer_field("/proc/self/smaps_rollup", "Rss").value_or(0),
          .mappings = lines};
}

inline std::int64_t median(std::span<const Sample> samples, std::int64_t Sample::*member) {
  std::vector<std::int64_t> values;
  for (const Sample& sample : samples) values.push_back(sample.*member);
  if (values.empty()) return 0;
  std::ranges::nth_element(values, values.begin() + std::ssize(values) / 2);
  return values[values.size() / 2];
}

}  // namespace ipcbench
