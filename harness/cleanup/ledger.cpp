#include "harness/cleanup/ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <mqueue.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/error.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::array<char, 16> kMagic{"ipcbench ledger"};
constexpr std::uint32_t kVersion = 1;
// A pair has at most six objects: three of System V for each direction. A producer with a link of its own has
// three. A launch has its directory and a control group besides, and a run the directory of the run.
constexpr std::size_t kPlaces = 256;
static_assert(kPlaces >= std::size_t{6} * kMaxPairs + 8 && kPlaces >= std::size_t{3} * kMaxFan + 8);
// A ledger of an older program has fewer places, but no other difference.
constexpr std::size_t kFewestPlaces = 64;

enum State : std::uint32_t { kFree, kBeingWritten, kNoted };

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

[[noreturn]] void fail(int error, const std::string& what) {
  throw KernelError(error, what, usual_remedy(error, "set TMPDIR to another place"));
}

}  // namespace

struct LedgerPlace {
  std::atomic<std::uint32_t> state;
  std::uint32_t kind;
  std::int32_t noted_by;  // process
  std::uint32_t name_bytes;
  std::array<char, 4096> name;
};

struct LedgerFile {
  std::array<char, 16> magic;
  std::uint32_t version;
  std::uint32_t measures;
  std::atomic<std::uint32_t> runs_beside;
  std::int64_t created_s;  // since 1970
  // The places follow.
};

namespace {

// A store through the mapping cannot report ENOSPC (it raises SIGBUS), so reserve the file's space now.
// Writes zeros if the call is missing or forbidden (ENOSYS, EPERM of a seccomp filter). Returns an errno.
int reserve(int fd, std::size_t bytes) {
  const int error = posix_fallocate(fd, 0, static_cast<off_t>(bytes));
  if (error != ENOSYS && error != EPERM) return error;
  const std::vector<char> zeros(bytes);
  const ssize_t written = pwrite(fd, zeros.data(), bytes, 0);
  if (written < 0) return errno;
  return static_cast<std::size_t>(written) == bytes ? 0 : ENOSPC;
}

constexpr std::size_t bytes_of(std::size_t places) {
  return sizeof(LedgerFile) + places * sizeof(LedgerPlace);
}

bool is_size_of_ledger(off_t bytes) {
  return bytes == static_cast<off_t>(bytes_of(kPlaces)) ||
         bytes == static_cast<off_t>(bytes_of(kFewestPlaces));
}

Ledger* the_current = nullptr;

// A System V object of this user. control: shmctl(2) or its kin.
template <class State, class Control>
bool remove_by_id(int id, Control control, ipc_perm State::*permissions, std::time_t State::*changed,
                  std::time_t not_before) {
  State state{};
  return id >= 0 && control(id, IPC_STAT, &state) == 0 && (state.*permissions).cuid == geteuid() &&
         state.*changed >= not_before && control(id, IPC_RMID, nullptr) == 0;
}

bool remove_by_key(ObjectKind kind, const std::string& name, std::time_t not_before) {
  const auto key = parse_number<key_t>(name);
  if (!key || *key == 0) return false;  // 0 is IPC_PRIVATE, which finds nothing
  if (kind == ObjectKind::sysv_segment) {
    return remove_by_id(shmget(*key, 0, 0), shmctl, &shmid_ds::shm_perm, &shmid_ds::shm_ctime, not_before);
  }
  if (kind == ObjectKind::sysv_queue) {
    return remove_by_id(msgget(*key, 0), msgctl, &msqid_ds::msg_perm, &msqid_ds::msg_ctime, not_before);
  }
  const auto control = [](int id, int command, semid_ds* state) { return semctl(id, 0, command, state); };
  return remove_by_id(semget(*key, 0, 0), control, &semid_ds::sem_perm, &semid_ds::sem_ctime, not_before);
}

// Not through a symbolic link, and never a device or a directory.
bool remove_file(const std::string& path) {
  struct stat status {};
  return path.starts_with('/') && lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         status.st_uid == geteuid() && unlink(path.c_str()) == 0;
}

// Not through a symbolic link.
bool remove_directory(const std::string& path) {
  struct stat status {};
  std::error_code kept;
  return path.starts_with('/') && lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         status.st_uid == geteuid() && std::filesystem::remove_all(path, kept) > 0 && !kept;
}

// A process that has just died may still be in it.
bool remove_group(const std::string& path) {
  constexpr int kTries = 200;
  constexpr useconds_t kPauseUs = 1000;
  struct stat status {};
  if (!path.starts_with('/') || lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) ||
      status.st_uid != geteuid()) {
    return false;
  }
  for (int i = 0; i < kTries; ++i) {
    if (rmdir(path.c_str()) == 0) return true;
    if (errno != EBUSY) return false;
    usleep(kPauseUs);
  }
  return false;
}

}  // namespace

