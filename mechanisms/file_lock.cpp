// fcntl(2), F_OFD_SETLK: record locks on single bytes of a file, held by an open file description. The locks
// alone pass the tokens; the file stays empty.
#include <sys/mman.h>
#include <sys/stat.h>

#include "harness/base/fd.hpp"
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/parts/lock_baton.hpp"

namespace ipcbench {
namespace {
// Lock i is on byte i. Each end opens the file itself: these locks belong to open file descriptions.
class RecordLocks {
 public:
  explicit RecordLocks(Fd file) : file_(std::move(file)) {}

  bool try_lock(std::size_t i) {
    if (change(F_OFD_SETLK, F_WRLCK, i)) return true;
    if (errno != EAGAIN && errno != EACCES) throw_errno("fcntl(F_OFD_SETLK)");
    return false;
  }
  void lock(std::size_t i) {
    while (!change(F_OFD_SETLKW, F_WRLCK, i)) {
      if (errno != EINTR) throw_errno("fcntl(F_OFD_SETLKW)");
    }
  }
  void unlock(std::size_t i) {
    if (!change(F_OFD_SETLK, F_UNLCK, i)) throw_errno("fcntl(F_OFD_SETLK)");
  }

 private:
  bool change(int command, short type, std::size_t i) {
    struct flock record {};
    record.l_type = type;
    record.l_whence = SEEK_SET;
    record.l_start = static_cast<off_t>(i);
    record.l_len = 1;
    return fcntl(file_.get(), command, &record) == 0;
  }

  Fd file_;
};

class FileLock {
 public:
  static constexpr Traits kTraits{.name = "file_lock",
                                  .summary = "ring of record locks on a file (fcntl F_OFD_SETLK)",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "file, record lock",
                                  .locks = "record lock",
                                  .kinship = Kinship::named,
                                  .waits = kAllButPoll,
                                  .lifetime = Lifetime::file_system,
                                  .min_message_bytes = 0,
                                  .max_message_bytes = 0};

  static Unavailable available() {
    try {
      RecordLocks(Fd(checked(memfd_create("ipcbench-probe", MFD_CLOEXEC), "memfd_create"))).unlock(0);
      return std::nullopt;
    } catch (const KernelError& error) {
      if (error.number() == EINVAL) return "this kernel has no locks of open files (Linux 3.15)";
      return error.what();
    }
  }

  static std::unique_ptr<FileLock> create(const LinkSpec& spec) {
    const std::string path = spec.path();
    open_file(path, O_CREAT | O_EXCL);
    return std::make_unique<FileLock>(path, spec.wait, true);
  }
  static std::unique_ptr<FileLock> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<FileLock>(address, spec.wait, false);
  }

  FileLock(const std::string& path, Wait wait, bool owner) : path_(path, owner), wait_(wait) {}

  BatonSender<RecordLocks> sender() { return {RecordLocks(open_file(path_.str(), 0)), wait_}; }
  BatonReceiver<RecordLocks> receiver() { return {RecordLocks(open_file(path_.str(), 0)), wait_}; }

  [[nodiscard]] std::string address() const { return path_.str(); }
  void unlink() const noexcept { path_.unlink(); }

 private:
  static Fd open_file(const std::string& path, int flags) {
    return Fd(checked(open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, S_IRUSR | S_IWUSR),
                      "cannot open the file to lock"));
  }

  OwnedPath path_;
  Wait wait_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(FileLock);
}  // namespace ipcbench
