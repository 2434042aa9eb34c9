#include "bench/study/experiments/semaphore_payload.hpp"

#include <semaphore.h>
#include <sys/sem.h>

#include <array>

#include "harness/base/fd.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/sysv_semaphore_set.hpp"

namespace ipcbench {
namespace {

class SysvCounter final : public SharedCounter {
 public:
  void add(int number) override {
    sembuf operation{.sem_num = 0, .sem_op = static_cast<short>(number), .sem_flg = IPC_NOWAIT};
    checked(semop(semaphore_.id(), &operation, 1), "semop");
  }
  int value() override { return checked(semctl(semaphore_.id(), 0, GETVAL), "semctl(GETVAL)"); }

 private:
  static constexpr std::array<unsigned short, 1> kZero{0};
  SysvSemaphoreSet semaphore_{kZero};
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
