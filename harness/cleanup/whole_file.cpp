#include "harness/cleanup/whole_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "harness/base/fd.hpp"
#include "harness/cleanup/ledger.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail_write(int error, const fs::path& file) {
  throw FileError(fmt::format("cannot write {}", file.string()), "name another place", error);
}

fs::path folder_of(const fs::path& file) { return file.has_parent_path() ? file.parent_path() : "."; }

// Whether another user, who is not the directory's owner, put the link into a directory that is open to all.
bool is_planted(const fs::path& link) {
  struct stat made {};
  struct stat place {};
  if (::lstat(link.c_str(), &made) != 0 || ::stat(folder_of(link).c_str(), &place) != 0) return false;
  constexpr mode_t kEverybodys = S_ISVTX | S_IWOTH;
  return (place.st_mode & kEverybodys) == kEverybodys && made.st_uid != ::geteuid() &&
         made.st_uid != place.st_uid;
}

// Follows symbolic links to the end.
fs::path followed(const fs::path& file) {
  constexpr int kMaxLinks = 40;  // as the kernel's own limit
  fs::path target = file;
  for (int links = 0; fs::is_symlink(target); ++links) {
    if (links == kMaxLinks) fail_write(ELOOP, file);
    if (is_planted(target)) {
      throw FileError(
          fmt::format("cannot write {}: {} is another user's link in a directory that is open to all",
                      file.string(), target.string()),
          "remove it, or name another file", EACCES);
    }
    target = target.parent_path() / fs::read_symlink(target);
  }
  return target;
}

fs::path target_of(const fs::path& file) {
  fs::path target = followed(file);
  const fs::file_status status = fs::status(target);
  if (fs::is_directory(status)) fail_write(EISDIR, file);
  if (fs::exists(status) && !fs::is_regular_file(status)) {
    throw FileError(fmt::format("cannot write {}: it is no regular file", file.string()), {}, EINVAL);
  }
  return target;
}

// A temporary file beside the target, removed unless kept.
class TemporaryFile {
 public:
  explicit TemporaryFile(const fs::path& target) : target_(target) {
    std::uint64_t random = 0;
    if (::getrandom(&random, sizeof random, 0) != sizeof random) fail_write(errno, target);
    // Shortened: a target's name of the maximum length leaves no room for the additions.
    const std::string name = target.filename().string().substr(0, 200);
    path_ = target.parent_path() / fmt::format(".{}.{:016x}.tmp", name, random);
    noted_ = Noted(ObjectKind::file, fs::absolute(path_).string());
    constexpr mode_t kMode = 0666;  // less the user's umask, as for any file that a program writes
    fd_ = Fd(::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
    if (!fd_) fail_write(errno, target);
  }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }

  void write(std::string_view text) const {
    if (const int error = write_all(fd_.get(), text)) fail_write(error, target_);
  }
  // Syncs, closes and takes the target's place. Some file systems report a failed write only at close().
  void keep() {
    if (::fsync(fd_.get()) != 0) fail_write(errno, target_);
    if (::close(fd_.release()) != 0) fail_write(errno, target_);
    if (::rename(path_.c_str(), target_.c_str()) != 0) fail_write(errno, target_);
    path_.clear();
  }

 private:
  fs::path target_;
  fs::path path_;
  Noted noted_;
  Fd fd_;
};

}  // namespace

void refuse_planted_link(const fs::path& file) { static_cast<void>(followed(file)); }

void write_whole_file(const fs::path& file, std::string_view text) {
  const fs::path target = target_of(file);
  const Fd folder(::open(folder_of(target).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder) fail_write(errno, file);
  TemporaryFile temporary(target);
  temporary.write(text);
  temporary.keep();
  // The new file is in place. This makes its name survive a power cut, where the file system allows that.
  static_cast<void>(::fsync(folder.get()));
}

}  // namespace ipcbench
