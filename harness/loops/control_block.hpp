// The shared memory through which the launcher and the ends of a launch agree and report: the job, a
// barrier, the stop signs of the loops, and each end's results. Plain data, mapped once per process. The ends
// touch it between phases; inside a loop they touch only the stop sign that the loop waits for.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/error.hpp"
#include "harness/base/histogram.hpp"
#include "harness/base/mapping.hpp"
#include "harness/base/measurement.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/loops/clock_offset.hpp"
#include "harness/loops/line_exchange.hpp"
#include "harness/loops/wait.hpp"

namespace ipcbench {

// One end of a launch. There are two, or more with fanin and fanout, where one side has several, and in a
// chain, where the consumers hand on each message, from index 0 to the last, and that one back to the
// producer.
struct EndId {
  Side side = Side::producer;
  std::uint32_t index = 0;  // among the ends of its side

  friend bool operator==(const EndId&, const EndId&) = default;
};

inline constexpr std::size_t kMaxEnds = kMaxFan + 1;

// The most objects of a link: one for each hop of a chain, or one for each producer.
inline constexpr std::size_t kMaxObjects = std::max(kMaxFan, kMaxChain);

// The index of an end's record: the first end of each side, then the others of the side that has several.
constexpr std::size_t place_of(EndId end) {
  return end.index == 0 ? static_cast<std::size_t>(end.side) : 1 + std::size_t{end.index};
}

// "producer"; "producer 3" if the side has several ends.
std::string name_of(EndId end, std::uint32_t ends_of_its_side);

// Settings in shared memory: the first 16 by name.
class SharedSettings {
 public:
  void assign(const Settings& settings);
  [[nodiscard]] Settings get() const;

 private:
  struct NamedValue {
    SharedText<32> name;
    std::uint64_t value = 0;
  };
  std::array<NamedValue, 16> values_;
  std::uint32_t count_ = 0;
};

// For each direction of a verified pass that needs many messages, unless a launch wants another time.
inline constexpr std::uint64_t kVerifyNs = 10'000'000;

// Everything the ends have to know to run one launch.
struct Job {
  SharedText<64> mechanism;
  Pattern pattern = Pattern::latency;
  Wait wait = Wait::block;
  Payload payload = Payload::copy;
  Policy policy = Policy::other;
  Beside beside = Beside::none;
  Boundary boundary = Boundary::none;
  std::uint64_t idle_ns = 0;  // latency: the producer's pause before each timed message
  OfferedLoad load;
  std::uint64_t load_seed = 0;  // for the arrivals
  std::uint64_t message_bytes = 0;
  std::uint64_t verify_ns = kVerifyNs;
  std::uint64_t warm_up_ns = 0;
  std::uint64_t timed_ns = 0;
  // Ping-pong lasts longer than timed_ns if it would have fewer samples, but never longer than this.
  std::uint64_t least_samples = 0;
  std::uint64_t longest_timed_ns = 0;
  std::uint64_t spin_ns = kAdaptiveSpinNs;  // adaptive: how long before an end sleeps
  std::uint32_t producers = 1;
  std::uint32_t consumers = 1;
  std::array<std::int32_t, kMaxEnds> cpu;  // by place_of(); -1: not pinned
  bool shares_cpu = false;                 // some ends have one CPU between them
  bool one_cpu = false;                    // all ends are pinned to one CPU
  bool load_shares_cpu = false;            // the load beside runs on CPUs of the ends
  bool times_core = false;                 // each end times a fixed piece of work on its CPU
  bool one_process = false;                // the ends are threads
  bool counts = false;                     // the ends count, see Measurement::counts
  bool own_links = false;                  // fanin: each producer has one
  std::uint32_t batch = 1;                 // messages that are handed over at once
  std::uint32_t watched = 0;               // idle descriptors beside each consumer's own

  SharedSettings parameters;

