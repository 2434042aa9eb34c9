// The claims about System V keys, and their experiments.
#pragma once

#include <filesystem>
#include <functional>

#include "bench/study/claims/claim.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::span<const Claim> key_claims();

// Whether ftok(3) gives another key for a file that was deleted and created again.
struct FtokOfRecreatedFile {
  std::string file_system;  // "tmpfs"; the magic number if its name is not known
  unsigned tries = 0;
  unsigned other_inode = 0;  // how often the new file had another inode
  unsigned other_key = 0;    // how often it had another key
};
using Recreate = std::function<void(const std::filesystem::path& file)>;  // throws KernelError
void delete_and_create(const std::filesystem::path& file);
// Uses a new file in `directory`. Throws KernelError if it cannot write there.
FtokOfRecreatedFile ftok_of_recreated_file(const std::filesystem::path& directory,
                                           const Recreate& recreate = delete_and_create, unsigned tries = 16);
// The trials are named by their directory.
Answer judge_ftok(const Trials<FtokOfRecreatedFile>& trials);

Answer ftok_gives_another_key();

}  // namespace ipcbench
