#include "harness/cleanup/run_directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/host/host_files.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPrefix = "ipcbench-run-";
constexpr const char* kLedgerName = "ledger";
// A run without a ledger is just beginning, or was killed while it began.
constexpr auto kBeginning = std::chrono::seconds(10);

// At most 15 characters, as the kernel keeps them.
constexpr const char* kNameIfMeasuring = "ipcbench-guard";
constexpr const char* kNameIfNot = "ipcb-idle-guard";

// Without close_range(2), which needs Linux 5.9.
void close_all_but(int kept) {
  std::vector<int> open_files;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    open_files.push_back(std::stoi(entry->path().filename().string()));
  }
  constexpr int kUsualLimit = 1024;
  for (int fd = 0; error && fd < kUsualLimit; ++fd) open_files.push_back(fd);
  for (const int fd : open_files) {
    if (fd != kept) close(fd);
  }
}

void leave_everything(int alive, const char* name) {
  setsid();
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE}) std::signal(signal, SIG_IGN);
  prctl(PR_SET_NAME, name);
  close_all_but(alive);
  if (chdir("/") != 0) return;  // nothing depends on it
}

void wait_for_end_of_file(int fd) {
  char nothing = 0;
  while (read(fd, &nothing, 1) > 0 || errno == EINTR) {
    errno = 0;
  }
}

bool reaped_within_a_second(pid_t process) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < deadline) {
    if (waitpid(process, nullptr, WNOHANG) != 0) return true;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return false;
}

// Forks a guardian and waits until it has left this process group. It removes `run` after dismiss_guardian(),
// or once this process and all processes that it forked are gone, whatever killed them. It has its own
// session, so the terminal's signals do not reach it. It ignores signals that ask a program to end, and keeps
// no file of this process open. measures: it guards a run that measures, and others count it.
Guardian start_guardian(bool measures, const std::string& run) {
  PipeEnds alive = make_pipe();
  PipeEnds starting = make_pipe();
  std::fflush(nullptr);  // or the guardian's copy of a buffer would be written twice
  const pid_t process = fork();
  if (process < 0) throw_errno("cannot start a guardian (fork)", {{EAGAIN, kAllowMoreProcesses}});
  if (process == 0) {
    leave_everything(alive.read.get(), measures ? kNameIfMeasuring : kNameIfNot);
    wait_for_end_of_file(alive.read.get());
    remove_run(run);
    _exit(0);
  }
  // Until it has left this process group, a signal to the group would kill both, and the directory would
  // stay.
  starting.write.reset();
  wait_for_end_of_file(starting.read.get());
  return {.process = process, .alive = std::move(alive.write)};
}

// Counts the measuring runs of all users on this machine, as far as /proc shows them.
unsigned count_guardians() {
  return static_cast<unsigned>(std::ranges::count_if(numbered_entries("/proc", ""), [](const auto& process) {
    return read_text(process / "comm") == kNameIfMeasuring;
  }));
}

// Lets it clean up at once and waits for its end. Kills it after a second.
void dismiss_guardian(Guardian& guardian) noexcept {
  if (guardian.process <= 0) return;  // to kill(2), -1 is everybody
  guardian.alive.reset();
  if (reaped_within_a_second(guardian.process)) return;
  kill(guardian.process, SIGKILL);
  reaped_within_a_second(guardian.process);
}

RunDirectory* the_one = nullptr;