  // For ends that join: the arguments of LinkSpec and join().
  SharedText<512> directory;
  SharedText<64> name;
  std::array<std::array<SharedText<640>, 2>, kMaxObjects> addresses;  // by object and side, as in Handout
  SharedText<512> cgroup;  // Boundary::cgroup: the directory of the consumer's group

  void take(const Cell& cell) {
    mechanism.assign(cell.mechanism);
    pattern = cell.pattern;
    wait = cell.wait;
    payload = cell.payload;
    policy = cell.policy;
    beside = cell.beside;
    boundary = cell.boundary;
    if (cell.pattern == Pattern::latency) idle_ns = cell.idle_ns;
    load = cell.load;
    watched = cell.watched;
    message_bytes = cell.size_bytes;
    if (cell.pattern == Pattern::fanin) producers = cell.fan;
    if (cell.pattern == Pattern::fanout) consumers = cell.fan;
    own_links = has_own_links(cell);
    if (cell.pattern == Pattern::latency) consumers = cell.chain - 1;
    if (is_streamed(cell.pattern)) batch = cell.batch;
    one_process = cell.peers == Peers::thread;
    parameters.assign(cell.parameters);
  }

  // The streams that share the link; none: all messages are of message_bytes.
  [[nodiscard]] std::span<const MessageStream> streams() const {
    return pattern == Pattern::paced ? load.mix.streams() : std::span<const MessageStream>{};
  }

  // Whether the first ends of both sides are pinned, each to a CPU that the other does not use.
  [[nodiscard]] bool keeps_apart() const { return cpu[0] >= 0 && cpu[1] >= 0 && cpu[0] != cpu[1]; }

  [[nodiscard]] std::uint32_t ends_of(Side side) const {
    return side == Side::producer ? producers : consumers;
  }
  [[nodiscard]] bool is_chain() const { return pattern == Pattern::latency && consumers > 1; }
};

// Every end of a job, in the order of place_of().
std::vector<EndId> ends_of(const Job& job);

// A barrier for all ends. The launcher's watchdog is its time limit.
class Barrier {
 public:
  // Call before anyone arrives. The default is two.
  void set_parties(std::uint32_t parties) { parties_ = parties; }
  // Returns when all have arrived, with the time at which the last one did.
  std::uint64_t arrive_and_wait() noexcept;
  // How many are waiting now.
  [[nodiscard]] std::uint32_t waiting() const { return arrived_.load(std::memory_order_acquire); }

 private:
  std::uint32_t parties_ = 2;
  std::atomic<std::uint32_t> arrived_{0};
  std::atomic<std::uint32_t> generation_{0};
  std::atomic<std::uint64_t> released_ns_{0};
};

// A barrier whose parties do not sleep: each has been seen running when it returns, so that nobody's wake-up
// is part of what follows. They yield the CPU between looks, in case they share it.
class Rendezvous {
 public:
  // Call before anyone arrives. The default is two.
  void set_parties(std::uint32_t parties) { parties_ = parties; }
  // Returns when all have arrived, with the time at which the last one did.
  std::uint64_t meet() noexcept;

