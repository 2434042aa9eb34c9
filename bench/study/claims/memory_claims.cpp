#include <linux/magic.h>
#include <sys/prctl.h>
#include <sys/vfs.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <set>

#include "bench/study/claims/experiments.hpp"
#include "harness/base/mapping.hpp"
#include "harness/base/unpredictable.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

std::string outcome(int error) {
  return error == 0 ? "worked" : fmt::format("failed with {}", error_name(error));
}

// --- System V segments --------------------------------------------------------------------------------

// `key`: receives the key under which it can be looked up.
SysvObject make_segment(std::size_t bytes, key_t& key) {
  SysvObject segment = SysvObject::create(ObjectKind::sysv_segment, [&](key_t new_key, int flags) {
    key = new_key;
    return shmget(key, bytes, flags);
  });
  if (segment.id() >= 0) return segment;
  throw_errno(
      "no System V segment of that size can be created (shmget)",
      {{EINVAL, "raise kernel.shmmax (sysctl)"},
       {ENOSPC, "raise kernel.shmmni or kernel.shmall (sysctl), or remove stale ones (ipcs -m, ipcrm)"},
       {ENOSYS, "take a kernel that has System V shared memory (CONFIG_SYSVIPC)"}});
}

char* attached(void* memory) {
  return memory == reinterpret_cast<void*>(-1) ? nullptr : static_cast<char*>(memory);
}

class SysvSegment final : public RemovableSegment {
 public:
  char* attach() override { return attached(shmat(object_.id(), nullptr, 0)); }
  void detach(char* memory) override { shmdt(memory); }
  void mark_for_removal() override { object_.remove(); }
  int look_up() override { return shmget(key_, 0, 0) < 0 ? errno : 0; }

 private:
  key_t key_ = 0;
  SysvObject object_ = make_segment(page_size(), key_);
};

int try_attaching(RemovableSegment& segment) {
  char* const memory = segment.attach();
  if (memory == nullptr) return errno;
  segment.detach(memory);
  return 0;
}

bool shows_in(const volatile char* old_memory, RemovableSegment& segment) {
  char* const memory = segment.attach();
  if (memory == nullptr) return false;
  *memory = 'x';
  const bool shows = *old_memory == 'x';
  segment.detach(memory);
  return shows;
}

bool survives_writing(volatile char* byte) {
  const Attempt written = attempt([byte] {
    prctl(PR_SET_DUMPABLE, 0);      // no core file
    std::signal(SIGSEGV, SIG_DFL);  // a sanitizer's handler would print and exit
    *byte = 'x';
    return 0L;
  });
  return written.how == Attempt::How::returned;
}

// --- Mapped files -------------------------------------------------------------------------------------

