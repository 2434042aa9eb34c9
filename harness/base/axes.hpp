// The axes of a measurement and their names: the one place that knows how each value is spelled.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ipcbench {

// The two ends of a pair. In a ping-pong the producer is the one that starts and holds the clock. Of one
// object of a one-way mechanism, the producer is who sends through it.
enum class Side { producer, consumer };

// latency: ping-pong, the round trip. oneway: ping-pong, the way there alone. throughput: as fast as flow
// control lets. paced: at an offered rate, counted from the intended send times. fanin, fanout: throughput
// from several producers to one consumer, and from one to several, over one object.
enum class Pattern { latency, oneway, throughput, paced, fanin, fanout };

// Whether every message is timed by itself; otherwise it is how many arrive in what time that counts.
constexpr bool times_messages(Pattern pattern) {
  return pattern == Pattern::latency || pattern == Pattern::oneway || pattern == Pattern::paced;
}
// Whether each message is answered before the next is sent.
constexpr bool is_ping_pong(Pattern pattern) {
  return pattern == Pattern::latency || pattern == Pattern::oneway;
}
constexpr bool is_fan(Pattern pattern) { return pattern == Pattern::fanin || pattern == Pattern::fanout; }

// When the messages of a paced cell are due: one every 1/rate, or at random with that mean (as requests of
// many independent users come).
enum class Arrivals { constant, poisson };

enum class Wait { block, spin, poll, adaptive };

// Where the two ends run: children of one process that inherit what it opened (fork), programs started
// afresh that join by name or inherit a descriptor and nothing else (exec), threads of one process.
enum class Peers { fork, exec, thread };

// How far apart the two CPUs are: one CPU, two threads of a core, one last-level cache, one socket,
// two NUMA nodes (or sockets); or not pinned at all.
enum class Cpus { same, smt, llc, socket, node, free };

// What the ends do with the bytes: copy them in and out, generate and read them in place, or nothing.
enum class Payload { copy, scan, untouched };

template <class Axis>
struct AxisValue {
  Axis value;
  std::string_view name;
};

// Every value of an axis with its name, in the order in which it is listed to users.
template <class Axis>
inline constexpr std::array<AxisValue<Axis>, 0> kAxis{};

template <>
inline constexpr std::array kAxis<Side>{AxisValue{Side::producer, "producer"},
                                        AxisValue{Side::consumer, "consumer"}};
template <>
inline constexpr std::array kAxis<Pattern>{
    AxisValue{Pattern::latency, "latency"},       AxisValue{Pattern::oneway, "oneway"},
    AxisValue{Pattern::throughput, "throughput"}, AxisValue{Pattern::paced, "paced"},
    AxisValue{Pattern::fanin, "fanin"},           AxisValue{Pattern::fanout, "fanout"}};
template <>
inline constexpr std::array kAxis<Arrivals>{AxisValue{Arrivals::constant, "constant"},
                                            AxisValue{Arrivals::poisson, "poisson"}};
template <>
inline constexpr std::array kAxis<Wait>{AxisValue{Wait::block, "block"}, AxisValue{Wait::spin, "spin"},
                                        AxisValue{Wait::poll, "poll"}, AxisValue{Wait::adaptive, "adaptive"}};
template <>
inline constexpr std::array kAxis<Peers>{AxisValue{Peers::fork, "fork"}, AxisValue{Peers::exec, "exec"},
                                         AxisValue{Peers::thread, "thread"}};
template <>
inline constexpr std::array kAxis<Cpus>{AxisValue{Cpus::same, "same"}, AxisValue{Cpus::smt, "smt"},
                                        AxisValue{Cpus::llc, "llc"},   AxisValue{Cpus::socket, "socket"},
                                        AxisValue{Cpus::node, "node"}, AxisValue{Cpus::free, "free"}};
template <>
inline constexpr std::array kAxis<Payload>{AxisValue{Payload::copy, "copy"}, AxisValue{Payload::scan, "scan"},
                                           AxisValue{Payload::untouched, "untouched"}};

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
