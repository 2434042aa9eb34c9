#include "bench/testing/core/pair_run.hpp"

#include <atomic>
#include <memory>
#include <thread>

#include "harness/base/clock.hpp"
#include "harness/host/topology.hpp"

namespace ipcbench::core {
namespace {

double ns_per_message(ControlBlock& control) {
  const Side timed = is_ping_pong(control.job.pattern) ? Side::producer : Side::consumer;
  const EndState& end = control.side(timed);
  return static_cast<double>(end.end_ns - end.start_ns) / static_cast<double>(end.messages);
}

}  // namespace

void run_pinned(const Setting& setting, const std::function<void()>& near, const std::function<void()>& far) {
  std::thread far_thread([&] {
    pin_to(setting.far_cpu);
    far();
  });
  std::thread near_thread([&] {
    pin_to(setting.near_cpu);
    near();
  });
  near_thread.join();
  far_thread.join();
}

double run_launch(const Setting& setting, Pattern pattern, std::size_t message_bytes, const EndWork& producer,
                  const EndWork& consumer) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.pattern = pattern;
  control->job.message_bytes = message_bytes;
  control->job.warm_up_ns = static_cast<std::uint64_t>(setting.warm_up.count());
  control->job.timed_ns = static_cast<std::uint64_t>(setting.timed.count());
  control->job.shares_cpu = setting.shares_cpu();
  run_pinned(
      setting, [&] { producer(*control); }, [&] { consumer(*control); });
  return ns_per_message(*control);
}

double run_batches(const Setting& setting, const Exchange& near, const Exchange& far) {
  constexpr std::uint64_t kBatch = 256;
  std::atomic<std::uint64_t> batches{UINT64_MAX};
  double ns = 0;
  const auto near_until = [&](std::uint64_t end_ns, std::uint64_t& done) {
    while (now_ns() < end_ns) near(1 + kBatch * done++, kBatch);
  };
  run_pinned(
      setting,
      [&] {
        std::uint64_t done = 0;
        near_until(now_ns() + static_cast<std::uint64_t>(setting.warm_up.count()), done);
        const std::uint64_t begin_ns = now_ns();
        const std::uint64_t first = done;
        near_until(begin_ns + static_cast<std::uint64_t>(setting.timed.count()), done);
        ns = static_cast<double>(now_ns() - begin_ns) / static_cast<double>((done - first) * kBatch);
        batches.store(done + 1, std::memory_order_release);
        near(1 + kBatch * done, kBatch);
      },
      [&] {
        for (std::uint64_t done = 0; done < batches.load(std::memory_order_acquire); ++done) {
          far(1 + kBatch * done, kBatch);
        }
      });
  return ns;
}

}  // namespace ipcbench::core
