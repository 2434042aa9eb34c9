#include "harness/launch/skip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <map>
#include <memory>
#include <vector>

#include "harness/base/call_limit.hpp"
#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/shortage.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/contract/feasibility.hpp"
#include "harness/launch/boundary.hpp"
#include "harness/launch/memory_placement.hpp"
#include "harness/launch/process_pair.hpp"
#include "harness/launch/scheduling.hpp"
#include "harness/loops/descriptor_set.hpp"

namespace ipcbench {
namespace {

std::optional<std::string> bad_parameter(const MechanismEntry& entry, const Settings& parameters, Wait wait) {
  for (const auto& [name, value] : parameters) {
    const auto known = std::ranges::find(entry.parameters, name, &Parameter::name);
    if (known == entry.parameters.end())
      return fmt::format("{} has no parameter {}", entry.traits.name, name);
    if (name == kSpinMicroseconds.name && wait != Wait::adaptive) {
      return fmt::format("{} means something to --wait {} only", name, name_of(Wait::adaptive));
    }
    if (value < known->min || value > known->max) {
      return fmt::format("{} must be from {} to {}", name, known->min, known->max);
    }
  }
  return std::nullopt;
}

std::optional<std::string> too_long(const MechanismEntry& entry, const Cell& cell) {
  const MessageLimit limit = entry.message_limit(cell.parameters);
  if (cell.size_bytes <= limit.bytes) return std::nullopt;
  return fmt::format("longer than the {} bytes that a message may have; {}", limit.bytes, limit.remedy);
}

constexpr auto kCreationLimit = std::chrono::seconds(10);

// Tries each number once, in a process of its own.
std::optional<std::string> why_not_so_many(std::uint32_t watched) {
  if (watched == 0) return std::nullopt;
  static std::map<std::uint32_t, std::optional<std::string>> known;
  const auto found = known.find(watched);
  if (found != known.end()) return found->second;
  const auto why = [&]() -> std::optional<std::string> {
    try {
      bytes_from_child(
          [&] {
            const DescriptorSet set(Wait::epoll, -1, watched);
            return std::string();
          },
          kCreationLimit);
      return std::nullopt;
    } catch (const std::exception& error) {
      return explained(error);
    }
  };
  return known.emplace(watched, why()).first->second;
}

}  // namespace

std::optional<std::string> why_skipped(const Cell& cell) {
  const MechanismEntry* entry = find_mechanism(cell.mechanism);
  if (entry == nullptr) return "there is no such mechanism";
  if (auto reason = ask_whether_available(*entry)) return reason;
  if (auto reason = why_infeasible(entry->traits, entry->join != nullptr, cell)) return reason;
  if (auto reason = why_unschedulable(cell.policy)) return reason;
  if (auto reason = why_no_boundary(cell)) return reason;
  if (auto reason = why_not_so_many(cell.watched)) return reason;
  if (auto reason = why_unplaceable(cell, entry->traits)) return reason;
  if (auto reason = bad_parameter(*entry, cell.parameters, cell.wait)) return reason;
  if (auto reason = too_long(*entry, cell)) return reason;
  return entry->refuses == nullptr ? std::nullopt : entry->refuses(cell);
}

std::optional<std::string> why_refused(const Cell& cell) {
  try {
    const LaunchDirectory directory;
    std::vector<std::unique_ptr<Link>> links;  // as many as a launch has at once
    links.reserve(cell.pairs);
    for (std::uint32_t i = 0; i < cell.pairs; ++i)
      links.push_back(create_objects(cell, spec_for(cell, directory.make_part(i)), kCreationLimit));
    return std::nullopt;
  } catch (const CallTimedOut& error) {
    return error.what();
  } catch (const std::exception& error) {
    const bool is_library = find_mechanism(cell.mechanism)->traits.kind == MechanismKind::library;
    if (!is_refusal(error) && !(is_library && what_is_short())) return std::nullopt;
    return is_library ? with_shortage(explained(error)) : explained(error);
  }
}

std::optional<std::string> why_not_across(const Cell& cell) {
  if (cell.boundary == Boundary::none) return std::nullopt;
  constexpr auto kBrief = std::chrono::milliseconds(1);
  Cell tried = cell;
  tried.pattern = Pattern::latency;
  tried.cpus = Cpus::free;
  tried.beside = Beside::none;
  tried.idle_ns = 0;
  tried.watched = 0;
  tried.pairs = 1;
  tried.chain = 2;
  const LaunchOutcome outcome = launch(tried, {.placement = {},
                                               .verify = kBrief,
                                               .warm_up = kBrief,
                                               .timed = kBrief,
                                               .least_samples = 0,
                                               .time_limit = std::chrono::seconds(5)});
  const auto* failure = std::get_if<Failure>(&outcome);
  if (failure == nullptr) return std::nullopt;
  return fmt::format("it does not work across {}: {}", describe_value(axis_named("boundary"), cell),
                     failure->reason);
}

Unavailable why_unavailable(const MechanismEntry& entry) {
  if (auto reason = ask_whether_available(entry)) return reason;
  Cell cell;
  cell.mechanism = std::string(entry.traits.name);
  cell.pattern = Pattern::throughput;
  cell.size_bytes = entry.traits.min_message_bytes;
  return why_refused(cell);
}

}  // namespace ipcbench
