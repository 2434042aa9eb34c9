#include "mechanisms/testing/attached_link.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "harness/base/unpredictable.hpp"
#include "harness/launch/worker.hpp"

namespace ipcbench {

AttachedLink::AttachedLink(const MechanismEntry& mechanism) {
  const Traits& traits = mechanism.traits;
  spec_ = {.message_bytes = std::min<std::size_t>(64, traits.max_message_bytes),
           .wait = traits.waits.contains(Wait::block) ? Wait::block : Wait::spin,
           .directory = directory_.path(),
           .name = unpredictable_name(),
           .parameters = {}};
  link_ = mechanism.create(spec_, {.hops = 2});
  describe(mechanism);
}

void AttachedLink::describe(const MechanismEntry& mechanism) {
  Job& job = control_->job;
  job.mechanism.assign(mechanism.traits.name);
  job.wait = spec_.wait;
  job.message_bytes = spec_.message_bytes;
  job.cpu.fill(-1);
  job.directory.assign(spec_.directory);
  job.name.assign(spec_.name);
  control_->barrier.set_parties(3);
}

void AttachedLink::start(Side side, Peers peers) {
  const pid_t group = children_.empty() ? 0 : children_.front().pid();
  if (peers == Peers::fork) {
    children_.push_back(fork_child(group, [&] { _exit(run_worker(*link_, {side, 0}, *control_)); }));
    return;
  }
  Handout handed = handout({side, 0});
  for (const auto& [object, taken, text] : handed.addresses)
    control_->job.addresses[object][static_cast<std::size_t>(taken)].assign(text);
  handed.inherited.push_back({.fd = control_.fd()});
  children_.push_back(
      exec_child(group, "/proc/self/exe",
                 {kWorkerArgument, fmt::format("{}", control_.fd()), std::string(name_of(side)), "0", "0"},
                 handed.inherited));
}

bool AttachedLink::wait_until_attached() const {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (control_->barrier.waiting() < 2) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

std::vector<pid_t> AttachedLink::processes() const {
  std::vector<pid_t> pids{getpid()};
  for (const Child& child : children_) pids.push_back(child.pid());
  return pids;
}

}  // namespace ipcbench
