// A cell: one point of the sweep. Reports are compared by the names of their cells.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/axes.hpp"
#include "harness/base/streams.hpp"

namespace ipcbench {

// Kernel and mechanism settings by name (pipe_bytes, queue_depth, ...). As input: the user's values; an
// absent name means the default. As output: the values in force according to the kernel.
using Settings = std::map<std::string, std::uint64_t, std::less<>>;

// The maximum number of producers or consumers in a launch.
inline constexpr std::uint32_t kMaxFan = 64;

// The most idle descriptors that an end can watch: a little less than the kernel's default for a process
// (fs.nr_open).
inline constexpr std::uint32_t kMostWatched = 1'000'000;

// The most messages of a batch: what one sendmmsg(2) takes (UIO_MAXIOV).
inline constexpr std::uint32_t kMaxBatch = 1024;

// The most pairs at once. The ledger (harness/cleanup) has room for six objects of each.
inline constexpr std::uint32_t kMaxPairs = 32;

// The most ends of a chain.
inline constexpr std::uint32_t kMaxChain = 16;

struct Cell {
  std::string mechanism;
  Pattern pattern = Pattern::latency;
  std::size_t size_bytes = 1;
  Wait wait = Wait::block;
  Peers peers = Peers::fork;
  Cpus cpus = Cpus::free;
  Payload payload = Payload::copy;
  Policy policy = Policy::other;
  MemoryNode memory = MemoryNode::consumer;
  Beside beside = Beside::none;
  Boundary boundary = Boundary::none;
  std::uint64_t idle_ns = 0;  // latency only: how long the producer pauses before each message
  std::uint32_t watched = 0;  // poll, epoll: idle descriptors that each consumer watches beside its own
  OfferedLoad load = {};      // paced only
  std::uint32_t fan = 1;      // producers of fanin, consumers of fanout
  Links links = Links::one;   // fanin only
  std::uint32_t batch = 1;    // throughput, paced: messages that are handed over at once
  std::uint32_t pairs = 1;    // latency, throughput: pairs at once, each with a link of its own
  std::uint32_t chain = 2;    // latency only: ends that each message goes around; 2: there and back
  Settings parameters;        // only those that differ from the mechanism's defaults

  friend bool operator==(const Cell&, const Cell&) = default;
};

// Whether several streams share the cell's link.
inline bool is_mixed(const Cell& cell) { return cell.pattern == Pattern::paced && !cell.load.mix.empty(); }

// Whether messages go around more than two ends.
inline bool has_chain(const Cell& cell) { return cell.pattern == Pattern::latency && cell.chain > 2; }

// Whether each producer has a link of its own.
inline bool has_own_links(const Cell& cell) {
  return cell.pattern == Pattern::fanin && cell.links == Links::each;
}

// The table of axes: the one place that knows the names of a cell's coordinates, how they are written and
// read, and when they apply. The command line and its help, cell names, the sweep, JSON, CSV, grouping, duet
// matching, tables and the page iterate over it. A new axis is a member of Cell, an entry here, and its
// handling in the loops.
//
// A cell's parameters are not an axis: their names come from the mechanisms.
struct CellAxis {
  // The type of the value in JSON: text, or a number. A percentage is written "50%" and stored as 50.
  enum class Form { word, number, percent };
  // How the value appears in a cell's name: bare ("pipe/latency"), after its key ("/wait:block"), or after
  // its key only if it is not the default ("/payload:scan").
  enum class Naming { bare, keyed, unless_default };
  struct Value {
    std::string_view name;
    std::string_view label;
  };

