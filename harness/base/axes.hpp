// The enumerated axes of a cell and their values. cell.hpp has the table of axes.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ipcbench {

// The two ends of a pair. In a ping-pong the producer starts and holds the clock. On one object of a one-way
// mechanism, the producer is the end that sends.
enum class Side { producer, consumer };

// latency: ping-pong, the round trip is timed. oneway: ping-pong, only the way there is timed. throughput: as
// fast as flow control allows. paced: messages are sent at an offered rate and timed from the intended send
// time. fanin, fanout: throughput from several producers to one consumer, or from one producer to several
// consumers.
enum class Pattern { latency, oneway, throughput, paced, fanin, fanout };

// Whether each message is timed by itself. Otherwise the result is a rate.
constexpr bool times_messages(Pattern pattern) {
  return pattern == Pattern::latency || pattern == Pattern::oneway || pattern == Pattern::paced;
}
// Whether each message is answered before the next is sent.
constexpr bool is_ping_pong(Pattern pattern) {
  return pattern == Pattern::latency || pattern == Pattern::oneway;
}
// Whether one producer sends message after message to one consumer, which does not answer.
constexpr bool is_streamed(Pattern pattern) {
  return pattern == Pattern::throughput || pattern == Pattern::paced;
}
// Whether several independent pairs can be measured at once.
constexpr bool is_paired(Pattern pattern) {
  return pattern == Pattern::latency || pattern == Pattern::throughput;
}
constexpr bool is_fan(Pattern pattern) { return pattern == Pattern::fanin || pattern == Pattern::fanout; }
constexpr bool is_fanin(Pattern pattern) { return pattern == Pattern::fanin; }

// What the producers of a fanin send over: one object for all, or one for each, which the consumer looks at
// in turn.
enum class Links { one, each };

// When the messages of a paced cell are due: one every 1/rate, or at random intervals with that mean, like
// requests from many independent users.
enum class Arrivals { constant, poisson };

// poll, epoll: an end asks whether its descriptor is ready, by poll(2) or epoll_wait(2), and does not block
// in its calls.
enum class Wait { block, spin, poll, adaptive, epoll };

// How the two ends are related. fork: children of one process that inherit what it opened. exec: fresh
// programs that join by name or inherit a descriptor. thread: threads of one process.
enum class Peers { fork, exec, thread };

// How far apart the two CPUs are: one CPU, two threads of a core, one last-level cache, one socket, two NUMA
// nodes (or sockets). free: not pinned.
enum class Cpus { same, smt, llc, socket, node, free };

// How the ends treat the bytes: they copy them in and out, generate and read them in place, do nothing, or
// copy them and check each timed message by a number that it carries. direct: the mechanism itself takes them
// from the sender's own memory and puts them into the receiver's, as write(2) and read(2) can.
enum class Payload { copy, scan, untouched, checked, direct };

// Whether the message ends up in memory of the receiver's own.
constexpr bool is_copied(Payload payload) {
  return payload == Payload::copy || payload == Payload::checked || payload == Payload::direct;
}

// The scheduling policy of both ends, as sched(7) names it. fifo and rr run at the lowest real-time priority.
enum class Policy { other, batch, fifo, rr };

// The NUMA node on which a mechanism's shared memory is made: its consumer's, its producer's, or all in turn.
enum class MemoryNode { consumer, producer, interleave };

// What else runs during a launch. cpu: a busy process on each CPU of the ends. memory: processes that stream
// through memory, on CPUs that no end uses if there are any.
enum class Beside { none, cpu, memory };

// What the consumer has of its own, so that a container's boundary lies between the ends: a user, network or
// IPC namespace (namespaces(7)), or a control group (cgroups(7)).
enum class Boundary { none, user, net, ipc, cgroup };

template <class Axis>
struct AxisValue {
  constexpr AxisValue(Axis which, std::string_view short_name, std::string_view text = {})
      : value(which), name(short_name), label(text) {}

  Axis value;
  std::string_view name;   // in cell names, on the command line and in JSON
  std::string_view label;  // for people, in tables and choosers
};

// Every value of an axis, in the order shown to users.
template <class Axis>
inline constexpr std::array<AxisValue<Axis>, 0> kAxis{};

template <>
inline constexpr std::array kAxis<Side>{AxisValue{Side::producer, "producer", "producer"},
                                        AxisValue{Side::consumer, "consumer", "consumer"}};