 private:
  std::uint32_t parties_ = 2;
  std::atomic<std::uint32_t> arrived_{0};
  std::atomic<std::uint64_t> met_ns_{0};
};

enum class Phase : std::uint32_t { starting, attaching, verifying, warming_up, timed, done };
template <>
inline constexpr std::array kAxis<Phase>{
    AxisValue{Phase::starting, "starting"},   AxisValue{Phase::attaching, "attaching"},
    AxisValue{Phase::verifying, "verifying"}, AxisValue{Phase::warming_up, "warming up"},
    AxisValue{Phase::timed, "timed"},         AxisValue{Phase::done, "done"}};

// Where an end is outside of the timed loops, which leave no such mark.
enum class AtVerb : std::uint32_t { none, loan, commit, peek, release, park, flush };
template <>
inline constexpr std::array kAxis<AtVerb>{
    AxisValue{AtVerb::none, "none"},         AxisValue{AtVerb::loan, "loan()"},
    AxisValue{AtVerb::commit, "commit()"},   AxisValue{AtVerb::peek, "peek()"},
    AxisValue{AtVerb::release, "release()"}, AxisValue{AtVerb::park, "park()"},
    AxisValue{AtVerb::flush, "flush()"}};

inline constexpr std::size_t kWindows = 32;

// The results of one end.
struct EndState {
  std::atomic<Phase> phase{Phase::starting};
  std::atomic<AtVerb> verb{AtVerb::none};
  std::atomic<std::uint64_t> passed{0};  // messages that the verified pass has sent or received
  std::atomic<bool> has_error{false};
  bool check_failed = false;   // the error is a failed check of the payload
  std::uint64_t error_ns = 0;  // the time of the error
  SharedText<400> error;
  SideCost cost;
  SideCounts counts;
  std::array<SharedText<240>, kCounters.size()> uncounted;  // by kCounters: why it is missing
  CoreWork core;                                            // Job::times_core
  std::uint64_t verified_messages = 0;
  std::uint64_t messages = 0;  // sent or received in the timed phase
  std::uint64_t start_ns = 0;
  std::uint64_t end_ns = 0;
  std::uint64_t left_ns = 0;  // when this end left the timed phase, by its own clock
  // When it sent the first message, or had received it; when all had done their work; when it had closed.
  std::uint64_t first_message_ns = 0;
  std::uint64_t done_ns = 0;
  std::uint64_t closed_ns = 0;
  // paced: when each message was due (producer) or received (consumer), counted from start_ns and summed.
  std::uint64_t times_ns = 0;
  std::uint64_t numbers_sum = 0;  // checked: of the numbers of all messages received
  // fanout: how many messages this consumer has received in the phase. The producer reads it.
  alignas(64) std::atomic<std::uint64_t> received{0};
};

// How the loops of one phase end. Each sign is stored once, before the last message is sent, and read by the
// peer after each message it receives. Each has a cache line of its own, so reading it is a first-level hit.
struct StopSigns {
  alignas(64) std::atomic<bool> last{false};  // ping-pong, fanout: the next message is the last
  alignas(64) std::atomic<std::uint64_t> limit{UINT64_MAX};  // streaming: how many messages there are in all
  alignas(64) std::atomic<bool> received_all{false};         // lossy: the consumer has finished
  // fanin: how many producers have finished, and how many messages those have sent.
  alignas(64) std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint32_t> producers_through{0};

  // For the same phase once more. Nobody may look at the signs meanwhile.
  void reset() {
    last = false;
    limit = UINT64_MAX;
    received_all = false;
    sent = 0;
    producers_through = 0;
  }
};

// Recorded by one end: the producer in latency and oneway, the consumer in paced.
struct Samples {
  std::uint64_t min_ns = 0;
  std::uint64_t max_ns = 0;
  std::uint64_t sum_ns = 0;
  std::uint64_t clamped_ns = 0;  // by how much those recorded as 0 were below it, in all
  Histogram histogram;
};

// paced: the messages of one stream of a mix.
struct StreamSamples {
  std::uint64_t scheduled = 0;  // due within the phase
  std::uint64_t unsent = 0;     // of those, at its end
  Samples samples;
};

// A time that one end stores and the other reads, in a cache line of its own.
struct SharedTime {
  alignas(64) std::atomic<std::uint64_t> ns{0};
};

struct ControlBlock {
  Job job;
  int memory_fd = -1;  // the file that holds this block, under the same number in all ends; -1: none
  Barrier barrier;
  Rendezvous rendezvous;                // before the timed phase; met once, that of the first pair
  std::array<EndState, kMaxEnds> ends;  // by place_of()

  // When all ends ran and began to attach, and when the last one had attached.
  std::uint64_t attaching_ns = 0;
  std::uint64_t attached_ns = 0;

  // How often a process of the launch was continued after a stop (SIGSTOP, a debugger, a shell).
  std::atomic<std::uint32_t> continued{0};

