// moodycamel: ReaderWriterQueue, for one producer and one consumer. Its blocks are allocated in one process.
#include <readerwriterqueue/readerwriterqueue.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/slot_queues.hpp"

namespace ipcbench {
namespace {

// Under `spin` without the semaphore that the blocking queue has.
class SpscQueue {
 public:
  SpscQueue(std::size_t depth, bool may_sleep)
      : may_sleep_(may_sleep), polled_(may_sleep ? 1 : depth), awaited_(may_sleep ? depth : 1) {}

  class Writer {
   public:
    explicit Writer(SpscQueue& queue) : queue_(queue) {}
    void put(Slot slot) { queue_.may_sleep_ ? queue_.awaited_.enqueue(slot) : queue_.polled_.enqueue(slot); }

   private:
    SpscQueue& queue_;
  };
  class Reader {
   public:
    explicit Reader(SpscQueue& queue) : queue_(queue) {}
    bool get(Slot& slot) {
      if (!queue_.may_sleep_) return queue_.polled_.try_dequeue(slot);
      queue_.awaited_.wait_dequeue(slot);
      return true;
    }

   private:
    SpscQueue& queue_;
  };

 private:
  bool may_sleep_;
  moodycamel::ReaderWriterQueue<Slot> polled_;
  moodycamel::BlockingReaderWriterQueue<Slot> awaited_;
};

struct MoodycamelSpscKind {
  static constexpr Traits kTraits{
      .name = "moodycamel_spsc",
      .summary = "moodycamel, ReaderWriterQueue between threads (enqueue, wait_dequeue, try_dequeue)",
      .made_of = "moodycamel, POSIX semaphore",
      .in_between =
          "passes the address of a slot, and no byte of it; a second queue brings slots back; an end looks "
          "1,024 times before it blocks"};
  using Queue = SpscQueue;
};
using MoodycamelSpsc = SlotQueueMechanism<MoodycamelSpscKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MoodycamelSpsc);
}  // namespace ipcbench
