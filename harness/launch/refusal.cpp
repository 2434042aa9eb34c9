#include "harness/launch/refusal.hpp"

#include <chrono>
#include <exception>

#include "harness/base/call_limit.hpp"
#include "harness/base/error.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/launch/process_pair.hpp"

namespace ipcbench {
namespace {

constexpr auto kCreationLimit = std::chrono::seconds(10);

}  // namespace

std::optional<std::string> why_refused(const Cell& cell) {
  try {
    const LaunchDirectory directory;
    create_objects(cell, spec_for(cell, directory), kCreationLimit);
    return std::nullopt;
  } catch (const CallTimedOut& error) {
    return error.what();
  } catch (const std::exception& error) {
    return is_refusal(error) ? std::optional(explained(error)) : std::nullopt;
  }
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
