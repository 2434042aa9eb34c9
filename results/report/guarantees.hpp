// The questions about what a mechanism guarantees, and the answers that were found by trying.
#pragma once

#include <array>
#include <map>
#include <string>

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
  updates,
  priorities,
  selection,
  writer_gone,
  reader_gone,
  holder_crash,
  lifetime,
  rights,
  visible,
  limits,
};

// Reports show the name; the label is the question.
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
    AxisValue{Guarantee::updates, "updates", "are updates by several processes at once all kept?"},
    AxisValue{Guarantee::priorities, "priorities", "can a message overtake by priority?"},
    AxisValue{Guarantee::selection, "selection", "can a receiver choose by type?"},
    AxisValue{Guarantee::writer_gone, "writer_gone", "what does a reader see when the last writer is gone?"},
    AxisValue{Guarantee::reader_gone, "reader_gone", "what does a writer see when the last reader is gone?"},
    AxisValue{Guarantee::holder_crash, "holder_crash", "what happens to a lock whose holder is killed?"},
    AxisValue{Guarantee::lifetime, "lifetime", "what ends its life?"},
    AxisValue{Guarantee::rights, "rights", "can another user use it?"},
    AxisValue{Guarantee::visible, "visible", "where can it be seen?"},
    AxisValue{Guarantee::limits, "limits", "which limits apply, and what raises them?"},
};

struct GuaranteeAnswer {
  // found: by trying the kernel's object. by_design: by what this program builds on it, tried or not; the
  // kernel's object may do otherwise. not_tried: something prevents the probe; in reports of older programs
  // also that the question does not apply. failed: the probe hung, crashed or saw something inexplicable.
  enum class State { found, by_design, not_applicable, not_tried, failed };

  State state = State::found;
  std::string answer;  // a few words

  [[nodiscard]] bool answers() const { return state == State::found || state == State::by_design; }

  friend bool operator==(const GuaranteeAnswer&, const GuaranteeAnswer&) = default;
};

template <>
inline constexpr std::array kAxis<GuaranteeAnswer::State>{
    AxisValue{GuaranteeAnswer::State::found, "found"},
    AxisValue{GuaranteeAnswer::State::by_design, "by_design"},
    AxisValue{GuaranteeAnswer::State::not_applicable, "not_applicable"},
    AxisValue{GuaranteeAnswer::State::not_tried, "not_tried"},
    AxisValue{GuaranteeAnswer::State::failed, "failed"}};

using Guarantees = std::map<Guarantee, GuaranteeAnswer>;

}  // namespace ipcbench
