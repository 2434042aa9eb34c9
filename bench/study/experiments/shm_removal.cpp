#include "bench/study/experiments/shm_removal.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "bench/study/experiments/sysv_object.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kBytes = 4096;

class SysvSegment final : public RemovableSegment {
 public:
  SysvSegment()
      : key_(unpredictable_key()),
        noted_(ObjectKind::sysv_segment, std::to_string(key_)),
        id_(make_segment(key_, kBytes)) {}
  ~SysvSegment() override { SysvSegment::mark_for_removal(); }
  SysvSegment(const SysvSegment&) = delete;
  SysvSegment& operator=(const SysvSegment&) = delete;

  char* attach() override {
    void* const memory = shmat(id_, nullptr, 0);
    return memory == reinterpret_cast<void*>(-1) ? nullptr : static_cast<char*>(memory);
  }
  void detach(char* memory) override { shmdt(memory); }
  void mark_for_removal() override { shmctl(id_, IPC_RMID, nullptr); }
  int look_up() override { return shmget(key_, 0, 0) < 0 ? errno : 0; }

 private:
  key_t key_;
  Noted noted_;
  int id_;
};

class PosixSegment final : public RemovableSegment {
 public:
  PosixSegment() {
    const Fd fd(checked(shm_open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR),
                        "cannot create a POSIX shared memory object (is /dev/shm mounted and writable?)"));
    checked(ftruncate(fd.get(), kBytes), "cannot size a POSIX shared memory object");
  }

  char* attach() override {
    const Fd fd(shm_open(name_.c_str(), O_RDWR, 0));
    if (!fd) return nullptr;
    void* const memory = mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
  }
  void detach(char* memory) override { munmap(memory, kBytes); }
  void mark_for_removal() override { name_.unlink(); }
  int look_up() override { return Fd(shm_open(name_.c_str(), O_RDWR, 0)) ? 0 : errno; }

 private:
  OwnedName name_{ObjectKind::posix_shm, fmt::format("/{}", unpredictable_name()), true};
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

}  // namespace

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

std::unique_ptr<RemovableSegment> make_sysv_segment() { return std::make_unique<SysvSegment>(); }
std::unique_ptr<RemovableSegment> make_posix_segment() { return std::make_unique<PosixSegment>(); }

}  // namespace ipcbench
