// The claims about files and mapped files, and their experiments.
#pragma once

#include "bench/study/claims/claim.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> file_claims();

// A file that this process maps with MAP_PRIVATE or MAP_SHARED and another one with MAP_SHARED.
struct PrivateMapping {
  bool sees_others_before_writing = false;  // the other's store shows in the mapping
  bool own_write_seen_by_others = false;    // a store through the mapping shows in the file
  bool sees_others_after_writing = false;   // the other's later store to the written page shows
  bool other_page_sees_others = false;      // its store to another page shows
};
// `flag`: of this process's mapping. Throws KernelError if there can be no such file.
PrivateMapping private_mapping(int flag);
Answer judge_private_mapping(const PrivateMapping& mapping);

}  // namespace ipcbench
