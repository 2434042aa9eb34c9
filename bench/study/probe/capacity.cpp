// Capacity, flow control, order and losses: fills the object and empties it.
#include <algorithm>
#include <bit>

#include "bench/study/probe/probes.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

// Below and above a page and a pipe's capacity. The shortest messages are nearly all bookkeeping.
constexpr std::array<std::size_t, 4> kSizes{1, 64, 4096, 65536};
// What takes more than this loses messages, or has no limit that a user would meet.
constexpr std::uint64_t kMostMessages = (1U << 20U) + 1;
constexpr std::uint64_t kMostTokens = (1U << 18U) + 1;
constexpr std::uint64_t kMostBytes = (64U << 20U) + 1;
// Long messages fill any object within a few milliseconds, or a little more on a busy machine. Short ones may
// take long and add little.
constexpr std::size_t kLongBytes = 4096;
constexpr std::chrono::milliseconds kShortLimit{30};
constexpr std::chrono::milliseconds kLongLimit{500};
constexpr std::chrono::milliseconds kEmptyLimit{60'000};  // the probe's own comes first

struct Filling {
  std::size_t message_bytes = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  std::uint64_t least = 0;  // received in any of the times that it was filled
  bool full = false;
  bool in_order = true;
  std::string problem;  // the error of a sender that failed instead of being told that there is no room

  [[nodiscard]] std::uint64_t bytes() const { return received * message_bytes; }
  [[nodiscard]] std::uint64_t lost() const { return sent - std::min(sent, received); }
  // The sender reached a limit. Otherwise it gave up first, and the object would have taken more.
  [[nodiscard]] bool is_bound() const { return full || lost() > 0 || !problem.empty(); }
};
using Fillings = std::vector<Filling>;

constexpr std::uint64_t most_messages(std::size_t message_bytes) {
  if (message_bytes == 0) return kMostTokens;
  return std::min(kMostMessages, (kMostBytes + message_bytes - 1) / message_bytes);
}

Filling fill_and_empty(const Subject& subject, std::size_t message_bytes) {
  EndPair ends(subject, message_bytes, subject.at_once());
  const bool is_short = message_bytes < std::min(kLongBytes, subject.most_bytes());
  const EndOutcome sent = ends.producer.try_send({.bytes = message_bytes,
                                                  .count = most_messages(message_bytes),
                                                  .limit = is_short ? kShortLimit : kLongLimit});
  if (sent.blocked()) throw std::runtime_error("a send that should return at once was blocked");
  const std::uint64_t count = ends.producer.report().messages;
  ends.consumer.try_receive({.bytes = message_bytes, .count = count, .limit = kEmptyLimit})
      .require_done("receiving");
  return {.message_bytes = message_bytes,
          .sent = count,
          .received = ends.consumer.report().messages,
          .full = ends.producer.report().full,
          .in_order = ends.consumer.report().in_order,
          .problem = sent.done() ? "" : sent.text};
}

// The most of three times. A sender that gave up is not asked again: how far it gets is a matter of time.
Filling fill_three_times(const Subject& subject, std::size_t message_bytes) {
  Filling most = fill_and_empty(subject, message_bytes);
  std::uint64_t least = most.received;
  for (int again = 0; again < 2 && most.is_bound(); ++again) {
    Filling next = fill_and_empty(subject, message_bytes);
    if (!next.is_bound()) continue;
    least = std::min(least, next.received);
    next.in_order = next.in_order && most.in_order;
    if (next.received > most.received || (next.lost() > 0 && most.lost() == 0)) most = next;
  }
  most.least = least;
  return most;
}

Fillings fill_by_size(const Subject& subject) {
  Fillings fillings;
  for (const std::size_t wanted_bytes : kSizes) {
    const std::size_t message_bytes = subject.fitting(wanted_bytes);
    const bool done = !fillings.empty() && fillings.back().message_bytes == message_bytes;
    if (!done) fillings.push_back(fill_three_times(subject, message_bytes));
  }
  return fillings;
}

bool any_lost(const Fillings& fillings) {
  return std::ranges::any_of(fillings, [](const Filling& filling) { return filling.lost() > 0; });
}

// "10 messages", "9 to 10 messages".
std::string messages_text(const Filling& filling) {
  return (filling.least < filling.received ? fmt::format("{} to ", filling.least) : "") +
         counted(filling.received, filling.message_bytes == 0 ? "token" : "message");
}

// "64 KiB", "3840 KiB to 4100 KiB".
std::string bytes_text(const Filling& filling) {
  const std::string most = format_size(filling.bytes());
  return filling.least == filling.received
             ? most
             : fmt::format("{} to {}", format_size(filling.least * filling.message_bytes), most);
}

std::string describe(const Filling& filling) {
  const char* const more = filling.is_bound() ? "" : "(in the time that it was given) more than ";
  if (filling.message_bytes == 0) return more + messages_text(filling);
  return fmt::format("{}{} of {} ({})", more, messages_text(filling), format_size(filling.message_bytes),
                     bytes_text(filling));
}

// The same count at each length is a limit on messages, anything else a limit on bytes. If the object was not
// full, the answer is rounded down to a power of two, because it depends on how far the sender got.
std::string capacity_answer(const Fillings& fillings) {
  const Filling& most = *std::ranges::max_element(fillings, {}, &Filling::bytes);
  const bool same_count = std::ranges::all_of(fillings, [&](const Filling& filling) {
    return filling.is_bound() && filling.received == most.received;
  });
  const bool in_messages = most.message_bytes == 0 || (same_count && fillings.size() > 1);
  if (most.is_bound()) return in_messages ? messages_text(most) : bytes_text(most);
  return in_messages ? fmt::format("> {}", counted(std::bit_floor(most.received), "token"))
                     : fmt::format("> {}", format_size(std::bit_floor(most.bytes())));
}

void note_capacity(const Fillings& fillings, Notebook& notes) {
  std::vector<std::string> parts;
  parts.reserve(fillings.size());
  for (const Filling& filling : fillings) parts.push_back(describe(filling));
  notes.found(Guarantee::capacity, capacity_answer(fillings),
              fmt::format("while nobody read, three times each, it took {}{}", fmt::join(parts, "; "),
                          any_lost(fillings) ? ", and lost the rest" : ""));
}

void note_order(const Fillings& fillings, Notebook& notes) {
  std::uint64_t arrived = 0;
  for (const Filling& filling : fillings) {
    if (filling.message_bytes == 0 || filling.received < 2) continue;
    arrived += filling.received;
    if (filling.in_order) continue;
    return notes.found(Guarantee::order, "no",
                       fmt::format("numbered messages of {} arrived in a different order",
                                   format_size(filling.message_bytes)));
  }
  if (arrived == 0) {
    return notes.unanswered(Guarantee::order, Notebook::State::not_applicable,
                            fillings.back().message_bytes == 0 ? "tokens carry nothing that tells them apart"
                                                               : "it never held two messages");
  }
  notes.found(Guarantee::order, "yes",
              fmt::format("{} numbered messages arrived in the order of sending", arrived));
}

void note_losses(const Fillings& fillings, Notebook& notes) {
  const Filling& worst = *std::ranges::max_element(fillings, {}, &Filling::lost);
  if (worst.lost() > 0) {
    return notes.found(Guarantee::reliable, "no",
                       fmt::format("while nobody read, {} of {} messages of {} were lost, and the sender was "
                                   "not told",
                                   worst.lost(), worst.sent, format_size(worst.message_bytes)));
  }
  std::uint64_t arrived = 0;
  for (const Filling& filling : fillings) arrived += filling.received;
  notes.found(Guarantee::reliable, "yes",
              fmt::format("all {} accepted messages arrived, even when it was full", arrived));
}

// Tries a sender that may sleep when there is no room.
void note_blocking(const Subject& subject, const Filling& smallest, Notebook& notes) {
  const std::size_t bytes = smallest.message_bytes;
  EndPair ends(subject, bytes, Wait::block);
  const EndOutcome sent = ends.producer.send({.bytes = bytes, .count = kMostMessages});
  const std::uint64_t before = ends.producer.report().messages;
  if (sent.how == EndOutcome::How::died) sent.require_done("sending");
  if (!sent.blocked()) {
    return notes.found(Guarantee::when_full, sent.threw() ? "fails" : "never",
                       fmt::format("after {} messages: {}", before, sent.text));
  }
  // Where nothing waits in between, the message that the sender is about to hand over.
  const EndOutcome received =
      ends.consumer.receive({.bytes = bytes, .count = std::max<std::uint64_t>(before, 1)});
  ends.producer.outcome();
  const std::string then = !received.done() ? fmt::format("the receiver then: {}", received.text)
                           : ends.producer.report().messages > before
                               ? "it continued when the receiver read"
                               : "it did not continue although the receiver read";
  notes.found(Guarantee::when_full, "blocks",
              fmt::format("a sender that may sleep was blocked after {} of {}; {}; a sender that may not is "
                          "told that there is no room",
                          counted(before, "message"), format_size(bytes), then));
}

void note_flow(const Subject& subject, const Fillings& fillings, Notebook& notes) {
  const Filling* smallest = nullptr;
  for (const Filling& filling : fillings) {
    if (filling.full && (smallest == nullptr || filling.sent < smallest->sent)) smallest = &filling;
    if (!filling.problem.empty()) {
      return notes.found(Guarantee::when_full, "fails",
                         fmt::format("after {} messages: {}", filling.sent, filling.problem));
    }
  }
  if (smallest != nullptr && subject.can_block()) return note_blocking(subject, *smallest, notes);
  const Filling& last = fillings.back();
  if (smallest != nullptr) {
    notes.found(Guarantee::when_full, "refuses",
                fmt::format("the sender is told that there is no room, after {}", messages_text(*smallest)));
  } else if (any_lost(fillings)) {
    notes.found(Guarantee::when_full, "drops",
                fmt::format("{} sends of {} succeeded, {} arrived", last.sent,
                            format_size(last.message_bytes), last.received));
  } else {
    notes.found(Guarantee::when_full, "never",
                fmt::format("it took {}, and would have taken more", messages_text(last)));
  }
}

}  // namespace

void probe_capacity(const Subject& subject, Notebook& notes) {
  const Fillings fillings = fill_by_size(subject);
  note_capacity(fillings, notes);
  note_order(fillings, notes);
  note_losses(fillings, notes);
  note_flow(subject, fillings, notes);
}

}  // namespace ipcbench
