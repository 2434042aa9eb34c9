#include "bench/study/claims/key_claims.hpp"

#include <linux/magic.h>
#include <sys/ipc.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cstdlib>
#include <map>
#include <set>

#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::string file_system_of(const fs::path& directory) {
  constexpr long kXfs = 0x58465342;  // older headers lack it in linux/magic.h
  static const std::map<long, std::string> kNames{{TMPFS_MAGIC, "tmpfs"},
                                                  {EXT4_SUPER_MAGIC, "ext2/ext3/ext4"},
                                                  {BTRFS_SUPER_MAGIC, "btrfs"},
                                                  {OVERLAYFS_SUPER_MAGIC, "overlay"},
                                                  {kXfs, "xfs"}};
  struct statfs facts {};
  checked(statfs(directory.c_str(), &facts), "statfs");
  const auto name = kNames.find(static_cast<long>(facts.f_type));
  return name == kNames.end() ? fmt::format("file system {:#x}", facts.f_type) : name->second;
}

void create(const fs::path& file) {
  const Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) throw KernelError(errno, fmt::format("cannot create {}", file.string()));
}

struct FileId {
  ino_t inode = 0;
  key_t key = 0;
};

FileId id_of(const fs::path& file) {
  constexpr int kProject = 'i';
  struct stat facts {};
  checked(stat(file.c_str(), &facts), "stat");
  return {facts.st_ino, checked(ftok(file.c_str(), kProject), "ftok")};
}

struct TemporaryFile {
  fs::path path;
  ~TemporaryFile() {
    std::error_code gone;
    fs::remove(path, gone);
  }
};

// Usual places for files, one per file system.
std::vector<fs::path> directories() {
  const char* const temporary = std::getenv("TMPDIR");
  std::set<dev_t> seen;
  std::vector<fs::path> chosen;
  for (const char* directory : {temporary != nullptr ? temporary : "/tmp", "/dev/shm", "."}) {
    struct stat facts {};
    if (stat(directory, &facts) == 0 && seen.insert(facts.st_dev).second) chosen.emplace_back(directory);
  }
  return chosen;
}

}  // namespace

void delete_and_create(const fs::path& file) {
  checked(unlink(file.c_str()), "unlink");
  create(file);
}

FtokOfRecreatedFile ftok_of_recreated_file(const fs::path& directory, const Recreate& recreate,
                                           unsigned tries) {
  FtokOfRecreatedFile result{
      .file_system = file_system_of(directory), .tries = tries, .other_inode = 0, .other_key = 0};
  const TemporaryFile file{directory / unpredictable_name()};
  create(file.path);
  for (unsigned i = 0; i < tries; ++i) {
    const FileId before = id_of(file.path);
    recreate(file.path);
    const FileId after = id_of(file.path);
    if (after.inode != before.inode) ++result.other_inode;
    if (after.key != before.key) ++result.other_key;
  }
  return result;
}

Answer judge_ftok(const Trials<FtokOfRecreatedFile>& trials) {
  if (trials.done.empty()) return untested("no directory to create a file in");
  std::vector<std::string> evidence;
  std::vector<std::string> found;
  std::size_t always = 0;
  std::size_t never = 0;
  for (const auto& [directory, ftok] : trials.done) {
    evidence.push_back(
        fmt::format("{} ({}): deleted and created again {} times, another inode {} times, another key {}.",
                    directory, ftok.file_system, ftok.tries, ftok.other_inode, ftok.other_key));
    found.push_back(
        fmt::format("another key {} of {} times on {}", ftok.other_key, ftok.tries, ftok.file_system));
    if (ftok.other_key == ftok.tries) ++always;
    if (ftok.other_key == 0) ++never;
  }
  trials.report_refused(evidence);
  const ClaimVerdict verdict = always == found.size()  ? ClaimVerdict::confirmed
                               : never == found.size() ? ClaimVerdict::refuted
                                                       : ClaimVerdict::depends;
  return judged(verdict,
                "on the inode that the file system gives: ", fmt::format("{}", fmt::join(found, "; ")),
                std::move(evidence));
}

Answer ftok_gives_another_key() {
  Trials<FtokOfRecreatedFile> trials;
  for (const auto& directory : directories()) {
    trials.add(directory.string(), [&] { return ftok_of_recreated_file(directory); });
  }
  return judge_ftok(trials);
}

std::span<const Claim> key_claims() {
  static constexpr std::array kClaims{
      Claim{"ftok_recreated",
            {45},
            "ftok() gives another key for a file that was deleted and created again.",
            ftok_gives_another_key,
            19}};
  return kClaims;
}

}  // namespace ipcbench
