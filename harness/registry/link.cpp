#include "harness/registry/link.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <stdexcept>

#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

// A lossy mechanism is verified in ping-pong, whatever pattern is timed.
Ways ways_of(Pattern pattern, Delivery delivery, std::uint32_t chain, std::uint32_t own) {
  if (own != 0) return {.own = own};
  if (pattern == Pattern::latency) return {.hops = chain};
  return {.hops = is_ping_pong(pattern) || delivery != Delivery::reliable ? 2U : 1U};
}

}  // namespace

Ways ways_of(const Cell& cell, Delivery delivery) {
  return ways_of(cell.pattern, delivery, cell.chain, has_own_links(cell) ? cell.fan : 0);
}

Ways ways_of(const Job& job, Delivery delivery) {
  return ways_of(job.pattern, delivery, job.consumers + 1, job.own_links ? job.producers : 0);
}

std::string format_numbers(const std::vector<InheritedFd>& descriptors) {
  std::vector<int> numbers;
  std::ranges::transform(descriptors, std::back_inserter(numbers), &InheritedFd::number);
  return fmt::format("{}", fmt::join(numbers, ","));
}

LinkSpec spec_of_object(LinkSpec of_link, std::size_t object) {
  of_link.name += fmt::format("-{}", object);
  return of_link;
}

std::vector<int> parse_numbers(const std::string& text) {
  std::vector<int> numbers;
  if (text.empty()) return numbers;
  for (const std::string_view item : split_at_commas(text)) {
    numbers.push_back(parse_number<int>(item).value_or(-1));
    if (numbers.back() >= 0) continue;
    throw std::invalid_argument(fmt::format("'{}' is not a list of descriptors, such as 5,1", text));
  }
  return numbers;
}

}  // namespace ipcbench
