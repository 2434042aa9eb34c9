// Whether ftok(3) gives another key for a file that was deleted and made again.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

namespace ipcbench {

struct FtokOfRecreatedFile {
  std::string file_system;  // "tmpfs"; its magic number where the name is not known
  unsigned tries = 0;
  unsigned other_inode = 0;  // how often the new file had another inode
  unsigned other_key = 0;    // and how often another key
};

// Makes a file anew at its path. Throws KernelError.
using Remake = std::function<void(const std::filesystem::path& file)>;
void delete_and_create(const std::filesystem::path& file);

// In a file of its own in `directory`, which it removes. Throws KernelError if it cannot write there.
FtokOfRecreatedFile ftok_of_recreated_file(const std::filesystem::path& directory,
                                           const Remake& remake = delete_and_create, unsigned tries = 16);

}  // namespace ipcbench
