// The claims about threads, and their experiments.
#pragma once

#include "bench/study/claims/claim.hpp"

namespace ipcbench {

std::span<const Claim> thread_claims();

}  // namespace ipcbench