// Tries again, since ends that are being killed may still create a file.
void remove_tree(const fs::path& path) noexcept {
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::error_code error;
    fs::remove_all(path, error);
    if (!error) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

bool is_own_directory(const fs::path& path) {
  struct stat status {};
  return lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == geteuid();
}

bool is_beginning(const fs::path& path) {
  std::error_code error;
  const auto changed = fs::last_write_time(path, error);
  return !error && fs::file_time_type::clock::now() - changed < kBeginning;
}

std::vector<fs::path> own_run_directories() {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(temporary_directory(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(kPrefix) && is_own_directory(entry->path())) found.push_back(entry->path());
  }
  return found;
}

std::optional<Ledger> ledger_in(const fs::path& directory) {
  try {
    return Ledger::open((directory / kLedgerName).string());
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

// Notes in the ledgers of all measuring runs, this one's included, that they overlap.
void meet_others(Ledger& own, const std::vector<std::string>& others) {
  for (const std::string& path : others) {
    std::optional<Ledger> other = ledger_in(path);
    if (!other || !other->measures()) continue;
    other->count_run_beside();
    own.count_run_beside();
  }
}

// A dying process keeps its locks until the kernel has closed its files.
bool take_over(const Ledger& ledger) {
  for (int attempt = 0; attempt < 200; ++attempt) {
    if (ledger.take_over()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

// Whoever may write to a directory may rename its entries, unless it is sticky as /tmp is.
void refuse_if_open_to_all(const std::string& parent) {
  struct stat facts {};
  if (::stat(parent.c_str(), &facts) != 0) return;  // creating something there will say why
  if ((facts.st_mode & (S_IWOTH | S_ISVTX)) != S_IWOTH) return;
  throw Error(fmt::format("in {} any user could replace what a run puts there", parent),
              "make it sticky (chmod +t), or set TMPDIR to a directory of your own");
}

void make_directory(const std::string& path) {
  if (mkdir(path.c_str(), S_IRWXU) == 0) return;
  throw KernelError(errno, fmt::format("cannot make a directory {}", path), kSetTmpdir);
}

}  // namespace

std::string temporary_directory() {
  std::error_code error;
  const fs::path path = fs::temp_directory_path(error);
  return error ? "/tmp" : fs::absolute(path).lexically_normal().string();
}

std::string private_place() {
  std::string place = temporary_directory();
  refuse_if_open_to_all(place);
  return place;
}

RunDirectory::RunDirectory(bool measures)
    : path_(fmt::format("{}/{}{:016x}", private_place(), kPrefix, unpredictable_number())),
      owner_(getpid()),
      guardians_at_start_(measures ? count_guardians() : 0) {
  if (the_one != nullptr) throw std::logic_error("a run directory exists already");
  const OwnerOnlyUmask owner_only;
  const Cleaning cleaning = clean_up_after_dead_runs();
  // The guardian must know the name before anything of that name exists.
  guardian_ = start_guardian(measures, path_);
  try {
    make_directory(path_);
    ledger_.emplace(Ledger::create((fs::path(path_) / kLedgerName).string(), measures));
  } catch (...) {
    release();
    throw;
  }
  if (measures) meet_others(*ledger_, cleaning.kept);
  the_one = this;
  Ledger::set_current(&*ledger_);
}

RunDirectory::~RunDirectory() {
  the_one = nullptr;
  Ledger::set_current(nullptr);
  // A forked copy leaves everything to the original.
  if (getpid() == owner_) release();
}

void RunDirectory::release() noexcept {
  if (ledger_) ledger_->remove_all();
  remove_tree(path_);
  ledger_.reset();
  dismiss_guardian(guardian_);
}

unsigned RunDirectory::runs_beside() const {
  const unsigned guardians = count_guardians();  // this run's is one of them
  return std::max({ledger_->runs_beside(), guardians_at_start_, guardians - std::min(guardians, 1U)});
}

std::unique_ptr<RunDirectory> run_directory_if_possible() noexcept {
  try {
    return std::make_unique<RunDirectory>(false);
  } catch (const std::exception&) {
    return nullptr;
  }
}

RunDirectory* RunDirectory::current() { return the_one; }

CleanedRun remove_run(const std::string& path) noexcept {
  CleanedRun cleaned{.path = path};
  if (!is_own_directory(path)) return cleaned;
  std::optional<Ledger> ledger = ledger_in(path);
  if (ledger && !take_over(*ledger)) return cleaned;
  if (ledger) cleaned.objects = ledger->remove_all();
  remove_tree(path);
  return cleaned;
}

Cleaning clean_up_after_dead_runs(bool only_look) {
  Cleaning cleaning;
  for (const fs::path& path : own_run_directories()) {
    const std::optional<Ledger> ledger = ledger_in(path);
    if (ledger ? ledger->owner_lives() : is_beginning(path)) {
      cleaning.kept.push_back(path.string());
    } else if (only_look) {
      cleaning.removed.push_back({.path = path.string()});
    } else {
      cleaning.removed.push_back(remove_run(path.string()));
    }
  }
  return cleaning;
}

}  // namespace ipcbench
