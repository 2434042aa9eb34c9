// The mechanisms' parameters: each changes the setting that the kernel reports, and bad values are refused.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>

#include "harness/launch/skip.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/testing/launching.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;

struct Expectation {
  std::uint64_t asked;
  std::uint64_t in_force;
};

// By parameter. Pipes round up to a power of two pages, the kernel doubles socket buffers, and rings round up
// to a power of two. A default spin is whatever a wake-up took, at most 1000 us: the value asked for is
// above.
const std::map<std::string_view, Expectation> kExpectations{
    {"pipe_bytes", {5'000, 8'192}},
    {"socket_send_bytes", {10'000, 20'000}},
    {"socket_receive_bytes", {10'000, 20'000}},
    {"tcp_nodelay", {1, 1}},
    {"sctp_nodelay", {0, 0}},
    {"queue_depth", {3, 3}},
    {"hwm", {3, 3}},
    {"buffered_messages", {3, 3}},
    {"reader_samples", {3, 3}},
    {"writer_bytes", {5'000, 5'000}},
    {"samples", {7, 7}},
    {"heartbeat_us", {2'000, 2'000}},
    {"response_us", {100, 100}},
    {"priorities", {5, 5}},
    {"queue_bytes", {9'000, 9'000}},
    {"select_type", {1, 1}},
    {"other_type_messages", {100, 100}},
    {"standard_streams", {1, 1}},
    {"file_slots", {3, 3}},
    {"vm_slots", {5, 8}},
    {"splice_gift", {1, 1}},
    {"segments", {1, 1}},
    {"registered", {1, 1}},
    {"multishot", {1, 1}},
    {"sqpoll", {1, 1}},
    {"ring_bytes", {5'000, 8'192}},
    {"huge_pages", {1, 1}},
    {"capacity_bytes", {100'000, 1 << 20}},
    {"spin_us", {1'009, 1'009}},
};

// A ring in huge pages, which have 2 MiB on the machines that this is tested on, holds whole ones.
constexpr Expectation kRingInHugePages{3'000'000, 4 << 20};

struct SetParameter {
  const MechanismEntry* mechanism;
  Parameter parameter;
};

void PrintTo(const SetParameter& c, std::ostream* out) { *out << c.mechanism->traits.name; }

std::vector<SetParameter> all_parameters() {
  std::vector<SetParameter> cases;
  for (const MechanismEntry* mechanism : real_mechanisms()) {
    for (const Parameter& parameter : mechanism->parameters) cases.push_back({mechanism, parameter});
  }
  return cases;
}

class EveryParameter : public ::testing::TestWithParam<SetParameter> {
 protected:
  void SetUp() override {
    if (const auto reason = GetParam().mechanism->available()) GTEST_SKIP() << *reason;
  }
  static Cell cell_with(Settings parameters, std::optional<Peers> peers = {}) {
    Cell cell = usual_cell(*GetParam().mechanism, peers);
    if (GetParam().parameter.name == kSpinMicroseconds.name) cell.wait = Wait::adaptive;
    if (GetParam().parameter.name == "segments") {
      cell.pattern = Pattern::throughput;
      cell.batch = 4;
    }
    cell.parameters = std::move(parameters);
    return cell;
  }
  static Settings set_to(std::uint64_t value) { return {{std::string(GetParam().parameter.name), value}}; }
};

// Catches a parameter that is accepted and then ignored, between related and unrelated processes, and a
// parameter whose default is not reported.
TEST_P(EveryParameter, TakesEffect) {
  const std::string name(GetParam().parameter.name);
  ASSERT_TRUE(kExpectations.contains(name)) << "add the effect of " << name << " to the table above";
  const bool is_huge = GetParam().mechanism->traits.made_of.starts_with("huge") && name == "ring_bytes";
  const auto [asked, in_force] = is_huge ? kRingInHugePages : kExpectations.at(name);
  const Measurement by_default = measured(cell_with({}));
  ASSERT_TRUE(by_default.settings.contains(name));
  EXPECT_NE(by_default.settings.at(name), in_force);
  const Measurement forked = measured(cell_with(set_to(asked)));
  ASSERT_TRUE(forked.settings.contains(name));
  EXPECT_EQ(forked.settings.at(name), in_force);
  if (why_skipped(cell_with({}, Peers::exec))) return;
  const Measurement spawned = measured(cell_with(set_to(asked), Peers::exec));
  ASSERT_TRUE(spawned.settings.contains(name));
  EXPECT_EQ(spawned.settings.at(name), in_force);
}

// Catches values out of range that reach the kernel, and refusals that do not name the range.
TEST_P(EveryParameter, IsRefusedOutOfRange) {
  const Parameter& parameter = GetParam().parameter;
  std::vector<std::uint64_t> bad{parameter.max + 1};
  if (parameter.min > 0) bad.push_back(parameter.min - 1);
  for (const std::uint64_t value : bad) {
    const auto reason = why_skipped(cell_with(set_to(value)));
    ASSERT_TRUE(reason.has_value()) << value;
    EXPECT_THAT(*reason, HasSubstr(std::string(parameter.name)));
    EXPECT_THAT(*reason, HasSubstr(std::to_string(parameter.max)));
  }
}

INSTANTIATE_TEST_SUITE_P(Every, EveryParameter, ::testing::ValuesIn(all_parameters()), [](const auto& of) {
  return fmt::format("{}_{}", of.param.mechanism->traits.name, of.param.parameter.name);
});

// The settings in which each parameter that is a switch is off or on.
std::vector<Settings> switched(const MechanismEntry& mechanism) {
  std::vector<Settings> all{{}};
  for (const Parameter& parameter : mechanism.parameters) {
    if (parameter.max != 1) continue;
    const std::size_t count = all.size();
    for (std::size_t i = 0; i < count; ++i) {
      all.push_back(all[i]);
      all.back()[std::string(parameter.name)] = 1;
    }
  }
  return all;
}

// Catches a switch that moves messages in another way, and loses, doubles or cuts them, alone or together
// with another switch. Together they are tried under the usual strategy; `epoll` watches what `poll` does.
TEST(Switches, MoveMessagesInEveryCombination) {
  for (const MechanismEntry* mechanism : real_mechanisms()) {
    if (mechanism->available()) continue;
    for (const Settings& settings : switched(*mechanism)) {
      for (const auto& wait : kAxis<Wait>) {
        for (const std::size_t size_bytes : {std::size_t{64}, std::size_t{65'537}}) {
          Cell cell = usual_cell(*mechanism);
          cell.size_bytes = size_bytes;
          cell.pattern = size_bytes == 64 ? Pattern::throughput : Pattern::latency;
          cell.wait = wait.value;
          cell.parameters = settings;
          if (settings.contains("segments")) cell.batch = 100;  // more than one send takes
          // An end that only spins and a thread of the kernel that works for it take turns by the scheduler's
          // slices, tens of milliseconds a message.
          if (settings.empty() || wait.value == Wait::spin || why_skipped(cell)) continue;
          if (wait.value == Wait::epoll) continue;
          if (settings.size() > 1 && wait.value != usual_wait(mechanism->traits)) continue;
          LaunchOptions options = brief();
          options.placement = on_one_cpu();
          EXPECT_GE(measured(cell, options).verified_messages, 3U) << cell_name(cell);
        }
      }
    }
  }
}

// With 4 priorities in a queue of 10, a message of the highest priority would overtake up to three messages
// sent before it, if its sender did not wait until they were gone.
TEST(Priorities, DoNotReorderTheVerifiedPass) {
  for (const auto& wait : kAxis<Wait>) {
    const Cell cell{.mechanism = "posix_queue",
                    .pattern = Pattern::throughput,
                    .size_bytes = 64,
                    .wait = wait.value,
                    .load = {},
                    .parameters = {{"priorities", 4}}};
    EXPECT_GE(measured(cell).verified_messages, 64U) << cell_name(cell);
  }
}

// Catches a producer that waits for ever because the other producers never leave the queue empty.
TEST(Priorities, AreRefusedToSeveralProducers) {
  const Cell cell{.mechanism = "posix_queue",
                  .pattern = Pattern::fanin,
                  .size_bytes = 64,
                  .load = {},
                  .parameters = {{"priorities", 4}}};
  const auto reason = why_skipped(cell);
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("leave priorities at 1"));
}

// Catches messages that would fill the queue for ever: as many empty ones as it has bytes.
TEST(OtherTypeMessages, AreRefusedWhenTheyFillTheQueue) {
  const auto with_others = [](std::uint64_t others) {
    return Cell{.mechanism = "sysv_queue",
                .pattern = Pattern::throughput,
                .size_bytes = 64,
                .load = {},
                .parameters = {{"queue_bytes", 100}, {"other_type_messages", others}}};
  };
  EXPECT_GT(measured(with_others(99)).messages, 0U);
  const auto reason = why_skipped(with_others(100));
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("raise queue_bytes"));
}

// Catches two threads that both take over the one standard output.
TEST(StandardStreams, AreRefusedToThreads) {
  const Cell cell{
      .mechanism = "pipe", .peers = Peers::thread, .load = {}, .parameters = {{"standard_streams", 1}}};
  const auto reason = why_skipped(cell);
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("leave standard_streams at 0"));
}

// Catches a misspelt parameter that is ignored.
TEST(UnknownParameter, IsRefusedByName) {
  const Cell cell{.mechanism = "pipe", .load = {}, .parameters = {{"pipe_byte", 4096}}};
  const auto reason = why_skipped(cell);
  ASSERT_TRUE(reason.has_value());
  EXPECT_THAT(*reason, HasSubstr("pipe_byte"));
}

// Catches a buffer that the kernel silently made smaller than requested.
TEST(SocketBuffer, IsAnErrorIfTheKernelCutsIt) {
  for (const char* mechanism : {"socketpair", "unix_stream", "tcp", "udp"}) {
    const Cell cell{
        .mechanism = mechanism, .load = {}, .parameters = {{"socket_send_bytes", 1U << 30U >> 1U}}};
    const Failure failure = failed(cell);
    EXPECT_EQ(failure.kind, Failure::Kind::error);
    EXPECT_THAT(failure.reason, HasSubstr("net.core.wmem_max"));
  }
}

// Catches a mechanism that holds less than a message, but waits for the whole message.
TEST(SmallBuffer, StreamsLongMessages) {
  for (const MechanismEntry& entry : mechanisms()) {
    for (const auto& [name, bytes] : {std::pair("ring_bytes", 4096), std::pair("pipe_bytes", 4096)}) {
      const auto known = std::ranges::find(entry.parameters, name, &Parameter::name);
      if (known == entry.parameters.end()) continue;
      for (const auto& wait : kAxis<Wait>) {
        const Cell cell{.mechanism = std::string(entry.traits.name),
                        .size_bytes = 65'537,
                        .wait = wait.value,
                        .load = {},
                        .parameters = {{name, static_cast<std::uint64_t>(bytes)}}};
        if (why_skipped(cell)) continue;
        LaunchOptions options = brief();
        options.placement = on_one_cpu();
        EXPECT_GE(measured(cell, options).verified_messages, 3U) << cell_name(cell);
      }
    }
  }
}

// Catches memory that is populated in the launcher only, where a forked end has to fault in each page once
// more: 16,384 of 64 MiB. Copying 64 KiB at a time, the timed phase goes through far more than a few hundred.
TEST(LargeRing, TakesNoFaultsWhileItIsTimed) {
  constexpr std::uint64_t kRingBytes = std::uint64_t{64} << 20;
  for (const MechanismEntry& entry : mechanisms()) {
    if (std::ranges::find(entry.parameters, "ring_bytes", &Parameter::name) == entry.parameters.end())
      continue;
    for (const auto& peers : kAxis<Peers>) {
      const Cell cell{.mechanism = std::string(entry.traits.name),
                      .pattern = Pattern::throughput,
                      .size_bytes = 65'536,
                      .wait = usual_wait(entry.traits),
                      .peers = peers.value,
                      .load = {},
                      .parameters = {{"ring_bytes", kRingBytes}}};
      if (why_skipped(cell) || why_refused(cell)) continue;  // it may be more memory than is reserved for it
      LaunchOptions options = brief();
      options.timed = std::chrono::milliseconds(20);
      const Measurement result = measured(cell, options);
      EXPECT_LT(result.producer.minor_faults + result.consumer.minor_faults, 100U) << cell_name(cell);
    }
  }
}

}  // namespace
}  // namespace ipcbench
