// An open loop: when its messages are due, how the producer waits for that, and what is kept of each message.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <ctime>
#include <span>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/cell.hpp"
#include "harness/base/clock.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {

// The output function of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): small, fast, and the same everywhere.
constexpr std::uint64_t scramble(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

// When the messages of one stream are due, in nanoseconds after the start of the phase.
class Schedule {
 public:
  // per_second: on average, above 0. The same seed gives the same arrivals.
  Schedule(double per_second, Arrivals arrivals, std::uint64_t seed)
      : interval_ns_(1e9 / per_second), arrivals_(arrivals), state_(seed) {}

  // When the next message is due; the first at 0. Never descends.
  std::uint64_t next_ns() {
    const auto due = static_cast<std::uint64_t>(due_ns_);
    due_ns_ += arrivals_ == Arrivals::constant ? interval_ns_ : random_interval_ns();
    return due;
  }

 private:
  // The times between arrivals of a Poisson process are distributed exponentially; by inversion, from a
  // number in (0, 1] (Knuth, The Art of Computer Programming, volume 2, section 3.4.1).
  double random_interval_ns() {
    constexpr double kUnit = 1.0 / (std::uint64_t{1} << 53);
    return -std::log(static_cast<double>((random() >> 11) + 1) * kUnit) * interval_ns_;
  }

  std::uint64_t random() { return scramble(state_ += 0x9e3779b97f4a7c15); }

  double due_ns_ = 0;
  double interval_ns_;
  Arrivals arrivals_;
  std::uint64_t state_;
};

// When the messages of one link are due, and of which of its streams each is. Both ends compute the same.
class LinkSchedule {
 public:
  struct Arrival {
    std::uint64_t due_ns = 0;
    std::uint8_t stream = 0;  // by its place in the mix; 0 where there is one stream only

    friend bool operator==(const Arrival&, const Arrival&) = default;
  };

  explicit LinkSchedule(const Schedule& only) : LinkSchedule(std::vector{only}) {}
  // One for each stream, at least one.
  explicit LinkSchedule(const std::vector<Schedule>& streams);

  // The message that is due next. Of several that are due at once, that of the first stream.
  Arrival next();

 private:
  struct Stream {
    Schedule schedule;
    std::uint64_t due_ns;  // of its next message
  };
  std::vector<Stream> streams_;
};

// The schedule of a load; `per_second` is its rate, which it may only know as a share. Each stream of a mix
// has random arrivals of its own. Constant ones all begin at 0.
LinkSchedule schedule_of(const OfferedLoad& load, double per_second, std::uint64_t seed);

// How many messages are due before `duration_ns`: at least the first.
std::uint64_t count_due(LinkSchedule schedule, std::uint64_t duration_ns);
// Writes when the first messages are due.
void fill_due(LinkSchedule schedule, std::span<std::uint64_t> due_ns);
// The streams of the first messages.
void fill_streams(LinkSchedule schedule, std::span<std::uint8_t> streams);

// The times of each message of a phase, by its number. The loops only store into these arrays, whose pages
// are touched beforehand; the figures are computed after the phase. Each array is written by one end.
struct PacedTimes {
  std::span<const std::uint64_t> due_ns;  // after the start of the phase, ascending
  std::span<std::uint64_t> sent_ns;       // by the clock, right before the send
  // By the clock, right after the receipt; 0: not received. One element more than there are messages, for a
  // mechanism that delivers more than were sent.
  std::span<std::uint64_t> received_ns;
  // Of which stream of a mix each message is; empty: there is one stream only.
  std::span<const std::uint8_t> stream = {};
};

// A producer wakes up at most so long before a message is due.
inline constexpr std::uint64_t kEarliestWakeUpNs = 200'000;

// Makes the kernel wake the calling thread as soon as its timers expire. By default it may take 50 us longer.
void wake_without_slack();

// Calls wake_without_slack(), and returns how late a sleeping thread still wakes: nearly the longest of a few
// sleeps of about `sleep_ns`, in nanoseconds, kEarliestWakeUpNs at most. Takes 24 sleeps.
std::uint64_t measure_wake_up_ns(std::uint64_t sleep_ns);

// Waits for due times. Under `spin` it watches the clock. Under every other strategy it sleeps, wakes early
// by the time that a wake-up may take, and watches the clock for the rest: otherwise each message would be
// late by a wake-up of the producer, which on an idle virtual CPU takes ten times as long as the message. It
// follows the 99th percentile of its own wake-ups, since those between messages are later than those of a
// thread alone: a later one moves it up by 99 steps, any other down by one (Robbins and Monro, Ann. Math.
// Stat. 22, 1951).
//
// An end that shares its CPU with the other yields it between two looks at the clock, so that a consumer with
// something to do runs at once. The CPU is then never idle shortly before a message, as in a program that is
// busy with other work.
//
// What the waiting costs is added up, so that it can be told from the cost of the messages: by the thread's
// CPU clock, since whoever sleeps, yields or is preempted takes less CPU time than time. In the last
// kLastLooksNs, where a reading could make the message late, all time counts.
template <Wait W, class Clock = MonotonicClock>
class Pacer {
 public:
  Pacer(bool shares_cpu, std::uint64_t wake_up_ns, const Clock& clock = {})
      : waiter_(shares_cpu), wake_up_ns_(wake_up_ns), clock_(clock) {}

  // Returns the time, at or after `due_ns`.
  std::uint64_t wait_until(std::uint64_t due_ns) {
    std::uint64_t now = clock_.now_ns();
    if (now + kLastLooksNs < due_ns) now = come_close(now, due_ns);
    if (now < due_ns) cpu_ns_ += due_ns - now;
    return watch_until(due_ns, now);
  }

  // How long before the due time it wakes up.
  [[nodiscard]] std::uint64_t wake_up_ns() const { return wake_up_ns_; }
  // CPU time of all waiting so far.
  [[nodiscard]] std::uint64_t cpu_ns() const { return cpu_ns_; }

 private:
  // Several readings of the CPU clock, each of which is a system call.
  static constexpr std::uint64_t kLastLooksNs = 2000;

  // Waits until the last looks, and counts this wait by the CPU clock. The caller counts the rest from the
  // returned time, which was taken before the second reading of that clock. So part of the second reading is
  // counted twice, which makes up for the part of the first that is not counted.
  std::uint64_t come_close(std::uint64_t now, std::uint64_t due_ns) {
    const std::uint64_t before_ns = clock_.thread_cpu_ns();
    if constexpr (may_sleep(W)) {
      while (now + wake_up_ns_ < due_ns) {
        const std::uint64_t asked_ns = due_ns - wake_up_ns_;
        clock_.sleep_until(asked_ns);
        now = clock_.now_ns();
        if (now >= asked_ns) learn(now - asked_ns);
      }
    }
    now = watch_until(due_ns - kLastLooksNs, now);
    cpu_ns_ += clock_.thread_cpu_ns() - before_ns;
    return now;
  }

  std::uint64_t watch_until(std::uint64_t until_ns, std::uint64_t now) {
    while (now < until_ns) {
      waiter_.relax();
      now = clock_.now_ns();
    }
    return now;
  }

  void learn(std::uint64_t late_ns) {
    constexpr std::uint64_t kStepNs = 25;
    if (late_ns > wake_up_ns_) {
      wake_up_ns_ = std::min(wake_up_ns_ + 99 * kStepNs, kEarliestWakeUpNs);
    } else if (wake_up_ns_ >= kStepNs) {
      wake_up_ns_ -= kStepNs;
    }
  }

  Waiter<W> waiter_;
  std::uint64_t wake_up_ns_;
  Clock clock_;
  std::uint64_t cpu_ns_ = 0;
};

// Sends each message when it is due, or at once if that time has passed. Stops after the last one, or with
// the first that it can only send at `end_ns` or later. Calls announce(n) before the last of n messages, and
// send(number) for each. Returns how many were sent, at least one.
//
// The send time is stored after the send. Before it, a cache miss of that store would hold up the stores that
// hand the message over.
template <class PacerType, class Announce, class Send>
inline std::uint64_t send_on_schedule(PacerType& pacer, const PacedTimes& times, std::uint64_t begin_ns,
                                      std::uint64_t end_ns, Announce announce, Send send) {
  const std::uint64_t* const due_ns = times.due_ns.data();
  std::uint64_t* const sent_ns = times.sent_ns.data();
  const std::uint64_t count = times.due_ns.size();
  std::uint64_t number = 0;
  bool last = false;
  while (!last) {
    const std::uint64_t now = pacer.wait_until(begin_ns + due_ns[number]);
    last = number + 1 == count || now >= end_ns;
    if (last) [[unlikely]] {
      announce(number + 1);
    }
    send(number);
    sent_ns[number++] = now;
  }
  return number;
}

}  // namespace ipcbench
