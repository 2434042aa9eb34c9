#include "bench/study/experiments/segment_pages.hpp"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

#include "bench/study/experiments/sysv_object.hpp"
#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/ledger.hpp"

namespace ipcbench {
namespace {

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

// Marked for removal as soon as it is attached: a crash leaves nothing.
char* attach_new_segment(std::size_t bytes, const Mapping& place, shmid_ds& state) {
  const key_t key = unpredictable_key();
  const Noted noted(ObjectKind::sysv_segment, std::to_string(key));
  const int id = make_segment(key, bytes);
  void* const memory = shmat(id, place.data(), SHM_REMAP);
  const int error = errno;
  shmctl(id, IPC_STAT, &state);
  shmctl(id, IPC_RMID, nullptr);
  if (memory == reinterpret_cast<void*>(-1)) throw_error(error, "cannot attach a System V segment");
  return static_cast<char*>(memory);
}

bool survives_writing(volatile char* byte) {
  const Attempt written = attempt([byte] {
    prctl(PR_SET_DUMPABLE, 0);      // no core file
    std::signal(SIGSEGV, SIG_DFL);  // of a sanitizer, which would print and exit
    *byte = 'x';
    return 0L;
  });
  return written.how == Attempt::How::returned;
}

}  // namespace

std::size_t accessible_bytes(char* memory, std::size_t limit_bytes) {
  const std::size_t page = page_bytes();
  std::size_t bytes = 0;
  while (bytes < limit_bytes && survives_writing(memory + bytes) &&
         survives_writing(memory + bytes + page - 1)) {
    bytes += page;
  }
  return bytes;
}

SegmentPages segment_pages(std::size_t bytes) {
  const std::size_t page = page_bytes();
  // Address space that nobody else can be given, so that what lies behind the segment is nobody's memory.
  const Mapping place((bytes / page + 4) * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE);
  shmid_ds state{};
  char* const memory = attach_new_segment(bytes, place, state);
  SegmentPages pages{.asked_bytes = bytes,
                     .reported_bytes = state.shm_segsz,
                     .page_bytes = page,
                     .accessible_bytes = accessible_bytes(memory, place.bytes()),
                     .rest_is_shared = false};
  // The child that found the last page accessible left a letter in its last byte.
  if (pages.accessible_bytes > pages.reported_bytes) {
    const volatile char* const last = memory + pages.accessible_bytes - 1;
    pages.rest_is_shared = *last == 'x';
  }
  shmdt(memory);
  return pages;
}

}  // namespace ipcbench
