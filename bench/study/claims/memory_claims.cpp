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

std::span<const Claim> memory_claims() {
  static constexpr std::array kClaims{
      Claim{"shared_memory_fastest",
            {1},
            "Shared memory is the fastest way to communicate, at every size.",
            ReportTest{shared_memory_is_fastest},
            1},
      Claim{"copies_four_and_two",
            {2},
            "Pipes, FIFOs and queues copy the data four times, shared memory twice.",
            ReportTest{copies_are_four_and_two, "--pattern throughput"},
            2},
      Claim{"removed_segment_attach",
            {7, 11, 12, 13},
            "A System V segment that is marked for removal cannot be attached again.",
            [] { return judge_shm_removal(shm_removal(*make_sysv_segment())); },
            7},
      Claim{"segment_pages",
            {9, 10},
            "A segment of 4097 bytes gives 4097 usable bytes of two pages.",
            [] { return judge_segment_pages(segment_pages()); },
            8}};
  return kClaims;
}

}  // namespace ipcbench
