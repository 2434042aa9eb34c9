#include "harness/refusal.hpp"

#include <exception>
#include <new>
#include <system_error>

#include "harness/launch_directory.hpp"
#include "harness/process_pair.hpp"
#include "harness/remedy.hpp"

namespace ipcbench {

std::optional<std::string> why_refused(const Cell& cell) {
  try {
    const MechanismEntry& entry = *find_mechanism(cell.mechanism);
    const LaunchDirectory directory;
    entry.create(spec_for(cell, directory), ways_of(cell.pattern, entry.traits.delivery));
    return std::nullopt;
  } catch (const std::system_error& error) {
    return explained(error);
  } catch (const std::bad_alloc& error) {
    return explained(error);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

Unavailable why_unavailable(const MechanismEntry& entry) {
  if (auto reason = entry.available()) return reason;
  Cell cell;
  cell.mechanism = std::string(entry.traits.name);
  cell.pattern = Pattern::throughput;
  cell.size_bytes = entry.traits.min_message_bytes;
  return why_refused(cell);
}

}  // namespace ipcbench
