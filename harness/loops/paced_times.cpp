#include "harness/loops/paced_times.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/error.hpp"
#include "harness/loops/recorder.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kLineBytes = 64;

constexpr std::size_t in_lines(std::size_t bytes) {
  return (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
}

// Each of the three arrays begins on a cache line of its own, and has room for one message more.
constexpr std::size_t array_bytes(std::uint64_t messages) {
  return in_lines((messages + 1) * sizeof(std::uint64_t));
}

std::size_t checked_bytes(std::uint64_t messages) {
  if (messages > kMostPaced) {
    throw Error(fmt::format("{} messages are due in the timed phase, and the times of {} can be kept",
                            messages, kMostPaced),
                "give a lower --rate or a shorter --time");
  }
  return in_lines(sizeof(ControlBlock)) + 3 * array_bytes(messages);
}

int with_room(int fd, std::size_t bytes) {
  size_memory_file(fd, bytes, "give a lower --rate or a shorter --time, or free memory");
  return fd;
}

std::span<std::uint64_t> array_in(const Mapping& memory, std::size_t index, std::uint64_t messages,
                                  std::uint64_t length) {
  std::byte* const begin = static_cast<std::byte*>(memory.data()) + in_lines(sizeof(ControlBlock));
  return {reinterpret_cast<std::uint64_t*>(begin + index * array_bytes(messages)), length};
}

}  // namespace

SharedTimes::SharedTimes(int control_fd, std::uint64_t messages)
    : memory_(with_room(control_fd, checked_bytes(messages)), checked_bytes(messages)),
      due_ns_(array_in(memory_, 0, messages, messages)),
      times_{.due_ns = due_ns_,
             .sent_ns = array_in(memory_, 1, messages, messages),
             .received_ns = array_in(memory_, 2, messages, messages + 1)} {}

void SharedTimes::schedule(const LinkSchedule& schedule) {
  fill_due(schedule, due_ns_);
  std::ranges::fill(times_.sent_ns, 0);
}

void SharedTimes::follow_streams(const LinkSchedule& schedule) {
  stream_.resize(due_ns_.size());
  fill_streams(schedule, stream_);
  times_.stream = stream_;
}

void SharedTimes::clear_received() { std::ranges::fill(times_.received_ns, 0); }

std::uint64_t sum_due_ns(const PacedTimes& times, const PacedPhase& phase) {
  std::uint64_t sum_ns = 0;
  for (std::size_t i = 0; i < times.due_ns.size(); ++i) {
    const std::uint64_t due_ns = phase.begin_ns + times.due_ns[i];
    sum_ns += i < phase.sent ? due_ns : due_ns - phase.end_ns;
  }
  return sum_ns;
}

namespace {

// From when the message was due to its receipt, or to the end of the phase if it was not sent.
void record_from_due(Recorder& recorder, const PacedTimes& times, const PacedPhase& phase, std::size_t i) {
  const std::uint64_t until_ns = i < phase.sent ? times.received_ns[i] : phase.end_ns;
  if (until_ns != 0) recorder.record_between(phase.begin_ns + times.due_ns[i], until_ns);  // 0: lost
}

}  // namespace

void evaluate(const PacedTimes& times, const PacedPhase& phase, const PacedSamples& into) {
  for (Samples* samples : {&into.from_due, &into.from_sent, &into.lag}) samples->histogram.clear();
  Recorder from_due(into.from_due);
  Recorder from_sent(into.from_sent);
  Recorder lag(into.lag);
  for (std::size_t i = 0; i < times.due_ns.size(); ++i) {
    record_from_due(from_due, times, phase, i);
    if (i >= phase.sent) continue;
    lag.record_between(phase.begin_ns + times.due_ns[i], times.sent_ns[i]);
    if (times.received_ns[i] != 0) from_sent.record_between(times.sent_ns[i], times.received_ns[i]);
  }
}

void evaluate_stream(const PacedTimes& times, const PacedPhase& phase, std::uint8_t stream,
                     StreamSamples& into) {
  into.scheduled = 0;
  into.unsent = 0;
  into.samples.histogram.clear();
  Recorder from_due(into.samples);
  for (std::size_t i = 0; i < times.due_ns.size(); ++i) {
    if (times.stream[i] != stream) continue;
    ++into.scheduled;
    into.unsent += i < phase.sent ? 0U : 1U;
    record_from_due(from_due, times, phase, i);
  }
}

}  // namespace ipcbench
