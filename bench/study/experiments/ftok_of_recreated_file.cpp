#include "bench/study/experiments/ftok_of_recreated_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/magic.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "harness/base/fd.hpp"
#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::string file_system_of(const fs::path& directory) {
  constexpr long kXfs = 0x58465342;  // not in linux/magic.h of older headers
  struct statfs facts {};
  checked(statfs(directory.c_str(), &facts), "statfs");
  switch (static_cast<long>(facts.f_type)) {
    case TMPFS_MAGIC:
      return "tmpfs";
    case EXT4_SUPER_MAGIC:
      return "ext2/ext3/ext4";
    case BTRFS_SUPER_MAGIC:
      return "btrfs";
    case OVERLAYFS_SUPER_MAGIC:
      return "overlay";
    case kXfs:
      return "xfs";
    default:
      return fmt::format("file system {:#x}", facts.f_type);
  }
}

void create(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) throw KernelError(errno, fmt::format("cannot create {}", file.string()));
}

ino_t inode_of(const fs::path& file) {
  struct stat facts {};
  checked(stat(file.c_str(), &facts), "stat");
  return facts.st_ino;
}

key_t key_of(const fs::path& file) {
  constexpr int kProject = 'i';
  return checked(ftok(file.c_str(), kProject), "ftok");
}

// Removes the file, whatever happened to it.
struct Leftover {
  fs::path file;
  ~Leftover() {
    std::error_code gone;
    fs::remove(file, gone);
  }
};

}  // namespace

void delete_and_create(const fs::path& file) {
  checked(unlink(file.c_str()), "unlink");
  create(file);
}

FtokOfRecreatedFile ftok_of_recreated_file(const fs::path& directory, const Remake& remake, unsigned tries) {
  FtokOfRecreatedFile result{
      .file_system = file_system_of(directory), .tries = tries, .other_inode = 0, .other_key = 0};
  const Leftover made{directory / unpredictable_name()};
  create(made.file);
  for (unsigned i = 0; i < tries; ++i) {
    const ino_t inode = inode_of(made.file);
    const key_t key = key_of(made.file);
    remake(made.file);
    if (inode_of(made.file) != inode) ++result.other_inode;
    if (key_of(made.file) != key) ++result.other_key;
  }
  return result;
}

}  // namespace ipcbench
