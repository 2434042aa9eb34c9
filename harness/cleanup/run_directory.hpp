// The one place where a run keeps what it must not leave behind, and who removes it in the end.
#pragma once

#include <sys/types.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "harness/cleanup/guardian.hpp"
#include "harness/cleanup/ledger.hpp"

namespace ipcbench {

// A directory of mode 0700 with an unpredictable name below $TMPDIR (or /tmp): files, FIFOs and sockets of
// the run stand in it, and its ledger notes what stands elsewhere. As long as it exists a guardian does, a
// process with a session of its own that waits for the death of this one, however it comes, and then removes
// all of it. If the guardian dies as well, the next start or `ipcbench clean` does the same.
//
// One at a time in a process; to be made before any thread.
class RunDirectory {
 public:
  // Also removes what dead runs of this user left. measures: runs beside this one are counted, and it by
  // them. Throws KernelError with the remedy.
  explicit RunDirectory(bool measures = true);
  // Removes what is left, and the directory, and waits for the guardian's end.
  ~RunDirectory();
  RunDirectory(const RunDirectory&) = delete;
  RunDirectory& operator=(const RunDirectory&) = delete;

  // This process's, or its ancestor's that it was forked from; nullptr: there is none.
  static RunDirectory* current();

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] Ledger& ledger() { return *ledger_; }
  // At least how many other runs have measured during this one: of this user and with this $TMPDIR all, of
  // others those that were there when this one began or are there now.
  [[nodiscard]] unsigned runs_beside() const;

 private:
  void release() noexcept;

  std::string path_;
  pid_t owner_;
  Guardian guardian_;
  unsigned guardians_at_start_;
  std::optional<Ledger> ledger_;
};

// For what needs none, but tries out mechanisms all the same. It does not measure.
std::unique_ptr<RunDirectory> run_directory_if_possible() noexcept;

struct CleanedRun {
  std::string path;
  int objects = 0;  // outside of the directory that were removed
};

struct Cleaning {
  std::vector<CleanedRun> removed;  // of dead runs
  std::vector<std::string> kept;    // directories of runs that live
};

// Removes what the run with this directory left, if it is dead, or dies within two seconds.
CleanedRun remove_run(const std::string& path) noexcept;

// Removes what dead runs of this user left below $TMPDIR (or /tmp): their directories, and the objects that
// their ledgers note. What is somebody else's, no directory, or a symbolic link is not touched. Not while
// this process has a run directory itself: looking at its ledger would unlock it.
// only_look: removes nothing, and says what it would.
Cleaning clean_up_after_dead_runs(bool only_look = false);

inline constexpr const char* kSetTmpdir = "set TMPDIR to where that is possible";

// Where temporary files belong: $TMPDIR, else /tmp.
std::string temporary_directory();
// The same, but throws Error where any user could put another directory in the place of one's
// own.
std::string private_place();

}  // namespace ipcbench
