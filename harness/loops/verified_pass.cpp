#include "harness/loops/verified_pass.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/clock.hpp"

namespace ipcbench {
namespace {

// Of a pair, the producer's messages have even numbers, the consumer's odd ones.
std::uint64_t sequence_of(const Job& job, EndId sender, std::uint64_t number) {
  return (job.consumers + 1) * number + place_of(sender);
}

// From whom an end receives.
EndId before(const Job& job, EndId end) {
  if (end.side == Side::producer) return {Side::consumer, job.consumers - 1};
  return end.index == 0 ? EndId{} : EndId{Side::consumer, end.index - 1};
}

// The streams of a mix take turns.
std::uint64_t bytes_of(const Job& job, std::uint64_t number) {
  const auto streams = job.streams();
  return streams.empty() ? job.message_bytes : streams[number % streams.size()].size_bytes;
}

// On average, rounded down.
std::uint64_t mean_bytes(const Job& job) {
  const std::uint64_t turns = std::max<std::uint64_t>(job.streams().size(), 1);
  std::uint64_t bytes = 0;
  for (std::uint64_t number = 0; number < turns; ++number) bytes += bytes_of(job, number);
  return bytes / turns;
}

// When enough has been sent one way.
class Enough {
 public:
  Enough(const Job& job, std::uint64_t bytes, std::uint64_t most_ns)
      : message_bytes_(mean_bytes(job)),
        least_(std::max<std::uint64_t>(messages_to_verify(job.message_bytes), 2 * job.streams().size())),
        bytes_(bytes),
        deadline_ns_(now_ns() + most_ns) {}

  // By the number of messages alone, so both ends agree.
  [[nodiscard]] bool in_all(std::uint64_t messages) const {
    return messages >= least_ && (message_bytes_ == 0 || messages * message_bytes_ >= bytes_);
  }
  // Or because it takes long: the sender decides.
  [[nodiscard]] bool by_now(std::uint64_t messages) const {
    return in_all(messages) || (messages >= least_ && now_ns() > deadline_ns_);
  }

 private:
  std::uint64_t message_bytes_;
  std::uint64_t least_;
  std::uint64_t bytes_;
  std::uint64_t deadline_ns_;
};

class EndPass {
 public:
  EndPass(ControlBlock& control, EndId end, Messenger& messenger)
      : control_(control), end_(end), before_(before(control.job, end)), messenger_(messenger) {
    messenger.leave_marks_in(own().verb);
  }

  // The messages of `sender`, from `number` on, until it has sent enough; with `echoes`, each is answered
  // before the next. The sender announces the last one before it sends it. Returns the number after the last.
  std::uint64_t run(Side sender, bool echoes, std::uint64_t number, const Enough& enough) {
    std::atomic<std::uint64_t>& limit = control_.verified_limit[static_cast<std::size_t>(sender)];
    const std::uint64_t first = number;  // an announcement up to here was of the phase before
    bool more = true;
    for (; more; ++number) {
      if (end_.side == sender) {
        more = !enough.by_now(number + 1);
        if (!more) limit.store(number + 1, std::memory_order_release);
        send(number);
        if (echoes || !more) messenger_.hand_over();
        if (echoes) receive(number);
      } else {
        receive(number);
        const std::uint64_t announced = limit.load(std::memory_order_acquire);
        more = announced <= first || number + 1 < announced;
        if (echoes) {
          send(number);
          messenger_.hand_over();
        }
      }
    }
    return number;
  }

  [[nodiscard]] std::uint64_t received() const { return received_; }

 private:
  void send(std::uint64_t number) {
    messenger_.buffers().set_length(bytes_of(control_.job, number));
    fill_verified(messenger_.buffers().source(), sequence_of(control_.job, end_, number));
    begun(end_).store(number + 1, std::memory_order_release);
    mark_first(number);
    messenger_.send_copied();
    ++own().passed;
  }

