// The machines of a site: for each machine and kernel series the newest report, which gets a page.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "results/index/index.hpp"

namespace ipcbench {

// A machine under one series of kernels. Kernels of two series are never compared, so they are two entries.
struct SiteMachine {
  IndexedSession newest;
  std::size_t sessions = 0;   // of this machine under this series
  std::string first_started;  // the oldest of them
};

// By name, then by series. Incomplete sessions count only where there is no complete one. `sessions` ascend
// in time, as Index::sessions() gives them.
std::vector<SiteMachine> machines_of(const std::vector<IndexedSession>& sessions);

// The name of a machine in addresses and file names: sixteen hexadecimal digits of the digest of its key,
// which may hold any character.
std::string machine_name(const std::string& host_key);

}  // namespace ipcbench
