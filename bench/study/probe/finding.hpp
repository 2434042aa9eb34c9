// The questions that the probes ask, what they find, and how that is shown.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "harness/base/axes.hpp"

namespace ipcbench {

// In display order.
enum class Guarantee {
  unrelated,
  connection,
  opening,
  duplex,
  boundaries,
  order,
  reliable,
  when_full,
  capacity,
  largest,
  senders,
  priorities,
  selection,
  writer_gone,
  reader_gone,
  holder_crash,
  lifetime,
  visible,
  limits,
};

// JSON and details show the name; the label is the question.
template <>
inline constexpr std::array kAxis<Guarantee>{
    AxisValue{Guarantee::unrelated, "unrelated", "can unrelated processes use it?"},
    AxisValue{Guarantee::connection, "connection", "does it need a connection?"},
    AxisValue{Guarantee::opening, "opening", "what happens to an end that attaches alone?"},
    AxisValue{Guarantee::duplex, "duplex", "does one object carry messages both ways?"},
    AxisValue{Guarantee::boundaries, "boundaries", "does it keep message boundaries?"},
    AxisValue{Guarantee::order, "order", "do messages arrive in the order of sending?"},
    AxisValue{Guarantee::reliable, "reliable", "does every accepted message arrive?"},
    AxisValue{Guarantee::when_full, "when_full", "what happens to a sender when it is full?"},
    AxisValue{Guarantee::capacity, "capacity", "how much does it hold?"},
    AxisValue{Guarantee::largest, "largest", "how long can a message be?"},
    AxisValue{Guarantee::senders, "senders", "do messages of several senders stay whole?"},
    AxisValue{Guarantee::priorities, "priorities", "can a message overtake by priority?"},
    AxisValue{Guarantee::selection, "selection", "can a receiver choose by type?"},
    AxisValue{Guarantee::writer_gone, "writer_gone", "what does a reader see when the last writer is gone?"},
    AxisValue{Guarantee::reader_gone, "reader_gone", "what does a writer see when the last reader is gone?"},
    AxisValue{Guarantee::holder_crash, "holder_crash", "what happens to a lock whose holder is killed?"},
    AxisValue{Guarantee::lifetime, "lifetime", "what ends its life?"},
    AxisValue{Guarantee::visible, "visible", "where can it be seen?"},
    AxisValue{Guarantee::limits, "limits", "which limits apply, and what raises them?"},
};

struct ProbeFinding {
  // not_tried: the question does not apply, or something prevents the probe. failed: the probe hung, crashed
  // or saw something inexplicable. The evidence gives the reason.
  enum class State { found, not_tried, failed };

  Guarantee guarantee = Guarantee::unrelated;
  State state = State::found;
  std::string answer;    // a few words
  std::string evidence;  // what was done and what happened
};

template <>
inline constexpr std::array kAxis<ProbeFinding::State>{AxisValue{ProbeFinding::State::found, "found"},
                                                       AxisValue{ProbeFinding::State::not_tried, "not_tried"},
                                                       AxisValue{ProbeFinding::State::failed, "failed"}};

struct ProbedMechanism {
  std::string name;
  std::string summary;
  std::vector<ProbeFinding> findings;  // by guarantee
};

// The three texts end with a newline.

// Tables of the main answers in at most 100 columns, then the failures and the mechanisms that were not
// tried; with `evidence`, every answer of every mechanism in full.
std::string probe_text(std::span<const ProbedMechanism> mechanisms, bool evidence);

// {"version", "questions": {name: text}, "mechanisms": [{"name", "summary", "findings": [{"guarantee",
// "state", "answer", "evidence"}]}]}
std::string probe_json(std::span<const ProbedMechanism> mechanisms);

// One table of the main answers; with `evidence`, followed by a list for each mechanism.
std::string probe_markdown(std::span<const ProbedMechanism> mechanisms, bool evidence);

}  // namespace ipcbench
