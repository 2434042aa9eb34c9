#include "bench/testing/core/rings.hpp"

#include "harness/base/clock.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/mirrored_view.hpp"
#include "mechanisms/parts/ring.hpp"

namespace ipcbench::core {
namespace {

constexpr std::size_t kSmall = 8;

// A ring in memory like that of the mechanisms. Everything that this program knows of a ring's memory.
template <class Sleep>
class OwnRing {
 public:
  explicit OwnRing(std::size_t capacity)
      : capacity_(capacity),
        memory_(-1, Ring<Sleep>::memory_bytes(capacity)),
        view_(memory_.data(), Ring<Sleep>::header_bytes(), capacity) {
    ring().initialise(has_heavy_fence());
    view_.populate();
  }
  Ring<Sleep> ring() { return {view_.data(), capacity_}; }

 private:
  std::size_t capacity_;
  SharedMapping memory_;
  MirroredView view_;
};

template <Wait W, class Sleep>
using RingTransfer = Transfer<W, RingSender<Sleep>, RingReceiver<Sleep>>;

template <Wait W, class Sleep>
void run_round_trips(ControlBlock& control, Side side, OwnRing<Sleep>& out, OwnRing<Sleep>& in) {
  RingSender<Sleep> sender(out.ring());
  RingReceiver<Sleep> receiver(in.ring());
  RingTransfer<W, Sleep> transfer(&sender, &receiver, control.job.message_bytes,
                                  Waiter<W>(control.job.shares_cpu));
  run_loops<Payload::copy>(control, side, transfer);
}

template <Wait W, class Sleep>
double stream_ns(const Setting& setting, std::size_t message_bytes) {
  OwnRing<Sleep> ring(kQueueBytes);
  return run_launch(
      setting, Pattern::throughput, message_bytes,
      [&](ControlBlock& control) {
        RingSender<Sleep> sender(ring.ring());
        RingTransfer<W, Sleep> transfer(&sender, nullptr, message_bytes, Waiter<W>(setting.shares_cpu()));
        run_loops<Payload::copy>(control, Side::producer, transfer);
      },
      [&](ControlBlock& control) {
        RingReceiver<Sleep> receiver(ring.ring());
        RingTransfer<W, Sleep> transfer(nullptr, &receiver, message_bytes, Waiter<W>(setting.shares_cpu()));
        run_loops<Payload::copy>(control, Side::consumer, transfer);
      });
}

// The time of sending and that of receiving bursts of messages, each over the number of messages.
struct Bursts {
  double send_ns = 0;
  double receive_ns = 0;
};

Bursts time_bursts(const Setting& setting) {
  constexpr std::uint64_t kBurst = 512;
  OwnRing<NoSleep> memory(kBurst * kSmall * 2);
  RingSender<NoSleep> sender(memory.ring());
  RingReceiver<NoSleep> receiver(memory.ring());
  std::uint64_t sending_ns = 0;
  std::uint64_t receiving_ns = 0;
  std::uint64_t messages = 0;
  while (sending_ns + receiving_ns < static_cast<std::uint64_t>(setting.timed.count())) {
    const std::uint64_t begin_ns = now_ns();
    for (std::uint64_t i = 0; i < kBurst; ++i) {
      keep(sender.loan(kSmall).data());
      sender.commit(kSmall);
    }
    const std::uint64_t sent_ns = now_ns();
    for (std::uint64_t i = 0; i < kBurst; ++i) {
      keep(receiver.peek(kSmall).data());
      receiver.release();
    }
    receiving_ns += now_ns() - sent_ns;
    sending_ns += sent_ns - begin_ns;
    messages += kBurst;
  }
  const auto each = static_cast<double>(messages);
  return {static_cast<double>(sending_ns) / each, static_cast<double>(receiving_ns) / each};
}

}  // namespace

double ring_send_ns(const Setting& setting) { return time_bursts(setting).send_ns; }
double ring_receive_ns(const Setting& setting) { return time_bursts(setting).receive_ns; }

double ring_round_trip_ns(const Setting& setting) {
  OwnRing<NoSleep> there(kQueueBytes);
  OwnRing<NoSleep> back(kQueueBytes);
  return run_launch(
      setting, Pattern::latency, kSmall,
      [&](ControlBlock& control) { run_round_trips<Wait::spin>(control, Side::producer, there, back); },
      [&](ControlBlock& control) { run_round_trips<Wait::spin>(control, Side::consumer, back, there); });
}

double spinning_ring_ns(const Setting& setting, std::size_t message_bytes) {
  return stream_ns<Wait::spin, NoSleep>(setting, message_bytes);
}

double blocking_ring_ns(const Setting& setting, std::size_t message_bytes) {
  return stream_ns<Wait::block, FutexSleep>(setting, message_bytes);
}

}  // namespace ipcbench::core
