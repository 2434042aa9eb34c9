#include "harness/cleanup/ledger.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <new>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/whole_file_lock.hpp"

namespace ipcbench {
namespace {

constexpr std::array<char, 16> kMagic{"ipcbench ledger"};
constexpr std::uint32_t kVersion = 1;
// A launch has no more than six objects: three of System V, for either direction.
constexpr std::size_t kPlaces = 64;

enum State : std::uint32_t { kFree, kBeingWritten, kNoted };

static_assert(std::atomic<std::uint32_t>::is_always_lock_free);

[[noreturn]] void fail(int error, const std::string& what) {
  throw KernelError(error, what, usual_remedy(error, "set TMPDIR to another place"));
}

}  // namespace

struct LedgerFile {
  struct Place {
    std::atomic<std::uint32_t> state;
    std::uint32_t kind;
    std::int32_t noted_by;  // process
    std::uint32_t name_bytes;
    std::array<char, 4096> name;
  };

  std::array<char, 16> magic;
  std::uint32_t version;
  std::uint32_t measures;
  std::atomic<std::uint32_t> runs_beside;
  std::int64_t created_s;  // since 1970
  std::array<Place, kPlaces> places;
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

Ledger* the_current = nullptr;

}  // namespace

Ledger* Ledger::current() { return the_current; }
void Ledger::set_current(Ledger* ledger) { the_current = ledger; }

Ledger::Ledger(Fd fd, const std::string& path) try
    : fd_(std::move(fd)),
      memory_(sizeof(LedgerFile), PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get()),
      file_(static_cast<LedgerFile*>(memory_.data())) {
} catch (const KernelError& error) {
  fail(error.number(), fmt::format("cannot map {}", path));
}

Ledger Ledger::create(const std::string& path, bool measures) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!fd) fail(errno, fmt::format("cannot create {}", path));
  const int error = !lock_whole_file(fd.get()) ? errno : reserve(fd.get(), sizeof(LedgerFile));
  if (error != 0) fail(error, fmt::format("cannot keep a ledger in {}", path));
  Ledger ledger(std::move(fd), path);
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
      status.st_size == sizeof(LedgerFile)) {
    Ledger ledger(std::move(fd), path);
    if (ledger.file_->magic == kMagic && ledger.file_->version == kVersion) return ledger;
  }
  throw Error(fmt::format("{} is not a ledger", path));
}

bool Ledger::owner_lives() const { return is_locked_by_another(fd_.get()); }

bool Ledger::take_over() const { return lock_whole_file(fd_.get()); }

std::size_t Ledger::note(ObjectKind kind, std::string_view name) {
  for (std::size_t i = 0; i < kPlaces; ++i) {
    LedgerFile::Place& place = file_->places[i];
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
  file_->places[place].state.store(kFree, std::memory_order_release);
}

template <class Wanted>
int Ledger::remove_if(Wanted wanted) noexcept {
  int removed = 0;
  for (LedgerFile::Place& place : file_->places) {
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
  return remove_if([](const LedgerFile::Place&) { return true; });
}

int Ledger::remove_all_of_the_dead() noexcept {
  return remove_if(
      [](const LedgerFile::Place& place) { return kill(place.noted_by, 0) != 0 && errno == ESRCH; });
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
