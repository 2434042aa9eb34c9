// moodycamel: ConcurrentQueue, for several producers and consumers. Its blocks are allocated in one process.
#include <concurrentqueue/blockingconcurrentqueue.h>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/slot_queues.hpp"

namespace ipcbench {
namespace {

// Each end has a token, by which the library keeps a queue for each producer within the queue: messages of
// one producer stay in order.
class MpmcQueue {
  using Polled = moodycamel::ConcurrentQueue<Slot>;
  using Awaited = moodycamel::BlockingConcurrentQueue<Slot>;

 public:
  MpmcQueue(std::size_t depth, bool may_sleep)
      : may_sleep_(may_sleep),
        polled_(may_sleep ? 1 : depth, kMaxFan + 1, 0),
        awaited_(may_sleep ? depth : 1, kMaxFan + 1, 0) {}

  class Writer {
   public:
    explicit Writer(MpmcQueue& queue)
        : queue_(queue),
          token_(queue.may_sleep_ ? moodycamel::ProducerToken(queue.awaited_)
                                  : moodycamel::ProducerToken(queue.polled_)) {}
    void put(Slot slot) {
      queue_.may_sleep_ ? queue_.awaited_.enqueue(token_, slot) : queue_.polled_.enqueue(token_, slot);
    }

   private:
    MpmcQueue& queue_;
    moodycamel::ProducerToken token_;
  };
  class Reader {
   public:
    explicit Reader(MpmcQueue& queue)
        : queue_(queue),
          token_(queue.may_sleep_ ? moodycamel::ConsumerToken(queue.awaited_)
                                  : moodycamel::ConsumerToken(queue.polled_)) {}
    bool get(Slot& slot) {
      if (!queue_.may_sleep_) return queue_.polled_.try_dequeue(token_, slot);
      queue_.awaited_.wait_dequeue(token_, slot);
      return true;
    }

   private:
    MpmcQueue& queue_;
    moodycamel::ConsumerToken token_;
  };

 private:
  bool may_sleep_;
  Polled polled_;
  Awaited awaited_;
};

struct MoodycamelMpmcKind {
  static constexpr Traits kTraits{
      .name = "moodycamel_mpmc",
      .summary = "moodycamel, ConcurrentQueue between threads (enqueue, wait_dequeue, try_dequeue)",
      .made_of = "moodycamel, POSIX semaphore",
      .in_between =
          "passes the address of a slot, and no byte of it; a second queue brings slots back; an end looks "
          "10,000 times before it blocks",
      .sharing = {.senders = true, .receivers = true}};
  using Queue = MpmcQueue;
};
using MoodycamelMpmc = SlotQueueMechanism<MoodycamelMpmcKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(MoodycamelMpmc);
}  // namespace ipcbench
