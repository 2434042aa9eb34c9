#include "bench/testing/core/line.hpp"

#include <memory>

namespace ipcbench::core {
namespace {

using Bytes = std::array<std::byte, kLineMessageBytes>;

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

using Part = void (Ends::*)(std::uint64_t first, std::uint64_t count);

double bare_ns(const Setting& setting, Part near, Part far) {
  const auto ends = std::make_unique<Ends>(Waiter<Wait::spin>(setting.shares_cpu()));
  const auto exchange = [&](Part part) {
    return [&, part](std::uint64_t first, std::uint64_t count) { (*ends.*part)(first, count); };
  };
  return run_batches(setting, exchange(near), exchange(far));
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
