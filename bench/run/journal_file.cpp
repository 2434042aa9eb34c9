#include "bench/run/journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "bench/cli/exit_code.hpp"
#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"

namespace ipcbench {
namespace {

[[noreturn]] void refuse_journal(const std::filesystem::path& file, const std::string& problem) {
  throw UsageError(fmt::format("{}: {}", file.string(), problem));
}

[[noreturn]] void refuse_existing(const std::filesystem::path& file) {
  const Fd fd(open(file.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (fd && !lock_whole_file(fd.get())) {
    refuse_journal(file, "another run is writing this journal; choose another --out, or wait");
  }
  refuse_journal(file, fmt::format("an interrupted run left its journal: resume it with `ipcbench run "
                                   "--resume {}`, or remove it",
                                   file.string()));
}

}  // namespace

std::filesystem::path journal_of(const std::filesystem::path& report) {
  constexpr std::size_t kLongest = 240;  // of a name; 255 are possible (NAME_MAX)
  return report.parent_path() / (report.filename().string().substr(0, kLongest) + ".journal");
}

JournalFile JournalFile::create(const std::filesystem::path& file) {
  constexpr mode_t kMode = 0666;  // minus the umask, like the report
  Fd fd(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kMode));
  if (!fd && errno == EEXIST) refuse_existing(file);
  if (!fd) refuse_journal(file, fmt::format("cannot be created: {}", std::generic_category().message(errno)));
  lock_whole_file(fd.get());
  return {file, std::move(fd)};
}

JournalFile JournalFile::go_on(const std::filesystem::path& file, const Journal& journal) {
  Fd fd(open(file.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) refuse_journal(file, fmt::format("cannot be written: {}", std::generic_category().message(errno)));
  if (!lock_whole_file(fd.get())) refuse_journal(file, "a run is writing this journal; wait until it ends");
  JournalFile journal_file(file, std::move(fd));
  journal_file.whole_bytes_ = journal.whole_bytes;
  checked(ftruncate(journal_file.fd_.get(), static_cast<off_t>(journal.whole_bytes)), "ftruncate");
  return journal_file;
}

void JournalFile::append(std::string line) {
  line += '\n';
  int error = write_all(fd_.get(), line);
  if (error == 0 && fdatasync(fd_.get()) != 0) error = errno;
  if (error == 0) {
    whole_bytes_ += line.size();
    return;
  }
  static_cast<void>(ftruncate(fd_.get(), static_cast<off_t>(whole_bytes_)));
  throw FileError(fmt::format("cannot write {}", path_.string()),
                  fmt::format("it holds what was measured so far: make room, and resume with `ipcbench run "
                              "--resume {}`",
                              path_.string()),
                  error);
}

void JournalFile::remove() const noexcept { unlink(path_.c_str()); }

}  // namespace ipcbench
