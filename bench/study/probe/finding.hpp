// What a probe found out about a mechanism.
#pragma once

#include <array>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

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

struct GuaranteeText {
  Guarantee guarantee;
  std::string_view name;      // in JSON and in details
  std::string_view question;  // that the answer answers
};
inline constexpr std::array kGuarantees{
    GuaranteeText{Guarantee::unrelated, "unrelated", "can unrelated processes use it?"},
    GuaranteeText{Guarantee::connection, "connection", "does it need a connection?"},
    GuaranteeText{Guarantee::opening, "opening", "what does an end that comes alone meet?"},
    GuaranteeText{Guarantee::duplex, "duplex", "does one object carry messages both ways?"},
    GuaranteeText{Guarantee::boundaries, "boundaries", "does it keep messages apart?"},
    GuaranteeText{Guarantee::order, "order", "do messages arrive in the order of sending?"},
    GuaranteeText{Guarantee::reliable, "reliable", "does everything arrive that was taken?"},
    GuaranteeText{Guarantee::when_full, "when_full", "what happens to a sender when it is full?"},
    GuaranteeText{Guarantee::capacity, "capacity", "how much does it hold?"},
    GuaranteeText{Guarantee::largest, "largest", "how long can a message be?"},
    GuaranteeText{Guarantee::senders, "senders", "do messages of several senders stay whole?"},
    GuaranteeText{Guarantee::priorities, "priorities", "can a message overtake by priority?"},
    GuaranteeText{Guarantee::selection, "selection", "can a receiver choose by type?"},
    GuaranteeText{Guarantee::writer_gone, "writer_gone", "what does a reader see when the last writer goes?"},
    GuaranteeText{Guarantee::reader_gone, "reader_gone", "what does a writer see when the last reader goes?"},
    GuaranteeText{Guarantee::holder_crash, "holder_crash", "what becomes of it when its holder is killed?"},
    GuaranteeText{Guarantee::lifetime, "lifetime", "what ends its life?"},
    GuaranteeText{Guarantee::visible, "visible", "where can it be seen?"},
    GuaranteeText{Guarantee::limits, "limits", "which limits bind, and what raises them?"},
};
constexpr std::string_view name_of(Guarantee guarantee) {
  return kGuarantees[static_cast<std::size_t>(guarantee)].name;
}

struct ProbeFinding {
  // not_tried: it does not apply, or something is in the way, and the evidence says what. failed: the probe
  // hung, crashed or met what it cannot explain.
  enum class State { found, not_tried, failed };

  Guarantee guarantee = Guarantee::unrelated;
  State state = State::found;
  std::string answer;    // a few words
  std::string evidence;  // what was done and what happened
};
std::string_view name_of(ProbeFinding::State state);

// Why a probe could not be made: a limit, a permission, a property of the mechanism. what() is the evidence.
class NotTried : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct ProbedMechanism {
  std::string name;
  std::string summary;
  std::vector<ProbeFinding> findings;  // by guarantee

  [[nodiscard]] const ProbeFinding* find(Guarantee guarantee) const;
};

}  // namespace ipcbench
