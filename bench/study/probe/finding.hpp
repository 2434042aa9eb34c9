// The questions that the probes ask, and what they find.
#pragma once

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/axes.hpp"

namespace ipcbench {

// In the order in which they are shown.
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

// The name stands in JSON and in details, the label is the question.
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
  // not_tried: it does not apply, or something is in the way. failed: the probe hung, crashed or saw what it
  // cannot explain. The evidence gives the reason.
  enum class State { found, not_tried, failed };

  Guarantee guarantee = Guarantee::unrelated;
  State state = State::found;
  std::string answer;    // a few words
  std::string evidence;  // what was done and what happened
};

template <>
inline constexpr std::array kAxis<ProbeFinding::State>{
    AxisValue{ProbeFinding::State::found, "found"},
    AxisValue{ProbeFinding::State::not_tried, "not_tried", "not tried"},
    AxisValue{ProbeFinding::State::failed, "failed", "failed"}};

// Why a probe could not run: a limit, a permission, a property of the mechanism. what() is the evidence.
class NotTried : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ProbedMechanism {
  std::string name;
  std::string summary;
  std::vector<ProbeFinding> findings;  // by guarantee
};

// Records each finding at once, so that a probe which hangs or crashes later loses nothing.
class Notebook {
 public:
  explicit Notebook(std::function<void(const ProbeFinding&)> write) : write_(std::move(write)) {}

  void found(Guarantee guarantee, std::string answer, std::string evidence) const {
    write_({guarantee, ProbeFinding::State::found, std::move(answer), std::move(evidence)});
  }
  void not_tried(Guarantee guarantee, std::string reason) const {
    write_({guarantee, ProbeFinding::State::not_tried, "not tried", std::move(reason)});
  }
  void failed(Guarantee guarantee, std::string reason) const {
    write_({guarantee, ProbeFinding::State::failed, "failed", std::move(reason)});
  }

 private:
  std::function<void(const ProbeFinding&)> write_;
};

// "1 message", "2 messages".
inline std::string counted(std::uint64_t number, std::string_view thing) {
  return fmt::format("{} {}{}", number, thing, number == 1 ? "" : "s");
}

}  // namespace ipcbench
