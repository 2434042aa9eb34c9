#include "bench/testing/core/line.hpp"

#include <memory>

#include "harness/base/clock.hpp"

namespace ipcbench::core {
namespace {

constexpr std::uint64_t kBatch = 256;  // messages between two looks at the clock

using Bytes = std::array<std::byte, kLineMessageBytes>;

// The pause between two looks, as the harness's waiting strategy takes it.
template <class Changed>
void spin_until(const Waiter<Wait::spin>& waiter, Changed changed) {
  while (!changed()) waiter.relax();
}

void write(Line& line, std::uint64_t number, const Bytes& source) {
  std::memcpy(line.bytes.data(), source.data(), source.size());
  line.sent.store(number, std::memory_order_release);
}

void read(const Waiter<Wait::spin>& waiter, Line& line, std::uint64_t number, Bytes& sink) {
  spin_until(waiter, [&] { return line.sent.load(std::memory_order_acquire) == number; });
  std::memcpy(sink.data(), line.bytes.data(), sink.size());
  keep(sink);
}

// Both parts exchange `count` messages from `first` on.
struct Ends {
  void ping(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
      write(there, number, near_bytes);
      read(waiter, back, number, near_bytes);
    }
  }
  void pong(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
      read(waiter, there, number, far_bytes);
      write(back, number, far_bytes);
    }
  }
  void send(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
      spin_until(waiter, [&] { return there.read.load(std::memory_order_acquire) + 1 == number; });
      write(there, number, near_bytes);
    }
  }
  void receive(std::uint64_t first, std::uint64_t count) {
    for (std::uint64_t number = first; number < first + count; ++number) {
      read(waiter, there, number, far_bytes);
      there.read.store(number, std::memory_order_release);
    }
  }

  Waiter<Wait::spin> waiter;
  Line there{};
  Line back{};
  alignas(kNoSharingBytes) Bytes near_bytes{};
  alignas(kNoSharingBytes) Bytes far_bytes{};
};

using Exchange = void (Ends::*)(std::uint64_t first, std::uint64_t count);

// The far part repeats batches until the near part, which has the clock, says that the last one has begun.
double bare_ns(const Setting& setting, Exchange near, Exchange far) {
  const auto ends = std::make_unique<Ends>(Waiter<Wait::spin>(setting.shares_cpu()));
  std::atomic<std::uint64_t> batches{UINT64_MAX};
  double ns = 0;
  run_pinned(
      setting,
      [&] {
        const auto warm_ns = now_ns() + static_cast<std::uint64_t>(setting.warm_up.count());
        std::uint64_t done = 0;
        while (now_ns() < warm_ns) (*ends.*near)(1 + kBatch * done++, kBatch);
        const std::uint64_t begin_ns = now_ns();
        const std::uint64_t first = done;
        const auto end_ns = begin_ns + static_cast<std::uint64_t>(setting.timed.count());
        while (now_ns() < end_ns) (*ends.*near)(1 + kBatch * done++, kBatch);
        ns = static_cast<double>(now_ns() - begin_ns) / static_cast<double>((done - first) * kBatch);
        batches.store(done + 1, std::memory_order_release);
        (*ends.*near)(1 + kBatch * done, kBatch);
      },
      [&] {
        for (std::uint64_t done = 0; done < batches.load(std::memory_order_acquire); ++done) {
          (*ends.*far)(1 + kBatch * done, kBatch);
        }
      });
  return ns;
}

template <Freed F>
using LineTransfer = Transfer<Wait::spin, LineSender<F>, LineReceiver<F>>;

template <Freed F>
void run_end(ControlBlock& control, Side side, Line& out, Line& in) {
  LineSender<F> sender{out};
  LineReceiver<F> receiver{in};
  LineTransfer<F> transfer(&sender, &receiver, kLineMessageBytes, Waiter<Wait::spin>(control.job.shares_cpu));
  run_loops<Payload::copy, delivery_of(F)>(control, side, transfer);
}

template <Freed F>
double harness_ns(const Setting& setting, Pattern pattern) {
  const auto there = std::make_unique<Line>();
  const auto back = std::make_unique<Line>();
  return run_launch(
      setting, pattern, kLineMessageBytes,
      [&](ControlBlock& control) { run_end<F>(control, Side::producer, *there, *back); },
      [&](ControlBlock& control) { run_end<F>(control, Side::consumer, *back, *there); });
}

}  // namespace

double bare_round_trip_ns(const Setting& setting) { return bare_ns(setting, &Ends::ping, &Ends::pong); }
double bare_stream_ns(const Setting& setting) { return bare_ns(setting, &Ends::send, &Ends::receive); }
double line_round_trip_ns(const Setting& setting) {
  return harness_ns<Freed::by_answer>(setting, Pattern::latency);
}
double line_stream_ns(const Setting& setting) {
  return harness_ns<Freed::by_reader>(setting, Pattern::throughput);
}

}  // namespace ipcbench::core
