#include "bench/experiments/semaphore_payload.hpp"

#include <semaphore.h>
#include <sys/sem.h>
#include <sys/stat.h>

#include <cerrno>

#include "bench/experiments/attempt.hpp"
#include "bench/experiments/mapping.hpp"
#include "mechanisms/fd.hpp"

namespace ipcbench {
namespace {

class SysvCounter final : public SharedCounter {
 public:
  SysvCounter() : id_(semget(IPC_PRIVATE, 1, IPC_CREAT | S_IRUSR | S_IWUSR)) {
    if (id_ >= 0) return;
    throw_errno(errno == ENOSPC
                    ? "no System V semaphore can be created; raise kernel.sem (sysctl), or remove "
                      "stale ones (ipcs -s, ipcrm)"
                : errno == EINVAL ? "no System V semaphore set of one is allowed; raise kernel.sem (sysctl)"
                : errno == ENOSYS ? "this kernel has no System V semaphores (CONFIG_SYSVIPC)"
                                  : "semget");
  }
  ~SysvCounter() override { semctl(id_, 0, IPC_RMID); }
  SysvCounter(const SysvCounter&) = delete;
  SysvCounter& operator=(const SysvCounter&) = delete;

  void add(int number) override {
    sembuf operation{.sem_num = 0, .sem_op = static_cast<short>(number), .sem_flg = IPC_NOWAIT};
    checked(semop(id_, &operation, 1), "semop");
  }
  int value() override { return checked(semctl(id_, 0, GETVAL), "semctl(GETVAL)"); }

 private:
  int id_;
};

class PosixCounter final : public SharedCounter {
 public:
  PosixCounter() { checked(sem_init(semaphore_, 1, 0), "sem_init"); }
  ~PosixCounter() override { sem_destroy(semaphore_); }
  PosixCounter(const PosixCounter&) = delete;
  PosixCounter& operator=(const PosixCounter&) = delete;

  void add(int number) override {
    for (int i = 0; i < number; ++i) checked(sem_post(semaphore_), "sem_post");
  }
  int value() override {
    int value = 0;
    checked(sem_getvalue(semaphore_, &value), "sem_getvalue");
    return value;
  }

 private:
  Mapping memory_{sizeof(sem_t), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS};
  sem_t* semaphore_ = static_cast<sem_t*>(memory_.data());
};

}  // namespace

SemaphorePayload semaphore_payload(SharedCounter& counter, int number) {
  in_child<bool>([&] {
    counter.add(number);
    return true;
  });
  return {.sent = number, .arrived = counter.value()};
}

std::unique_ptr<SharedCounter> make_sysv_counter() { return std::make_unique<SysvCounter>(); }
std::unique_ptr<SharedCounter> make_posix_counter() { return std::make_unique<PosixCounter>(); }

}  // namespace ipcbench