  std::string_view name;              // in cell names and on the command line: "size"
  std::string_view json_key;          // in a row's `ipc`: "size_bytes"
  std::string_view label;             // in choosers and columns: "Message size"
  std::string_view placeholder = {};  // for the option's value: "SIZE"
  std::string_view question = {};     // the option's help
  Form form = Form::word;
  Naming naming = Naming::keyed;
  // Reports written before the axis existed lack its key; they measured the default.
  bool optional_in_json = false;
  // The patterns that have this axis; null: all. The sweep nests such an axis directly below the pattern.
  bool (*applies)(Pattern pattern) = nullptr;
  // For two entries with one name: whether this one holds the value; null: it does.
  bool (*holds)(const Cell& cell) = nullptr;
  // The value as cell names show it.
  std::string (*text)(const Cell& cell) = nullptr;
  // The reverse. Throws std::invalid_argument, which says what is allowed.
  void (*assign)(Cell& cell, std::string_view text) = nullptr;
  void (*copy)(Cell& to, const Cell& from) = nullptr;
  // The items of a comma-separated list, each as text() writes it; null: split at the commas.
  // Throws std::invalid_argument.
  std::vector<std::string> (*expand)(std::string_view list) = nullptr;
  // The possible values; empty: numbers or names from elsewhere.
  std::vector<Value> (*values)() = nullptr;
  // The value in words; null: its label, or text() where there is none.
  std::string (*describe)(const Cell& cell) = nullptr;
  // The value that a chart opens with; empty: the first one measured.
  std::string_view usual = {};
};

namespace axis_detail {

template <class Enum>
std::vector<CellAxis::Value> values_of() {
  std::vector<CellAxis::Value> values;
  values.reserve(kAxis<Enum>.size());
  for (const auto& entry : kAxis<Enum>) values.push_back({entry.name, entry.label});
  return values;
}

// Throws std::invalid_argument, which lists what is allowed.
[[noreturn]] void refuse_value(std::string_view text, const std::vector<CellAxis::Value>& values);

template <class Enum>
Enum parse_value(std::string_view text) {
  const auto value = parse_axis<Enum>(text);
  if (!value) refuse_value(text, values_of<Enum>());
  return *value;
}

// Fills in everything that follows from an enumerated member of Cell.
template <class Enum, Enum Cell::*Member>
constexpr CellAxis enumerated(CellAxis axis) {
  axis.placeholder = "NAME";
  axis.text = [](const Cell& cell) { return std::string(name_of(cell.*Member)); };
  axis.assign = [](Cell& cell, std::string_view text) { cell.*Member = parse_value<Enum>(text); };
  axis.copy = [](Cell& to, const Cell& from) { to.*Member = from.*Member; };
  axis.values = &values_of<Enum>;
  return axis;
}

std::string rate_text(const Cell& cell);
std::string describe_rate(const Cell& cell);
void assign_rate(Cell& cell, std::string_view text);
void copy_rate(Cell& to, const Cell& from);
void assign_size(Cell& cell, std::string_view text);
std::vector<std::string> expand_sizes(std::string_view list);
// Throws std::invalid_argument.
std::uint32_t parse_count(std::string_view text, std::uint32_t least, std::uint32_t most);
std::string describe_fan(const Cell& cell);
std::string describe_batch(const Cell& cell);
std::string describe_watched(const Cell& cell);
void assign_idle(Cell& cell, std::string_view text);
std::string describe_idle(const Cell& cell);
std::string describe_pairs(const Cell& cell);
std::string describe_chain(const Cell& cell);

constexpr bool is_paced(Pattern pattern) { return pattern == Pattern::paced; }
constexpr bool is_round_trip(Pattern pattern) { return pattern == Pattern::latency; }

// Fills in everything but reading and describing that follows from a number in Cell.
template <auto Member>
constexpr CellAxis number(CellAxis axis) {
  if (axis.placeholder.empty()) axis.placeholder = "N";
  axis.form = CellAxis::Form::number;
  axis.text = [](const Cell& cell) { return std::to_string(cell.*Member); };
  axis.copy = [](Cell& to, const Cell& from) { to.*Member = from.*Member; };
  return axis;
}

// From kLeast to kMost.
template <std::uint32_t Cell::*Member, std::uint32_t kLeast, std::uint32_t kMost>
constexpr CellAxis count(CellAxis axis) {
  axis.assign = [](Cell& cell, std::string_view text) { cell.*Member = parse_count(text, kLeast, kMost); };
  return number<Member>(axis);
}

// Fills in the fields that all entries of the offered load share.
constexpr CellAxis offered_load(CellAxis axis) {
  axis.applies = &is_paced;
  axis.text = &rate_text;
  axis.assign = &assign_rate;
  axis.copy = &copy_rate;
  axis.describe = &describe_rate;
  axis.usual = "50%";
  return axis;
}

}  // namespace axis_detail

// In the order of cell names.
inline constexpr std::array kCellAxes{
    CellAxis{.name = "mechanism",
             .json_key = "mechanism",
             .label = "Mechanism",
             .placeholder = "NAME",
             .question = "Which mechanisms? Names from `ipcbench list`",
             .naming = CellAxis::Naming::bare,
             .text = [](const Cell& cell) { return cell.mechanism; },
             .assign = [](Cell& cell, std::string_view text) { cell.mechanism = text; },
             .copy = [](Cell& to, const Cell& from) { to.mechanism = from.mechanism; }},
    axis_detail::enumerated<Pattern, &Cell::pattern>({.name = "pattern",
                                                      .json_key = "pattern",
                                                      .label = "Pattern",
                                                      .question = "What is measured?",
                                                      .naming = CellAxis::Naming::bare}),
    axis_detail::number<&Cell::size_bytes>(
        {.name = "size",
         .json_key = "size_bytes",
         .label = "Message size",
         .placeholder = "SIZE",
         .question = "How long is a message? 64,4KiB,1MiB or 64..1MiB; 0: a token without payload",
         .assign = &axis_detail::assign_size,
         .expand = &axis_detail::expand_sizes}),
    axis_detail::enumerated<Wait, &Cell::wait>({.name = "wait",
                                                .json_key = "wait",
                                                .label = "Waiting",
                                                .question = "What does an end do while it has to wait?"}),
    axis_detail::enumerated<Peers, &Cell::peers>({.name = "peers",
                                                  .json_key = "peers",
                                                  .label = "Peers",
                                                  .question = "How are the two ends related?"}),
    axis_detail::enumerated<Cpus, &Cell::cpus>({.name = "cpus",
                                                .json_key = "cpus",
                                                .label = "Placement",
                                                .question = "How far apart are the CPUs of the two ends?"}),
    // A rate, a share of the capacity and a mix of streams are different quantities: three keys in JSON, one
    // axis to the user.
    axis_detail::offered_load(
        {.name = "rate",
         .json_key = "rate_per_second",
         .label = "Offered load",
         .placeholder = "N|N%|SIZE@N+SIZE@N",
         .question = "paced: how many messages a second, what share of the mechanism's capacity, or which "
                     "streams at once over one link (4KiB@200+128@50k)?",
         .form = CellAxis::Form::number,
         .holds = [](const Cell& cell) { return cell.load.percent == 0 && cell.load.mix.empty(); }}),
    axis_detail::offered_load({.name = "rate",
                               .json_key = "rate_percent",
                               .label = "Offered load",
                               .form = CellAxis::Form::percent,
                               .holds = [](const Cell& cell) { return cell.load.percent != 0; }}),
    axis_detail::offered_load({.name = "rate",
                               .json_key = "rate_streams",
                               .label = "Offered load",
                               .holds = [](const Cell& cell) { return !cell.load.mix.empty(); }}),
    CellAxis{.name = "arrivals",
             .json_key = "arrivals",
             .label = "Arrivals",
             .placeholder = "NAME",
             .question = "paced: how are the messages spaced?",
             .applies = &axis_detail::is_paced,
             .text = [](const Cell& cell) { return std::string(name_of(cell.load.arrivals)); },
             .assign =
                 [](Cell& cell, std::string_view text) {
                   cell.load.arrivals = axis_detail::parse_value<Arrivals>(text);
                 },
             .copy = [](Cell& to, const Cell& from) { to.load.arrivals = from.load.arrivals; },
             .values = &axis_detail::values_of<Arrivals>,
             .usual = name_of(Arrivals::poisson)},
    axis_detail::count<&Cell::fan, 1, kMaxFan>({.name = "fan",
                                                .json_key = "fan",
                                                .label = "Ends",
                                                .question = "fanin, fanout: how many producers or consumers?",
                                                .applies = &is_fan,
                                                .describe = &axis_detail::describe_fan,
                                                .usual = "2"}),
    axis_detail::enumerated<Links, &Cell::links>(
        {.name = "links",
         .json_key = "links",
         .label = "Links",
         .question = "fanin: one object for all producers, or one for each?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true,
         .applies = &is_fanin,
         .usual = name_of(Links::one)}),
    axis_detail::count<&Cell::batch, 1, kMaxBatch>(
        {.name = "batch",
         .json_key = "batch",
         .label = "Batch",
         .question = "throughput, paced: how many messages does one call or publication hand over?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true,
         .applies = &is_streamed,
         .describe = &axis_detail::describe_batch,
         .usual = "1"}),
    axis_detail::number<&Cell::idle_ns>(
        {.name = "idle",
         .json_key = "idle_ns",
         .label = "Pause",
         .placeholder = "DURATION",
         .question = "latency: how long is the pause before each message? 0, or 1us to 1s",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true,
         .applies = &axis_detail::is_round_trip,
         .assign = &axis_detail::assign_idle,
         .describe = &axis_detail::describe_idle,
         .usual = "0"}),
    axis_detail::count<&Cell::watched, 0, kMostWatched>(
        {.name = "watched",
         .json_key = "idle_descriptors",
         .label = "Idle descriptors",
         .question = "ping-pongs by poll, epoll: how many idle descriptors does the consumer watch too?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true,
         .describe = &axis_detail::describe_watched,
         .usual = "0"}),
    axis_detail::count<&Cell::pairs, 1, kMaxPairs>(
        {.name = "pairs",
         .json_key = "pairs",
         .label = "Pairs",
         .question = "latency, throughput: how many pairs at once, each with a link of its own?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true,
         .applies = &is_paired,
         .describe = &axis_detail::describe_pairs,
         .usual = "1"}),
    axis_detail::count<&Cell::chain, 2, kMaxChain>(
        {.name = "chain",
         .json_key = "chain",
         .label = "Chain",
         .question = "latency: how many ends does a message go around? 2: there and back",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true,
         .applies = &axis_detail::is_round_trip,
         .describe = &axis_detail::describe_chain,
         .usual = "2"}),
    axis_detail::enumerated<Payload, &Cell::payload>({.name = "payload",
                                                      .json_key = "payload",
                                                      .label = "Payload",
                                                      .question = "What do the ends do with the bytes?",
                                                      .naming = CellAxis::Naming::unless_default}),
    axis_detail::enumerated<Policy, &Cell::policy>(
        {.name = "policy",
         .json_key = "policy",
         .label = "Scheduling",
         .question = "Under which scheduling policy do the ends run?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true}),
    axis_detail::enumerated<MemoryNode, &Cell::memory>(
        {.name = "memory",
         .json_key = "memory",
         .label = "Memory",
         .question = "On which NUMA node does the shared memory lie?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true}),
    axis_detail::enumerated<Beside, &Cell::beside>({.name = "beside",
                                                    .json_key = "beside",
                                                    .label = "Load beside",
                                                    .question = "What else runs during a launch?",
                                                    .naming = CellAxis::Naming::unless_default,
                                                    .optional_in_json = true}),
    axis_detail::enumerated<Boundary, &Cell::boundary>(
        {.name = "boundary",
         .json_key = "boundary",
         .label = "Boundary",
         .question = "Which boundary of a container lies between the ends?",
         .naming = CellAxis::Naming::unless_default,
         .optional_in_json = true}),
};

// Whether the cell has a value on this axis, and this entry holds it.
inline bool has_axis(const CellAxis& axis, const Cell& cell) {
  return (axis.applies == nullptr || axis.applies(cell.pattern)) &&
         (axis.holds == nullptr || axis.holds(cell));
}

bool is_default(const CellAxis& axis, const Cell& cell);

// The axes as a user knows them: each name once.
std::span<const CellAxis* const> named_axes();

// The axis with that name. Throws std::logic_error for an unknown one: a bug in the caller.
const CellAxis& axis_named(std::string_view name);

// "block (sleep in the kernel)": the cell's value on this axis, for people.
std::string describe_value(const CellAxis& axis, const Cell& cell);

// "wait:block peers:fork cpus:same": these axes as in the cell's name, without those that it lacks or hides.
std::string describe_axes(const Cell& cell, std::span<const std::string_view> names);

// The items of a command-line list, checked, as CellAxis::text writes them, without duplicates. Throws
// std::invalid_argument.
std::vector<std::string> parse_axis_values(const CellAxis& axis, std::string_view list);

// "pipe/latency/size:4096/wait:block/peers:fork/cpus:same": the axes in the order of kCellAxes, then every
// parameter that is not at its default ("/pipe_bytes:4096"). `without` leaves out the axis of a family.
std::string cell_name(const Cell& cell, std::string_view without = {});

}  // namespace ipcbench