// A file of two pages. Both processes write to the first; only the other process writes to the second.
struct Pages {
  Fd file{checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create")};

  Pages() { checked(ftruncate(file.get(), static_cast<off_t>(2 * page_size())), "ftruncate"); }
  [[nodiscard]] Mapping map(int flag) const {
    return {2 * page_size(), PROT_READ | PROT_WRITE, flag, file.get()};
  }
};

// Another process writes `letter` at `at`. Returns the previous content.
char exchange_elsewhere(const Pages& pages, std::size_t at, char letter) {
  return in_child<char>([&] {
    const Mapping theirs = pages.map(MAP_SHARED);
    const char before = theirs.at(at);
    theirs.at(at) = letter;
    return before;
  });
}

// --- ftok() -------------------------------------------------------------------------------------------

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

std::unique_ptr<RemovableSegment> make_sysv_segment() { return std::make_unique<SysvSegment>(); }

ShmRemoval shm_removal(RemovableSegment& segment) {
  char* const memory = segment.attach();
  if (memory == nullptr) throw_errno("cannot attach a segment");
  segment.mark_for_removal();
  ShmRemoval removal;
  removal.attach_again = try_attaching(segment);
  removal.attach_elsewhere = in_child<int>([&] { return try_attaching(segment); });
  removal.look_up = segment.look_up();
  removal.is_the_same = shows_in(memory, segment);
  segment.detach(memory);
  removal.attach_after_detach = try_attaching(segment);
  return removal;
}

Answer judge_shm_removal(const ShmRemoval& removal) {
  const bool attached_again = removal.attach_again == 0 || removal.attach_elsewhere == 0;
  return {attached_again ? ClaimVerdict::refuted : ClaimVerdict::confirmed,
          attached_again
              ? fmt::format("it can be attached by its identifier until the last process has detached; only "
                            "its key is lost at once (looking it up {})",
                            outcome(removal.look_up))
              : fmt::format("attaching again {}", outcome(removal.attach_again)),
          {fmt::format("Attached, marked with IPC_RMID, attached again by its identifier: {} in the same "
                       "process, {} in another; {} memory.",
                       outcome(removal.attach_again), outcome(removal.attach_elsewhere),
                       removal.is_the_same ? "the same" : "not the same"),
           fmt::format("Looked up by its key after the mark: {}.", outcome(removal.look_up)),
           fmt::format("Attached by its identifier after the last process had detached: {}.",
                       outcome(removal.attach_after_detach))}};
}

std::size_t accessible_bytes(char* memory, std::size_t limit_bytes) {
  const std::size_t page = page_size();
  std::size_t bytes = 0;
  while (bytes < limit_bytes && survives_writing(memory + bytes) &&
         survives_writing(memory + bytes + page - 1)) {
    bytes += page;
  }
  return bytes;
}

SegmentPages segment_pages(std::size_t bytes) {
  const std::size_t page = page_size();
  // Reserve address space so that nothing else is mapped behind the segment.
  const Mapping place((bytes / page + 4) * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  key_t key = 0;
  const SysvObject segment = make_segment(bytes, key);
  char* const memory = attached(shmat(segment.id(), place.data(), SHM_REMAP));
  if (memory == nullptr) throw_errno("cannot attach a System V segment");
  shmid_ds state{};
  shmctl(segment.id(), IPC_STAT, &state);
  SegmentPages pages{.asked_bytes = bytes,
                     .reported_bytes = state.shm_segsz,
                     .page_bytes = page,
                     .accessible_bytes = accessible_bytes(memory, place.bytes()),
                     .rest_is_shared = false};
  // The child that could access the last page left a letter in its last byte.
  const volatile char* const last = memory + pages.accessible_bytes - 1;
  pages.rest_is_shared = pages.accessible_bytes > pages.reported_bytes && *last == 'x';
  shmdt(memory);
  return pages;
}

Answer judge_segment_pages(const SegmentPages& pages) {
  std::vector<std::string> evidence{
      fmt::format("shmget() of {} B: shm_segsz is {} B; a page is {} B.", pages.asked_bytes,
                  pages.reported_bytes, pages.page_bytes),
      fmt::format("A process that writes at byte {} survives, at byte {} it is killed by SIGSEGV.",
                  pages.accessible_bytes - 1, pages.accessible_bytes),
      fmt::format("What one process wrote at byte {}, another {}.", pages.accessible_bytes - 1,
                  pages.rest_is_shared ? "read" : "did not read")};
  if (pages.reported_bytes != pages.asked_bytes || pages.pages() != 2) {
    return {ClaimVerdict::refuted, fmt::format("{} B in {} pages", pages.reported_bytes, pages.pages()),
            std::move(evidence)};
  }
  if (pages.accessible_bytes == pages.reported_bytes)
    return {ClaimVerdict::confirmed, "not a byte more can be accessed", std::move(evidence)};
  return {ClaimVerdict::depends,
          fmt::format(
              "on what counts as usable: {} B are promised, but all {} B of both pages can be written{}",
              pages.reported_bytes, pages.accessible_bytes, pages.rest_is_shared ? " and are shared" : ""),
          std::move(evidence)};
}

PrivateMapping private_mapping(int flag) {
  const Pages pages;
  const Mapping ours = pages.map(flag);
  PrivateMapping seen;
  exchange_elsewhere(pages, 0, 'a');
  seen.sees_others_before_writing = ours.at(0) == 'a';
  ours.at(0) = 'b';
  seen.own_write_seen_by_others = exchange_elsewhere(pages, 0, 'c') == 'b';
  seen.sees_others_after_writing = ours.at(0) == 'c';
  exchange_elsewhere(pages, page_size(), 'd');
  seen.other_page_sees_others = ours.at(page_size()) == 'd';
  return seen;
}

Answer judge_private_mapping(const PrivateMapping& mapping) {
  const auto seen = [](bool shows) { return shows ? "seen" : "not seen"; };
  std::vector<std::string> evidence{
      fmt::format("Written to the file by another process before: {} in the mapping.",
                  seen(mapping.sees_others_before_writing)),
      fmt::format("Written through the mapping: {} by the other process.",
                  seen(mapping.own_write_seen_by_others)),
      fmt::format("Written by the other process to the same page afterwards: {}; to a page that this process "
                  "had not written: {}.",
                  seen(mapping.sees_others_after_writing), seen(mapping.other_page_sees_others))};
  if (mapping.own_write_seen_by_others || mapping.sees_others_after_writing)
    return {ClaimVerdict::refuted, "the page that was written is still shared", std::move(evidence)};
  if (!mapping.other_page_sees_others)
    return {ClaimVerdict::confirmed, "neither the page that was written nor the others", std::move(evidence)};
  return {ClaimVerdict::depends,
          "on the page: the one that was written is private, the others still show what is written to "
          "the file",
          std::move(evidence)};
}

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

}  // namespace ipcbench
