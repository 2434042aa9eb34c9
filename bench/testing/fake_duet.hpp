// Duets of two programs that measure nothing and do as they are told, by a clock that only they advance.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "bench/duet/blocks.hpp"
#include "results/testing/sample_report.hpp"

namespace ipcbench::testing {

struct Call {
  std::size_t side;
  std::string mechanism;
  std::uint32_t block;

  friend bool operator==(const Call&, const Call&) = default;
};

// Two programs that do as they are told. Their clock starts at 0 and runs while they launch.
struct World {
  std::array<std::vector<Cell>, 2> cells{std::vector{make_cell("a"), make_cell("b"), make_cell("c")},
                                         std::vector{make_cell("a"), make_cell("b"), make_cell("c")}};
  std::array<std::size_t, 2> started{};
  std::vector<std::size_t> starts;  // the sides, in order
  std::vector<Call> calls;
  std::chrono::nanoseconds now{};
  HostActivity activity;
  std::function<std::optional<std::string>(const Call&)> failure = [](const Call&) { return std::nullopt; };
  std::function<bool(std::size_t)> disturbed = [](std::size_t) { return false; };  // by call, from 1
};

class FakeProgram : public DuetProgram {
 public:
  FakeProgram(World& world, std::size_t side) : world_(world), side_(side) {
    ++world.started[side];
    world.starts.push_back(side);
    greeting_.cells = world.cells[side];
  }
  [[nodiscard]] const DuetGreeting& greeting() const override { return greeting_; }
  Report describe() override {
    Report report;
    report.version = side_ == 0 ? "1.0.0" : "2.0.0";
    report.context.executable = side_ == 0 ? "old" : "fresh";
    return report;
  }
  DuetAnswer launch(std::size_t cell, std::uint32_t block) override {
    const Cell& launched = greeting_.cells.at(cell);
    world_.now += std::chrono::milliseconds(40);
    world_.calls.push_back({side_, launched.mechanism, block});
    if (const auto reason = world_.failure(world_.calls.back())) return LaunchFailed{*reason};
    Row row = latency_row(launched, block, 5000 + side_);
    if (world_.disturbed(world_.calls.size())) row.measurement.disturbance = "producer waited";
    return row;
  }

 private:
  World& world_;
  std::size_t side_;
  DuetGreeting greeting_;
};

class FakeDuet : public ::testing::Test {
 protected:
  FakeDuet() {
    options_.settings.first_blocks = 4;
    options_.settings.second_blocks = 0;
    options_.seed = 7;
    options_.elapsed = [this] { return world_.now; };
    options_.read_activity = [this](const std::vector<int>&) { return world_.activity; };
    options_.suspicious = [this](const SampledReport&, const SampledReport&, const GateSettings&) {
      return suspicious_;
    };
  }

  DuetResult run() {
    std::array<StartProgram, 2> start;
    for (const std::size_t side : {0U, 1U}) {
      start[side] = [this, side] { return std::make_unique<FakeProgram>(world_, side); };
    }
    Progress silent(Progress::Style::none, {});
    return run_duet(start, options_, silent);
  }

  // Each side's launches of one mechanism.
  std::array<std::size_t, 2> calls_of(const std::string& mechanism) const {
    std::array<std::size_t, 2> count{};
    for (const Call& call : world_.calls) count[call.side] += call.mechanism == mechanism ? 1U : 0U;
    return count;
  }

  World world_;
  DuetOptions options_;
  std::vector<SuspiciousCell> suspicious_;
};

}  // namespace ipcbench::testing