template <>
inline constexpr std::array kAxis<Pattern>{AxisValue{Pattern::latency, "latency", "round trip"},
                                           AxisValue{Pattern::oneway, "oneway", "one way"},
                                           AxisValue{Pattern::throughput, "throughput", "throughput"},
                                           AxisValue{Pattern::paced, "paced", "open loop"},
                                           AxisValue{Pattern::fanin, "fanin", "several producers"},
                                           AxisValue{Pattern::fanout, "fanout", "several consumers"}};
template <>
inline constexpr std::array kAxis<Links>{AxisValue{Links::one, "one", "one for all producers"},
                                         AxisValue{Links::each, "each", "one for each producer"}};
template <>
inline constexpr std::array kAxis<Arrivals>{AxisValue{Arrivals::constant, "constant", "at equal intervals"},
                                            AxisValue{Arrivals::poisson, "poisson", "at random (Poisson)"}};
template <>
inline constexpr std::array kAxis<Wait>{AxisValue{Wait::block, "block", "block (sleep in the kernel)"},
                                        AxisValue{Wait::spin, "spin", "spin (busy)"},
                                        AxisValue{Wait::poll, "poll", "poll (then read)"},
                                        AxisValue{Wait::epoll, "epoll", "epoll (then read)"},
                                        AxisValue{Wait::adaptive, "adaptive", "adaptive (spin, then block)"}};
template <>
inline constexpr std::array kAxis<Peers>{AxisValue{Peers::fork, "fork", "related (fork)"},
                                         AxisValue{Peers::exec, "exec", "unrelated (exec)"},
                                         AxisValue{Peers::thread, "thread", "threads of one process"}};
template <>
inline constexpr std::array kAxis<Cpus>{AxisValue{Cpus::same, "same", "both on one CPU"},
                                        AxisValue{Cpus::smt, "smt", "two threads of one core"},
                                        AxisValue{Cpus::llc, "llc", "two cores, one last-level cache"},
                                        AxisValue{Cpus::socket, "socket", "two cores of one socket"},
                                        AxisValue{Cpus::node, "node", "two NUMA nodes"},
                                        AxisValue{Cpus::free, "free", "not pinned"}};
template <>
inline constexpr std::array kAxis<Payload>{
    AxisValue{Payload::copy, "copy", "copied in and out"},
    AxisValue{Payload::scan, "scan", "written and read in place"},
    AxisValue{Payload::untouched, "untouched", "untouched"},
    AxisValue{Payload::checked, "checked", "copied and checked"},
    AxisValue{Payload::direct, "direct", "from and to the ends' own memory"}};

template <>
inline constexpr std::array kAxis<Policy>{AxisValue{Policy::other, "other", "normal (SCHED_OTHER)"},
                                          AxisValue{Policy::batch, "batch", "batch (SCHED_BATCH)"},
                                          AxisValue{Policy::fifo, "fifo", "real time (SCHED_FIFO)"},
                                          AxisValue{Policy::rr, "rr", "real time (SCHED_RR)"}};

template <>
inline constexpr std::array kAxis<MemoryNode>{
    AxisValue{MemoryNode::consumer, "consumer", "on the consumer's node"},
    AxisValue{MemoryNode::producer, "producer", "on the producer's node"},
    AxisValue{MemoryNode::interleave, "interleave", "on all nodes in turn"}};

template <>
inline constexpr std::array kAxis<Beside>{AxisValue{Beside::none, "none", "nothing"},
                                          AxisValue{Beside::cpu, "cpu", "busy processes on the ends' CPUs"},
                                          AxisValue{Beside::memory, "memory", "streams through memory"}};

template <>
inline constexpr std::array kAxis<Boundary>{AxisValue{Boundary::none, "none", "none"},
                                            AxisValue{Boundary::user, "user", "two user namespaces"},
                                            AxisValue{Boundary::net, "net", "two network namespaces"},
                                            AxisValue{Boundary::ipc, "ipc", "two IPC namespaces"},
                                            AxisValue{Boundary::cgroup, "cgroup", "two control groups"}};

template <class Axis>
constexpr std::string_view name_of(Axis value) {
  for (const auto& entry : kAxis<Axis>) {
    if (entry.value == value) return entry.name;
  }
  return "?";
}

template <class Axis>
constexpr std::optional<Axis> parse_axis(std::string_view name) {
  for (const auto& entry : kAxis<Axis>) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

}  // namespace ipcbench
