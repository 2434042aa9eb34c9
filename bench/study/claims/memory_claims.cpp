#include "bench/study/claims/memory_claims.hpp"

#include <sys/prctl.h>

#include <csignal>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

std::string outcome(int error) {
  return error == 0 ? "worked" : fmt::format("failed with {}", error_name(error));
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

}  // namespace

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

std::span<const Claim> memory_claims() {
  static constexpr std::array kClaims{
      Claim{"shared_memory_fastest",
            {1},
            "Shared memory is the fastest way to communicate, at every size.",
            ReportTest{shared_memory_is_fastest},
            1},
      Claim{"copies_four_and_two",
            {2, 20},
            "Pipes, FIFOs and queues copy the data four times, shared memory twice.",
            [] { return copies_counted(); },
            2,
            {},
            copies_in_cpu_time},
      Claim{"memory_device", {3}, "Shared memory can be had by mapping /dev/mem.", memory_device},
      Claim{"segment_mode",
            {5},
            "With mode 0644 a segment's owner reads and writes, and others only read.",
            [] { return mode_0644().answer(); }},
      Claim{"segment_address",
            {6},
            "shmat(id, NULL, 0) lets the system choose the address.",
            [] {
              return chosen_address().answer(
                  {.confirmed = "each call got a free address, of the same memory"});
            }},
      Claim{"segment_detach",
            {7, 8},
            "Detaching a segment does not delete it, IPC_RMID does.",
            [] {
              return detach_or_remove().answer(
                  {.confirmed = "without a process it kept its content; IPC_RMID took its key at once"});
            }},
      Claim{"removed_segment_attach",
            {11, 12, 13},
            "A System V segment that is marked for removal cannot be attached again.",
            [] { return judge_shm_removal(shm_removal(*make_sysv_segment())); },
            7},
      Claim{"segment_pages",
            {9, 10},
            "A segment of 4097 bytes gives 4097 usable bytes of two pages.",
            [] { return judge_segment_pages(segment_pages()); },
            8},
      Claim{"segment_size_ignored",
            {14},
            "Opening a segment that exists ignores the size asked for.",
            [] {
              return size_of_existing().answer(
                  {.depends = "on the size: a smaller one is ignored, a larger one fails with EINVAL"});
            }},
      Claim{"segment_attach_count",
            {15},
            "A segment's count of attachments goes down when a process ends, however it ends.",
            [] {
              return attach_count().answer(
                  {.confirmed = "the kernel detaches what a process leaves attached"});
            }},
      Claim{"memory_both_ways",
            {16},
            "Shared memory works in both directions, and between any number of processes.",
            [] { return both_ways(MAP_SHARED).answer(); }},
      Claim{"memory_lost_updates",
            {17},
            "Shared memory does not synchronise: processes that count in it at once lose counts.",
            [] { return lost_updates().answer(); }},
      Claim{"memory_flag_as_lock",
            {18},
            "A plain variable in shared memory is no lock: between looking at it and setting it, another "
            "gets in.",
            [] { return flag_as_lock().answer(); }},
      Claim{"memory_reader_first",
            {19},
            "A reader of shared memory that comes first reads emptiness; nothing makes it wait.",
            [] { return reader_first().answer({.confirmed = "it reads zeros at once"}); }},
      Claim{"memory_seen_at_once",
            {20},
            "What one process stores in shared memory, the others see at once.",
            [] { return seen_at_once(MAP_SHARED).answer(); }},
      Claim{"segment_private_key",
            {21},
            "IPC_PRIVATE gives a process a segment of its own.",
            [] {
              return private_key().answer(
                  {.refuted =
                       "only its key is private: whoever has the identifier and the permission attaches it"});
            }},
      Claim{"memory_size_control",
            {22},
            "The size of shared memory is easy to control.",
            [] {
              return size_control().answer(
                  {.depends = "on when: at its creation any size; later only memory with a descriptor can be "
                              "resized, a System V segment cannot"});
            }},
      Claim{"memory_any_data",
            {23},
            "Shared memory holds data of any kind.",
            [] {
              return any_data().answer({.depends = "on what it means: bytes of any value, but a pointer is "
                                                   "an address of the process that stored it"});
            }},
      Claim{"segment_shm_lock",
            {24},
            "SHM_LOCK synchronises the users of a segment.",
            [] {
              return lock_in_memory().answer(
                  {.refuted = "it keeps the pages in memory; another process writes at once"});
            }},
      Claim{"memory_faster_than_queue",
            {25},
            "Messages through shared memory are faster than through a message queue.",
            ReportTest{.contest = &kMemoryAgainstQueues}},
      Claim{"memory_local",
            {26},
            "Shared memory works on one machine only.",
            [] {
              return other_namespace().answer(
                  {.confirmed = "not even in another IPC namespace of this machine; no call takes the name "
                                "of another machine"});
            }},
      Claim{"memory_is_file", {27}, "Shared memory is a special case of a mapped file.", [] {
              return file_behind(MAP_SHARED | MAP_ANONYMOUS)
                  .answer(
                      {.confirmed = "the kernel maps a file without a name in a directory, kept in memory"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