bool remove_object(ObjectKind kind, const std::string& name, std::time_t not_before) noexcept {
  switch (kind) {
    case ObjectKind::posix_shm:
      return shm_unlink(name.c_str()) == 0;
    case ObjectKind::posix_queue:
      return mq_unlink(name.c_str()) == 0;
    case ObjectKind::posix_semaphore:
      return sem_unlink(name.c_str()) == 0;
    case ObjectKind::sysv_segment:
    case ObjectKind::sysv_queue:
    case ObjectKind::sysv_semaphores:
      return remove_by_key(kind, name, not_before);
    case ObjectKind::file:
      return remove_file(name);
    case ObjectKind::directory:
      return remove_directory(name);
    case ObjectKind::control_group:
      return remove_group(name);
  }
  return false;
}

Ledger* Ledger::current() { return the_current; }
void Ledger::set_current(Ledger* ledger) { the_current = ledger; }

Ledger::Ledger(Fd fd, const std::string& path, std::size_t bytes) try
    : fd_(std::move(fd)),
      memory_(bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get()),
      file_(static_cast<LedgerFile*>(memory_.data())),
      places_((bytes - sizeof(LedgerFile)) / sizeof(LedgerPlace)) {
} catch (const KernelError& error) {
  fail(error.number(), fmt::format("cannot map {}", path));
}

Ledger Ledger::create(const std::string& path, bool measures) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) fail(errno, fmt::format("cannot create {}", path));
  const int error = !lock_whole_file(fd.get()) ? errno : reserve(fd.get(), bytes_of(kPlaces));
  if (error != 0) fail(error, fmt::format("cannot keep a ledger in {}", path));
  Ledger ledger(std::move(fd), path, bytes_of(kPlaces));
  ledger.file_->version = kVersion;
  ledger.file_->measures = measures ? 1 : 0;
  ledger.file_->created_s = std::time(nullptr);
  ledger.file_->magic = kMagic;
  return ledger;
}

Ledger Ledger::open(const std::string& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_NOFOLLOW | O_CLOEXEC));
  if (!fd) fail(errno, fmt::format("cannot open {}", path));
  struct stat status {};
  if (fstat(fd.get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
      is_size_of_ledger(status.st_size)) {
    Ledger ledger(std::move(fd), path, static_cast<std::size_t>(status.st_size));
    if (ledger.file_->magic == kMagic && ledger.file_->version == kVersion) return ledger;
  }
  throw Error(fmt::format("{} is not a ledger", path));
}

std::span<LedgerPlace> Ledger::places() const { return {reinterpret_cast<LedgerPlace*>(file_ + 1), places_}; }

bool Ledger::owner_lives() const { return is_locked_by_another(fd_.get()); }

bool Ledger::take_over() const { return lock_whole_file(fd_.get()); }

std::size_t Ledger::note(ObjectKind kind, std::string_view name) {
  for (std::size_t i = 0; i < places().size(); ++i) {
    LedgerPlace& place = places()[i];
    if (name.size() > place.name.size()) break;
    std::uint32_t expected = kFree;
    if (!place.state.compare_exchange_strong(expected, kBeingWritten)) continue;
    place.kind = static_cast<std::uint32_t>(kind);
    place.noted_by = getpid();
    place.name_bytes = static_cast<std::uint32_t>(name.size());
    std::memcpy(place.name.data(), name.data(), name.size());
    place.state.store(kNoted, std::memory_order_release);
    return i;
  }
  throw Error(fmt::format("no place in the ledger of this run for {}", name));
}

void Ledger::strike_off(std::size_t place) noexcept {
  places()[place].state.store(kFree, std::memory_order_release);
}

template <class Wanted>
int Ledger::remove_if(Wanted wanted) noexcept {
  int removed = 0;
  for (LedgerPlace& place : places()) {
    const std::uint32_t state = place.state.load(std::memory_order_acquire);
    if (state == kFree || !wanted(place)) continue;
    // An object whose note was still being written had not been created.
    if (state == kNoted && place.name_bytes <= place.name.size()) {
      const std::string name(place.name.data(), place.name_bytes);
      if (remove_object(static_cast<ObjectKind>(place.kind), name, file_->created_s)) ++removed;
    }
    place.state.store(kFree, std::memory_order_release);
  }
  return removed;
}

int Ledger::remove_all() noexcept {
  return remove_if([](const LedgerPlace&) { return true; });
}

int Ledger::remove_all_of_the_dead() noexcept {
  return remove_if([](const LedgerPlace& place) { return kill(place.noted_by, 0) != 0 && errno == ESRCH; });
}

bool Ledger::measures() const { return file_->measures != 0; }
unsigned Ledger::runs_beside() const { return file_->runs_beside.load(); }
void Ledger::count_run_beside() noexcept { file_->runs_beside.fetch_add(1); }

Noted::Noted(ObjectKind kind, std::string_view name) : ledger_(Ledger::current()) {
  if (ledger_ != nullptr) place_ = ledger_->note(kind, name);
}

Noted::~Noted() {
  if (ledger_ != nullptr) ledger_->strike_off(place_);
}

}  // namespace ipcbench
