#include "harness/loops/fan_pass.hpp"

#include <fmt/format.h>
#include <sched.h>

#include <array>

#include "harness/loops/verified_pass.hpp"

namespace ipcbench {
namespace {

// If a message was lost, repeated or invented, the sums of these hashes differ, but for a 2^-64 chance.
std::uint64_t hash_of(std::uint64_t sequence) {
  const std::uint64_t x = (sequence + 1) * 0x9e3779b97f4a7c15;
  return x ^ (x >> 29);
}

// How many messages one producer sends: enough for each of many consumers to get some, and for all producers
// of a buffer together to fill the largest twice. No more than can be checked in some tens of milliseconds.
std::uint64_t messages_of_producer(const ControlBlock& control) {
  constexpr std::uint64_t kMost = 1 << 14;
  const Job& job = control.job;
  const std::uint64_t least = messages_to_verify(job.message_bytes) * job.consumers;
  if (job.message_bytes == 0) return least;
  const std::uint64_t to_go_round = bytes_to_verify(control.settings.get()) / job.message_bytes + 1;
  return std::max(least, std::min(to_go_round, kMost) / (job.own_links ? 1 : job.producers));
}

class FanPass {
 public:
  FanPass(ControlBlock& control, EndId end, Messenger& messenger)
      : control_(control), job_(control.job), end_(end), messenger_(messenger) {}

  void send_all() {
    const std::uint64_t messages = messages_of_producer(control_);
    for (std::uint64_t number = 0; number < messages; ++number) {
      fill_verified(messenger_.buffers().source(), fan_sequence(end_.index, number));
      control_.verified_sent[0].fetch_add(1, std::memory_order_release);
      messenger_.send_copied();
    }
    if (job_.pattern == Pattern::fanout) {
      dismiss_consumers(
          control_, control_.verify_signs, messages, [this] { messenger_.send_copied(); },
          [] { sched_yield(); });
    }
  }

  std::uint64_t receive_all() {
    std::array<std::uint64_t, kMaxFan> next{};
    const std::uint64_t messages = messages_of_producer(control_) * job_.producers;
    for (std::uint64_t received = 0; received < messages; ++received) {
      messenger_.receive_copied();
      if (control_.verified_sent[0].load(std::memory_order_acquire) <= received) {
        throw CheckFailed(fmt::format("message {} arrived before it was sent", received));
      }
      if (job_.message_bytes != 0) check_order_of_producer(next);
    }
    return messages;
  }

  std::uint64_t receive_some() {
    std::uint64_t hash = 0;
    std::uint64_t next = 0;
    const std::uint64_t received = receive_share(
        control_.end(end_), control_.verify_signs, [this] { messenger_.receive_copied(); },
        [&] {
          if (job_.message_bytes == 0) return;
          const std::uint64_t claimed = claimed_sequence(messenger_.buffers().sink());
          check(claimed);
          if (claimed < next) throw CheckFailed(fmt::format("message {} was overtaken", claimed));
          next = claimed + 1;
          hash += hash_of(claimed);
        });
    control_.verified_hash.fetch_add(hash, std::memory_order_relaxed);
    return received;
  }

 private:
  void check(std::uint64_t sequence) {
    if (const auto wrong = check_verified(messenger_.buffers().sink(), sequence)) throw CheckFailed(*wrong);
  }

  void check_order_of_producer(std::array<std::uint64_t, kMaxFan>& next) {
    const std::uint64_t claimed = claimed_sequence(messenger_.buffers().sink());
    const std::uint64_t producer = claimed >> 32;
    if (producer >= job_.producers) throw CheckFailed("a message arrived that no producer sent");
    if (const auto link = messenger_.link_of_last().value_or(producer); link != producer)
      throw CheckFailed(
          fmt::format("a message of producer {} came over the link of producer {}", producer + 1, link + 1));
    const std::uint64_t due = fan_sequence(static_cast<std::uint32_t>(producer), next[producer]++);
    try {
      check(due);
    } catch (const CheckFailed& wrong) {
      throw CheckFailed(fmt::format("of producer {}: {}", producer + 1, wrong.what()));
    }
  }

  ControlBlock& control_;
  const Job& job_;
  EndId end_;
  Messenger& messenger_;
};

}  // namespace

std::uint64_t verify_fan(ControlBlock& control, EndId end, Messenger& messenger) {
  FanPass pass(control, end, messenger);
  if (end.side == Side::producer) {
    pass.send_all();
    return 0;
  }
  return control.job.pattern == Pattern::fanin ? pass.receive_all() : pass.receive_some();
}

void check_fanout(const ControlBlock& control) {
  if (control.job.message_bytes == 0) return;
  std::uint64_t expected = 0;
  const std::uint64_t messages = messages_of_producer(control);
  for (std::uint64_t i = 0; i < messages; ++i) expected += hash_of(fan_sequence(0, i));
  if (control.verified_hash.load(std::memory_order_relaxed) != expected) {
    throw CheckFailed("some message was received twice, or by no consumer");
  }
}

}  // namespace ipcbench
