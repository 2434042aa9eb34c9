#include "bench/testing/core/solo.hpp"

#include <cstring>
#include <memory>

#include "harness/base/clock.hpp"
#include "harness/loops/recorder.hpp"
#include "mechanisms/parts/floor.hpp"

namespace ipcbench::core {
namespace {

constexpr std::size_t kBytes = 64;

// Repeats `work` for the timed phase and looks at the clock every 1024 times.
template <class Work>
double each_ns(const Setting& setting, Work work) {
  constexpr std::uint64_t kBatch = 1024;
  const std::uint64_t begin_ns = now_ns();
  const auto deadline_ns = begin_ns + static_cast<std::uint64_t>(setting.timed.count());
  std::uint64_t done = 0;
  std::uint64_t now = begin_ns;
  do {
    for (std::uint64_t i = 0; i < kBatch; ++i) work();
    done += kBatch;
    now = now_ns();
  } while (now < deadline_ns);
  return static_cast<double>(now - begin_ns) / static_cast<double>(done);
}

}  // namespace

double clock_ns(const Setting& setting) {
  return each_ns(setting, [] { keep(now_ns()); });
}

double sample_ns(const Setting& setting) {
  const auto samples = std::make_unique<Samples>();
  samples->histogram.clear();
  Recorder recorder(*samples);
  std::uint64_t last_ns = now_ns();
  return each_ns(setting, [&] {
    const std::uint64_t now = now_ns();
    recorder.record(now - last_ns);
    last_ns = now;
  });
}

double copies_ns(const Setting& setting) {
  Buffers buffers(kBytes);
  const auto room = std::make_unique<std::byte[]>(kBytes);
  std::byte* const source = buffers.source().data();
  std::byte* const sink = buffers.sink().data();
  // As opaque as the message's length, so that neither side is a copy of known length.
  volatile std::size_t length = kBytes;
  const std::size_t bytes = length;
  return each_ns(setting, [&] {
    std::memcpy(room.get(), source, bytes);
    keep(room.get());
    std::memcpy(sink, room.get(), bytes);
    keep(sink);
  });
}

double floor_message_ns(const Setting& setting) {
  const FloorBuffer buffer = std::make_shared<std::byte[]>(kBytes);
  FloorSender sender(buffer);
  FloorReceiver receiver(buffer);
  Transfer<Wait::block, FloorSender, FloorReceiver> transfer(&sender, &receiver, kBytes,
                                                             Waiter<Wait::block>(false));
  return each_ns(setting, [&] {
    transfer.send<Payload::copy>();
    transfer.receive<Payload::copy>();
  });
}

}  // namespace ipcbench::core
