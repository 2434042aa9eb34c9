#include "bench/run/free_core.hpp"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/loops/fixed_work.hpp"
#include "results/summary/own_core.hpp"

namespace ipcbench {

// In a thread of its own, so that the caller is pinned no more than before.
double FreeCore::work_ns_on(int cpu) {
  double work_ns = 0;
  std::jthread([&] {
    try {
      pin_to(cpu);
      work_ns = fixed_work_ns();
    } catch (const KernelError&) {  // which the launch explains, should it need this CPU
      work_ns = std::numeric_limits<double>::infinity();
    }
  }).join();
  return work_ns;
}

int FreeCore::free_one_of(const std::vector<int>& cpus) {
  // Nothing is free compared with itself: the first choice looks at all.
  const bool first = least_ns_ == std::numeric_limits<double>::infinity();
  std::vector<std::pair<double, int>> tried;
  for (const int cpu : cpus) {
    const double work_ns = work_ns_(cpu);
    tried.emplace_back(work_ns, cpu);
    least_ns_ = std::min(least_ns_, work_ns);
    if (!first && work_ns <= OwnCore::kMostTimes * least_ns_) return cpu;
  }
  const auto is_free = [&](const auto& each) { return each.first <= OwnCore::kMostTimes * least_ns_; };
  const auto free = std::ranges::find_if(tried, is_free);
  return free != tried.end() ? free->second : std::ranges::min(tried).second;
}

Placement FreeCore::choose(Placement planned) {
  if (planned.cpus != Cpus::same || !planned.producer_cpu) return planned;
  const auto [like, is_new] = like_.try_emplace(*planned.producer_cpu);
  if (is_new) {
    like->second = alike_(*planned.producer_cpu);
    like->second.resize(std::min(like->second.size(), kMostTried));
  }
  if (like->second.size() > 1) planned.producer_cpu = planned.consumer_cpu = free_one_of(like->second);
  return planned;
}

RoundsOptions on_free_cores(RoundsOptions rounds) {
  rounds.launch = [launch = std::move(rounds.launch), cores = std::make_shared<FreeCore>()](
                      const Cell& cell, const LaunchOptions& options) {
    LaunchOptions moved = options;
    moved.placement = cores->choose(options.placement);
    return launch(cell, moved);
  };
  return rounds;
}

}  // namespace ipcbench
