// The objects that a run has created and not yet removed: a small file of fixed size, written through shared
// memory. It is accurate at every moment, whichever process is killed. Noting costs no system call.
//
// An object is noted before it is created and struck off after it is removed; in between it may exist or not.
// Whoever reads a dead run's ledger removes the noted objects by their exact names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {

// The objects that outlive the processes that use them, known by their names.
enum class ObjectKind : std::uint32_t {
  posix_shm = 1,    // name: of shm_open(3), "/..."
  posix_queue,      // name: of mq_open(3)
  posix_semaphore,  // name: of sem_open(3)
  sysv_segment,     // name: the key as a decimal number
  sysv_queue,
  sysv_semaphores,
  file,           // name: its absolute path; a regular file
  directory,      // name: its absolute path; removed with all that is in it
  control_group,  // name: the absolute path of its directory
};

// Removes the object that this user created under `name` at `not_before` or later (a file, directory or
// group: whatever its age). True: it was there and is gone. False: nothing was done. There is no such object,
// it is older or another user's, or kind or name is invalid.
bool remove_object(ObjectKind kind, const std::string& name, std::time_t not_before) noexcept;

struct LedgerPlace;  // of an object in the file
struct LedgerFile;   // what stands before the places

class Ledger {
 public:
  // Creates the file, mode 0600, and locks it for this process: the lock says that the run is alive, and dies
  // with it. Reserves all its space, so that writing into it never fails. Throws KernelError.
  static Ledger create(const std::string& path, bool measures);
  // Opens another run's ledger. Throws KernelError, or Error if the file is no ledger.
  static Ledger open(const std::string& path);

  // Whether the process that created it is alive.
  [[nodiscard]] bool owner_lives() const;
  // Becomes the owner of a dead run's ledger. False: its owner lives, or another process was faster.
  [[nodiscard]] bool take_over() const;

  // Notes an object; returns its place. Throws Error if no place is left or the name is longer than PATH_MAX.
  // Any process that has inherited the ledger may note.
  std::size_t note(ObjectKind kind, std::string_view name);
  void strike_off(std::size_t place) noexcept;

  // Removes the noted objects and strikes them off. Returns how many of them existed.
  int remove_all() noexcept;
  // The same for objects that dead processes noted.
  int remove_all_of_the_dead() noexcept;

  // Whether the run measures, so that another run beside it matters.
  [[nodiscard]] bool measures() const;
  // How many other measuring runs overlapped with this one.
  [[nodiscard]] unsigned runs_beside() const;
  void count_run_beside() noexcept;

  // The ledger of this process's run, or of the run that it was forked from; null without a run.
  static Ledger* current();
  static void set_current(Ledger* ledger);

 private:
  Ledger(Fd fd, const std::string& path, std::size_t bytes);
  [[nodiscard]] std::span<LedgerPlace> places() const;
  template <class Wanted>
  int remove_if(Wanted wanted) noexcept;

  Fd fd_;
  Mapping memory_;
  LedgerFile* file_;
  std::size_t places_;
};

// One object, from before it is created until after it is removed. Without a run directory (tests, other
// programs) nothing is noted.
class Noted {
 public:
  Noted() = default;
  Noted(ObjectKind kind, std::string_view name);
  ~Noted();
  Noted(Noted&& other) noexcept : ledger_(std::exchange(other.ledger_, nullptr)), place_(other.place_) {}
  Noted& operator=(Noted&& other) noexcept {
    std::swap(ledger_, other.ledger_);
    std::swap(place_, other.place_);
    return *this;
  }

 private:
  Ledger* ledger_ = nullptr;
  std::size_t place_ = 0;
};

}  // namespace ipcbench
