#include "harness/worker.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

#include "harness/registry.hpp"
#include "harness/topology.hpp"

namespace ipcbench {
namespace {

void report_error(SideState& state, std::string_view what, bool check_failed) noexcept {
  state.error.assign(what);
  state.check_failed = check_failed;
  state.has_error.store(true, std::memory_order_release);
}

void pin_as_told(const Job& job, Side side) {
  const int cpu = job.cpu[static_cast<std::size_t>(side)];
  if (cpu >= 0) pin_to(cpu);
}

LinkSpec spec_of(const Job& job) {
  LinkSpec spec;
  spec.message_bytes = job.message_bytes;
  spec.wait = job.wait;
  spec.directory = job.directory.str();
  spec.name = job.name.str();
  for (std::uint32_t i = 0; i < job.parameter_count; ++i) {
    spec.parameters.emplace(job.parameters[i].name.str(), job.parameters[i].value);
  }
  return spec;
}

// Joining may fail as well, so it has to happen where errors are reported.
class JoinedLink final : public Link {
 public:
  [[nodiscard]] std::array<std::string, 2> addresses() const override { return {}; }
  void run(Side side, ControlBlock& control) override {
    const Job& job = control.job;
    const MechanismEntry* entry = find_mechanism(job.mechanism.str());
    if (entry == nullptr || entry->join == nullptr)
      throw std::runtime_error("not a mechanism that can be joined");
    entry->join(spec_of(job), {job.address[0].str(), job.address[1].str()})->run(side, control);
  }
};

}  // namespace

int run_worker(Link& link, Side side, ControlBlock& control) noexcept {
  SideState& state = control.side(side);
  try {
    pin_as_told(control.job, side);
    link.run(side, control);
    state.cost.cpu = pinned_cpu();
    return 0;
  } catch (const CheckFailed& error) {
    report_error(state, error.what(), true);
  } catch (const std::exception& error) {
    report_error(state, error.what(), false);
  }
  return kWorkerFailed;
}

std::optional<int> run_if_worker(int argc, char** argv) {
  if (argc != 4 || std::strcmp(argv[1], kWorkerArgument) != 0) return std::nullopt;
  int fd = -1;
  const std::string_view fd_text = argv[2];
  std::from_chars(fd_text.data(), fd_text.data() + fd_text.size(), fd);
  const auto side = parse_axis<Side>(argv[3]);
  if (fd < 0 || !side) return kWorkerFailed;
  try {
    const SharedControl control(fd);
    JoinedLink link;
    return run_worker(link, *side, *control);
  } catch (const std::exception& error) {
    fmt::print(stderr, "ipcbench: {}\n", error.what());
    return kWorkerFailed;
  }
}

}  // namespace ipcbench
