// The directory of a run, which holds everything that the run must not leave behind.
#pragma once

#include <sys/stat.h>
#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/base/fd.hpp"
#include "harness/cleanup/ledger.hpp"

namespace ipcbench {

// A process that outlives this one just long enough to clean up after it.
struct Guardian {
  pid_t process = -1;
  Fd alive;  // open in this process and what it forks: as long as it is, the guardian waits
};

// Keeps other users out of a launch's objects, and takes no permission from their own user, whatever the
// umask was at the start. Under umask 0 a UNIX socket would have mode 0777; under 0777 not even a launch's
// directory could be entered. In force for this process and its children while one exists. Threads share the
// umask.
class OwnerOnlyUmask {
 public:
  OwnerOnlyUmask() : before_(::umask(S_IRWXG | S_IRWXO)) {}
  ~OwnerOnlyUmask() { ::umask(before_); }
  OwnerOnlyUmask(const OwnerOnlyUmask&) = delete;
  OwnerOnlyUmask& operator=(const OwnerOnlyUmask&) = delete;

 private:
  mode_t before_;
};

// A directory of mode 0700 with an unpredictable name below $TMPDIR (or /tmp). It holds the run's files,
// FIFOs and sockets, and a ledger of the objects that live elsewhere. A guardian, a process with its own
// session, waits for the death of this process, whatever its cause, and then removes everything. If the
// guardian dies as well, the next start or `ipcbench clean` does the same.
//
// At most one in a process, made before any thread.
class RunDirectory {
 public:
  // Also removes what dead runs of this user left. measures: this run and the runs beside it count each
  // other. Throws KernelError.
  explicit RunDirectory(bool measures = true);
  // Removes the noted objects and the directory, and waits for the guardian's end.
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  // The one of this process or of the ancestor that it was forked from; null if there is none.
  static RunDirectory* current();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  // Lower bound on the measuring runs that overlapped with this one. Exact for this user and $TMPDIR; others
  // count only if alive at our start or now.
  [[nodiscard]] unsigned runs_beside() const;

 private:
  void release() noexcept;

  std::string path_;
  pid_t owner_;
  Guardian guardian_;
  unsigned guardians_at_start_;
  std::optional<Ledger> ledger_;
};

// For commands that can do without one: null if it cannot be made. It does not measure.
std::unique_ptr<RunDirectory> run_directory_if_possible() noexcept;

struct CleanedRun {
  std::string path;
  int objects = 0;  // removed outside the directory
};

struct Cleaning {
  std::vector<CleanedRun> removed;  // of dead runs
  std::vector<std::string> kept;    // directories of runs that live
};

// Removes what the run with this directory left, if it is dead, or dies within two seconds.
CleanedRun remove_run(const std::string& path) noexcept;

// Removes the directories of dead runs of this user below $TMPDIR (or /tmp), and the objects that their
// ledgers note. Leaves other users' entries, symbolic links and anything but directories alone. Do not call
// it while this process has a run directory: looking at its ledger would unlock it. only_look: removes
// nothing, and reports what it would remove.
Cleaning clean_up_after_dead_runs(bool only_look = false);

inline constexpr const char* kSetTmpdir = "set TMPDIR to where that is possible";

// $TMPDIR, else /tmp.
std::string temporary_directory();
// The same, but throws Error if any user could replace our directories there.
std::string private_place();

}  // namespace ipcbench
