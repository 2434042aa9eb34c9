#include <array>
#include <memory>
#include <stdexcept>

#include "bench/testing/core/rings.hpp"

#ifdef IPCBENCH_BOOST_LOCKFREE
#include <boost/lockfree/spsc_queue.hpp>
#endif
#ifdef IPCBENCH_ATOMIC_QUEUE
#include <atomic_queue/atomic_queue.h>
#endif
#ifdef IPCBENCH_READERWRITERQUEUE
#include <readerwriterqueue/readerwriterqueue.h>
#endif

namespace ipcbench::core {
namespace {

template <std::size_t N>
struct Message {
  std::array<std::byte, N> bytes;
};

template <std::size_t N>
inline constexpr std::size_t kSlots = kQueueBytes / N;

// A queue of values as the loops see a mechanism: its push copies the source in, its pop copies out to the
// sink. Both ends hold the one queue.
template <class Queue, std::size_t N>
class QueueTransfer final : public Messenger {
 public:
  static constexpr Wait kWait = Wait::spin;
  static constexpr bool kBatches = false;

  QueueTransfer(Queue& queue, bool shares_cpu) : Messenger(N), queue_(queue), waiter_(shares_cpu) {}

  template <Payload P>
  void send() {
    const auto& message = *reinterpret_cast<const Message<N>*>(buffers().source().data());
    waiter_.until(queue_, [&] { return queue_.push(message); });
  }
  template <Payload P>
  void receive() {
    auto& message = *reinterpret_cast<Message<N>*>(buffers().sink().data());
    waiter_.until(queue_, [&] { return queue_.pop(message); });
  }
  void send_copied() override { send<Payload::copy>(); }
  void receive_copied() override { receive<Payload::copy>(); }

 private:
  Queue& queue_;
  Waiter<Wait::spin> waiter_;
};

template <class Queue, std::size_t N>
double stream_messages_ns(const Setting& setting) {
  const auto queue = std::make_unique<Queue>();
  const auto end = [&](Side side) {
    return [&, side](ControlBlock& control) {
      QueueTransfer<Queue, N> transfer(*queue, setting.shares_cpu());
      run_loops<Payload::copy>(control, side, transfer);
    };
  };
  return run_launch(setting, Pattern::throughput, N, end(Side::producer), end(Side::consumer));
}

// Queue: a template over the size of a message.
template <template <std::size_t> class Queue>
double queue_stream_ns(const Setting& setting, std::size_t message_bytes) {
  switch (message_bytes) {
    case 8:
      return stream_messages_ns<Queue<8>, 8>(setting);
    case 64:
      return stream_messages_ns<Queue<64>, 64>(setting);
    case 4096:
      return stream_messages_ns<Queue<4096>, 4096>(setting);
    case 65536:
      return stream_messages_ns<Queue<65536>, 65536>(setting);
    default:
      throw std::invalid_argument("no queue was built for messages of this size");
  }
}

#ifdef IPCBENCH_BOOST_LOCKFREE
template <std::size_t N>
struct BoostQueue {
  bool push(const Message<N>& message) { return queue.push(message); }
  bool pop(Message<N>& message) { return queue.pop(message); }
  boost::lockfree::spsc_queue<Message<N>, boost::lockfree::capacity<kSlots<N>>> queue;
};
#endif

#ifdef IPCBENCH_ATOMIC_QUEUE
// Told that there is one producer and one consumer, which is its fastest form.
template <std::size_t N>
struct AtomicQueue {
  bool push(const Message<N>& message) { return queue.try_push(message); }
  bool pop(Message<N>& message) { return queue.try_pop(message); }
  atomic_queue::AtomicQueue2<Message<N>, kSlots<N>, true, true, false, true> queue;
};
#endif

#ifdef IPCBENCH_READERWRITERQUEUE
// try_enqueue() never allocates.
template <std::size_t N>
struct MoodycamelQueue {
  bool push(const Message<N>& message) { return queue.try_enqueue(message); }
  bool pop(Message<N>& message) { return queue.try_dequeue(message); }
  moodycamel::ReaderWriterQueue<Message<N>> queue{kSlots<N> - 1};  // it rounds one more up to a power of two
};
#endif

}  // namespace

std::vector<OtherQueue> other_queues() {
  return {
#ifdef IPCBENCH_BOOST_LOCKFREE
      {"boost_spsc_queue", queue_stream_ns<BoostQueue>},
#endif
#ifdef IPCBENCH_ATOMIC_QUEUE
      {"atomic_queue", queue_stream_ns<AtomicQueue>},
#endif
#ifdef IPCBENCH_READERWRITERQUEUE
      {"readerwriterqueue", queue_stream_ns<MoodycamelQueue>},
#endif
  };
}

}  // namespace ipcbench::core
