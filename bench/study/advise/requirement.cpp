#include "bench/study/advise/requirement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

#include "bench/cli/arguments.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

std::optional<double> parse_decimal(std::string_view text) {
  double number = 0;
  const auto [stopped, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && stopped == text.data() + text.size();
  return whole && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

template <class Axis>
Axis parse_value(std::string_view argument, const std::string& text) {
  return parse_choice(argument, text, kAxis<Axis>).value;
}

std::vector<Wait> parse_waits(const RequirementTexts& texts, const Requirement& requirement) {
  std::vector<Wait> waits;
  if (!texts.waits.empty()) {
    for (const std::string& text : split_list("--wait", texts.waits)) {
      const Wait wait = parse_value<Wait>("--wait", text);
      if (std::ranges::find(waits, wait) == waits.end()) waits.push_back(wait);
    }
    return waits;
  }
  waits = {Wait::block};
  if (requirement.max_cpus) waits.push_back(Wait::adaptive);
  if (requirement.max_cpus.value_or(0) > 1) waits.push_back(Wait::spin);
  return waits;
}

double parse_cpus_busy(const std::string& text) {
  const auto number = parse_decimal(text);
  if (number && *number > 0 && *number <= 1024) return *number;
  throw UsageError(fmt::format("--max-cpus: '{}' is not a number of CPUs, such as 1 or 0.5", text));
}

std::vector<MessageStream> parse_streams(const RequirementTexts& texts) {
  std::vector<MessageStream> streams;
  try {
    for (const std::string& text : split_list("--stream", texts.streams))
      streams.push_back(parse_stream(text));
  } catch (const std::invalid_argument& error) {
    throw UsageError(fmt::format("--stream: {}", error.what()));
  }
  return streams;
}

bool share_a_link(const RequirementTexts& texts) {
  if (texts.links.empty() || texts.links == "one") return true;
  if (texts.links == "each") return false;
  throw UsageError(fmt::format("--links: \"{}\" is not one of one, each", texts.links));
}

StreamMix mix_of(const std::vector<MessageStream>& streams) {
  try {
    return StreamMix(streams);
  } catch (const std::invalid_argument& error) {
    throw UsageError(
        fmt::format("--stream: {}; --links each gives each stream a link of its own", error.what()));
  }
}

Cpus nearest_two(std::span<const Cpus> here) {
  for (const Cpus cpus : {Cpus::llc, Cpus::socket, Cpus::smt, Cpus::node, Cpus::same}) {
    if (std::ranges::find(here, cpus) != here.end()) return cpus;
  }
  return Cpus::free;
}

}  // namespace

Requirement parse_requirement(const RequirementTexts& texts, std::span<const Cpus> here) {
  Requirement requirement;
  if (texts.streams.empty())
    throw UsageError("--stream: say what is sent, such as --stream 4KiB@200 (messages a second)");
  requirement.streams = parse_streams(texts);
  if (requirement.streams.size() > 1 && share_a_link(texts)) requirement.mix = mix_of(requirement.streams);
  if (!texts.peers.empty()) requirement.peers = parse_value<Peers>("--peers", texts.peers);
  requirement.needs = parse_needs(texts.needs);
  if (!texts.max_p99.empty()) {
    const auto limit =
        parse_time("--max-p99", texts.max_p99, std::chrono::nanoseconds(1), std::chrono::hours(1));
    requirement.max_p99_ns = static_cast<double>(limit.count());
  }
  if (!texts.max_cpus.empty()) requirement.max_cpus = parse_cpus_busy(texts.max_cpus);
  requirement.cpus = texts.cpus.empty() ? nearest_two(here) : parse_value<Cpus>("--cpus", texts.cpus);
  requirement.waits = parse_waits(texts, requirement);
  return requirement;
}

std::size_t longest_bytes(const Requirement& requirement) {
  return std::ranges::max(requirement.streams, {}, &MessageStream::size_bytes).size_bytes;
}

}  // namespace ipcbench