  StopSigns verify_signs;
  StopSigns warm_up_signs;
  bool warm_up_again = false;  // the first producer's decision
  StopSigns timed_signs;

  // By place_of(): how many messages this end has begun to send in the verified pass. Tokens carry no number,
  // so only this count reveals a token that nobody sent.
  std::array<std::atomic<std::uint64_t>, kMaxChain> verified_sent{};
  // By Side: how many it sends in all, once it knows.
  std::array<std::atomic<std::uint64_t>, 2> verified_limit{UINT64_MAX, UINT64_MAX};
  std::atomic<std::uint64_t> verified_hash{0};  // fanout: over the messages that all consumers received

  // oneway: when the consumer received the last two messages, by their numbers modulo 2. It stores a time
  // before it answers, so that the store delays no message on its way there. The producer, which kept the
  // send time to itself, reads it when the next message is on its way.
  std::array<SharedTime, 2> received;
  // oneway: what a turn takes besides the way there; latency: the pauses (Job::idle_ns). Summed over the
  // turns. With the samples it makes up the elapsed time.
  std::uint64_t rest_ns = 0;
  // The offset between the ends' clocks.
  ClockExchange clock_exchange;
  ClockOffset clock_offset;

  // Two ends pinned to two CPUs.
  LineExchange line_exchange;
  LineRoundTrip line;

  // paced.
  double capacity_per_second = 0;   // measured in the warm-up if the load is a share of it
  std::uint64_t wake_up_ns = 0;     // how long before a message is due a sleeping producer wakes up
  std::uint64_t pacing_cpu_ns = 0;  // of the producer's waiting for messages to be due, in the last phase
  ScheduleResult schedule;
  Samples sent;  // times from the send; `samples` has those from when messages were due
  Samples lag;   // by how much the producer was behind its own schedule

  SharedSettings settings;        // in force, as the producer found them
  std::int32_t memory_node = -1;  // of the mechanism's memory; -1: it has none, or on several nodes

  Samples samples;
  std::array<Window, kWindows> windows{};
  std::uint32_t window_count = 0;

  // paced: the streams of a mix, by their places in it. Last, so that the offsets above stay short.
  std::array<StreamSamples, StreamMix::kMost> streams;

  // Several pairs at once: the blocks of all follow one another in one mapping.
  std::uint32_t pair = 0;  // whose block this is
  std::uint32_t pairs = 1;
  Barrier together;  // in the first block: for the ends of all pairs, as is its rendezvous

  [[nodiscard]] std::span<ControlBlock> all_pairs() { return {this - pair, pairs}; }
  [[nodiscard]] std::span<const ControlBlock> all_pairs() const { return {this - pair, pairs}; }
  [[nodiscard]] ControlBlock& first_pair() { return *(this - pair); }

  void report_settings(const Settings& in_force);
  void report_memory(std::span<const std::byte> memory);
  [[nodiscard]] EndState& end(EndId which) { return ends[place_of(which)]; }
  [[nodiscard]] EndState& side(Side which) { return end({which, 0}); }
};

// "pair 2: "; empty if there is only one.
std::string name_of_pair(const ControlBlock& control);

// The ControlBlock of each pair, in memory that forked children share and a program started afresh maps from
// the descriptor: a memfd that cannot shrink, close-on-exec. It stands for the first of them.
class SharedControl {
 public:
  SharedControl() : SharedControl(for_pairs(1)) {}
  static SharedControl for_pairs(std::uint32_t pairs);  // creates; throws KernelError
  // Maps another process's blocks; takes the descriptor. Throws KernelError, also if the size is wrong.
  explicit SharedControl(int inherited_fd);

  [[nodiscard]] ControlBlock& operator*() const { return *block_; }
  [[nodiscard]] ControlBlock* operator->() const { return block_; }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  explicit SharedControl(Fd fd);  // as many blocks as the file holds

  Fd fd_;
  SharedMapping memory_;
  ControlBlock* block_;
};

}  // namespace ipcbench
