// What lies between the ends (Cell::boundary): the consumer's own namespace or control group.
#pragma once

#include <optional>
#include <string>

#include "harness/base/cell.hpp"
#include "harness/cleanup/ledger.hpp"
#include "harness/loops/control_block.hpp"

namespace ipcbench {

// A control group below this process's own, of the CPU controller if that has a hierarchy of its own (version
// 1). The ledger has it until it is removed.
class ConsumerGroup {
 public:
  ConsumerGroup();  // throws KernelError, and Error if there are no control groups
  ~ConsumerGroup();
  ConsumerGroup(const ConsumerGroup&) = delete;
  ConsumerGroup& operator=(const ConsumerGroup&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  Noted noted_;
};

// Takes the calling thread, the only one of its process, across the job's boundary. An ordinary user gets a
// user namespace as well where that is what permits a network or IPC namespace. Users and groups keep their
// numbers. Throws KernelError.
void cross_boundary(const Job& job);

// Empty: this system has that boundary, for these peers. Otherwise the reason and the remedy. Tries each once
// in a process, whatever the mechanism.
std::optional<std::string> why_no_boundary(const Cell& cell);

}  // namespace ipcbench