  void receive(std::uint64_t number) {
    messenger_.buffers().set_length(bytes_of(control_.job, number));
    messenger_.receive_copied();
    mark_first(number);
    ++own().passed;
    const auto wrong =
        check_verified(messenger_.buffers().sink(), sequence_of(control_.job, before_, number));
    if (wrong) throw CheckFailed(*wrong);
    if (begun(before_).load(std::memory_order_acquire) <= number) {
      throw CheckFailed(fmt::format("message {} arrived before it was sent", number));
    }
    ++received_;
  }

  // When the producer sends the first message, and when the consumer has it; not when it is answered.
  void mark_first(std::uint64_t number) {
    if (number == 0 && own().first_message_ns == 0) own().first_message_ns = now_ns();
  }

  EndState& own() { return control_.end(end_); }
  std::atomic<std::uint64_t>& begun(EndId sender) { return control_.verified_sent[place_of(sender)]; }

  ControlBlock& control_;
  EndId end_;
  EndId before_;
  Messenger& messenger_;
  std::uint64_t received_ = 0;
};

}  // namespace

std::uint64_t messages_to_verify(std::size_t message_bytes) {
  constexpr std::uint64_t kBytes = 1 << 20;
  return std::clamp<std::uint64_t>(kBytes / std::max<std::size_t>(message_bytes, 1), 3, 64);
}

std::uint64_t bytes_to_verify(const Settings& in_force) {
  constexpr std::uint64_t kUsualBufferBytes = 64 << 10;
  constexpr std::uint64_t kMostBytes = 64 << 20;
  std::uint64_t largest = 0;
  for (const auto& [name, value] : in_force) {
    if (name.ends_with("_bytes")) largest = std::max(largest, value);
  }
  return 2 * std::min(largest == 0 ? kUsualBufferBytes : largest, kMostBytes / 2);
}

Verified verify_ends(ControlBlock& control, EndId end, Messenger& messenger, VerifiedBy by,
                     std::uint64_t most_ns) {
  EndPass pass(control, end, messenger);
  const std::uint64_t bytes = by == VerifiedBy::few_echoes ? 0 : bytes_to_verify(control.settings.get());
  const Enough enough(control.job, bytes, most_ns);
  const std::uint64_t next = pass.run(Side::producer, by != VerifiedBy::stream, 0, enough);
  return {pass.received(), next};
}

std::uint64_t verify_streams(ControlBlock& control, Side side, Messenger& messenger, std::uint64_t next,
                             std::uint64_t most_ns) {
  EndPass pass(control, {side, 0}, messenger);
  const auto enough = [&] { return Enough(control.job, bytes_to_verify(control.settings.get()), most_ns); };
  if (enough().in_all(next)) return 0;
  pass.run(Side::producer, false, next, enough());
  pass.run(Side::consumer, false, next, enough());
  return pass.received();
}

void check_last_received(Buffers& buffers, bool may_be_lost) {
  const std::span<std::byte> last = buffers.sink();
  const bool marked = check_verified(last, 0).has_value();
  if (!marked && (may_be_lost || last.empty())) return;
  if (!marked) {
    throw CheckFailed(
        "the last message of the timed phase is one that was sent before it: one arrived twice, or the "
        "payload was not read");
  }
  mark_as_last(last);
  if (const auto wrong = check_verified(last, 0)) {
    throw CheckFailed("in the last message of the timed phase: " + *wrong);
  }
}

void check_last_numbered(Buffers& buffers, bool may_be_lost) {
  constexpr std::size_t kNumber = sizeof(std::uint64_t);
  const std::span<const std::byte> last = buffers.sink();
  if (may_be_lost || last.size() <= kNumber) return;
  std::vector<std::byte> expected(last.size());
  fill_verified(expected, 0);
  mark_as_last(expected);
  const auto end = static_cast<std::ptrdiff_t>(last.size() - (last.size() < 2 * kNumber ? 0 : kNumber));
  const auto wrong = std::mismatch(last.begin() + kNumber, last.begin() + end, expected.begin() + kNumber);
  if (wrong.first == last.begin() + end) return;
  throw CheckFailed(fmt::format("the last message of the timed phase is corrupted: byte {} of {}",
                                wrong.first - last.begin(), last.size()));
}

}  // namespace ipcbench
