// The axes of a measurement and their names: the one place that knows how each value is spelled.
#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace ipcbench {

// The two ends of a pair. In a ping-pong the producer is the one that starts and holds the clock.
enum class Side { producer, consumer };

enum class Pattern { latency, throughput };

enum class Wait { block, spin, poll, adaptive };

// Where the two ends run: children of one process that inherit what it opened (fork), or programs
// started afresh that join by name (exec).
enum class Peers { fork, exec };

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
inline constexpr std::array kAxis<Pattern>{AxisValue{Pattern::latency, "latency"},
                                           AxisValue{Pattern::throughput, "throughput"}};
template <>
inline constexpr std::array kAxis<Wait>{AxisValue{Wait::block, "block"}, AxisValue{Wait::spin, "spin"},
                                        AxisValue{Wait::poll, "poll"}, AxisValue{Wait::adaptive, "adaptive"}};
template <>
inline constexpr std::array kAxis<Peers>{AxisValue{Peers::fork, "fork"}, AxisValue{Peers::exec, "exec"}};
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
