// The claims about System V keys, and their experiments.
#pragma once

#include <sys/ipc.h>
#include <sys/msg.h>

#include <filesystem>
#include <functional>

#include "bench/study/claims/steps.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

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
// The same on the file systems of /tmp, /dev/shm and the working directory.
Steps ftok_of_recreated_files(const Recreate& recreate = delete_and_create);

using GetByKey = std::function<int(key_t key, int flags)>;  // msgget(2), or what a test puts in its place
Steps exclusive_creation(const GetByKey& get = msgget);

// remove: removes the queue of this identifier; null: ipcrm(1), which throws Error if it is not installed.
Steps shown_and_removed(const std::function<void(int id)>& remove = nullptr);

using Ftok = std::function<key_t(const char* path, int project)>;
Steps ftok_bits(const Ftok& ftok = ::ftok);
Steps ftok_zero(const Ftok& ftok = ::ftok);
Steps ftok_same(const Ftok& ftok = ::ftok);

}  // namespace ipcbench
