#include "bench/testing/core/pair_run.hpp"

#include <memory>
#include <thread>

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

}  // namespace ipcbench::core
