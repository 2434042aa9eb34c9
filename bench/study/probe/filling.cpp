// Capacity, flow control, order and losses: the object is filled and emptied.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <optional>

#include "bench/study/probe/probes.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

// Both sides of what a page and a pipe hold, and messages that are nearly all bookkeeping.
constexpr std::array<std::size_t, 4> kFillingSizes{1, 64, 4096, 65536};
constexpr std::uint64_t kMostMessages = 10'000'000;
// With long messages everything is full in a few milliseconds, on a busy machine a little later. With short
// ones it may take long, and tells little more.
constexpr std::size_t kLongBytes = 4096;
constexpr std::chrono::milliseconds kShortLimit{30};
constexpr std::chrono::milliseconds kLongLimit{250};
constexpr std::chrono::milliseconds kEmptyLimit{400};
// TCP moves on in the background when its receiver makes room.
constexpr std::chrono::milliseconds kFillingIdle{10};

struct Filling {
  std::size_t message_bytes = 0;
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
  bool full = false;
  bool in_order = true;
  std::string problem;  // of the sender, if it failed instead of being told that it is full

  [[nodiscard]] std::uint64_t bytes() const { return received * message_bytes; }
  [[nodiscard]] std::uint64_t lost() const { return sent - std::min(sent, received); }
};

// Receives what there is, in several orders if it takes long.
void empty(Puppet& consumer, Filling& filling) {
  do {
    const PuppetAnswer received = consumer.ask({.what = PuppetOrder::What::receive,
                                                .message_bytes = filling.message_bytes,
                                                .messages = filling.sent - filling.received,
                                                .limit = kEmptyLimit,
                                                .idle = kFillingIdle,
                                                .first_number = filling.received});
    if (!received.done()) throw std::runtime_error(fmt::format("receiving: {}", consumer.describe(received)));
    filling.received += consumer.report().messages;
    filling.in_order = filling.in_order && consumer.report().in_order;
  } while (consumer.report().late);
}

Filling fill_and_empty(const Subject& subject, std::size_t message_bytes) {
  Cast cast(subject, message_bytes, subject.at_once());
  Filling filling{.message_bytes = message_bytes, .problem = {}};
  const bool is_short = message_bytes < std::min(kLongBytes, subject.most_bytes());
  const PuppetAnswer sent = cast.producer.ask({.what = PuppetOrder::What::send,
                                               .message_bytes = message_bytes,
                                               .messages = kMostMessages,
                                               .limit = is_short ? kShortLimit : kLongLimit});
  if (!sent.done()) filling.problem = cast.producer.describe(sent);
  if (sent.blocked()) throw std::runtime_error("a send that was to return at once was blocked");
  filling.sent = cast.producer.report().messages;
  filling.full = cast.producer.report().full;
  empty(cast.consumer, filling);
  return filling;
}

std::vector<Filling> fill_by_size(const Subject& subject) {
  std::vector<Filling> fillings;
  for (const std::size_t wanted_bytes : kFillingSizes) {
    const std::size_t message_bytes = subject.fitting(wanted_bytes);
    const bool done = !fillings.empty() && fillings.back().message_bytes == message_bytes;
    if (!done) fillings.push_back(fill_and_empty(subject, message_bytes));
  }
  return fillings;
}

std::string messages_of(const Filling& filling) {
  return counted(filling.received, filling.message_bytes == 0 ? "token" : "message");
}

// What it held is not all that it can hold, if the sender gave up before it was full.
bool is_bound(const Filling& filling) {
  return filling.full || filling.lost() > 0 || !filling.problem.empty();
}

std::string describe(const Filling& filling) {
  const char* const more = is_bound(filling) ? "" : "more than ";
  if (filling.message_bytes == 0) return fmt::format("{}{}", more, messages_of(filling));
  return fmt::format("{}{} of {} ({})", more, messages_of(filling), format_size(filling.message_bytes),
                     format_size(filling.bytes()));
}

// The same count at each length is a limit of messages, anything else one of bytes. What was not full is
// given as a power of two: how far the sender came says nothing about the mechanism.
std::string capacity_answer(const std::vector<Filling>& fillings) {
  const Filling& most = *std::ranges::max_element(fillings, {}, &Filling::bytes);
  const bool counts = std::ranges::all_of(fillings, [&](const Filling& filling) {
    return is_bound(filling) && filling.received == most.received;
  });
  const bool in_messages = most.message_bytes == 0 || (counts && fillings.size() > 1);
  if (is_bound(most)) return in_messages ? messages_of(most) : format_size(most.bytes());
  return in_messages ? fmt::format("> {}", counted(std::bit_floor(most.received), "token"))
                     : fmt::format("> {}", format_size(std::bit_floor(most.bytes())));
}

void note_capacity(const std::vector<Filling>& fillings, const Notebook& notes) {
  std::vector<std::string> parts;
  parts.reserve(fillings.size());
  for (const Filling& filling : fillings) parts.push_back(describe(filling));
  const bool lossy = std::ranges::any_of(fillings, [](const Filling& filling) { return filling.lost() > 0; });
  notes.found(Guarantee::capacity, capacity_answer(fillings),
              fmt::format("while nobody read, it took {}{}", fmt::join(parts, "; "),
                          lossy ? ", and lost the rest" : ""));
}

void note_order(const std::vector<Filling>& fillings, const Notebook& notes) {
  // Short messages carry only the low bits of their number: those that carry it whole decide, if there are
  // any.
  std::vector<Filling> told;
  for (const Filling& filling : fillings) {
    if (filling.message_bytes > 0 && filling.received > 1) told.push_back(filling);
  }
  if (told.empty()) {
    return notes.not_tried(Guarantee::order, fillings.back().message_bytes == 0
                                                 ? "tokens carry nothing that would tell them apart"
                                                 : "it never held two messages");
  }
  const auto wrong = std::ranges::find(told, false, &Filling::in_order);
  std::uint64_t messages = 0;
  for (const Filling& filling : told) messages += filling.received;
  if (wrong == told.end()) {
    notes.found(Guarantee::order, "yes",
                fmt::format("{} numbered messages arrived in the order of sending", messages));
  } else {
    notes.found(
        Guarantee::order, "no",
        fmt::format("numbered messages of {} arrived in another order", format_size(wrong->message_bytes)));
  }
}

void note_losses(const std::vector<Filling>& fillings, const Notebook& notes) {
  const Filling& worst = *std::ranges::max_element(fillings, {}, &Filling::lost);
  if (worst.lost() > 0) {
    return notes.found(Guarantee::reliable, "no",
                       fmt::format("while nobody read, {} of {} messages of {} were lost, and the sender was "
                                   "told nothing",
                                   worst.lost(), worst.sent, format_size(worst.message_bytes)));
  }
  std::uint64_t messages = 0;
  for (const Filling& filling : fillings) messages += filling.received;
  notes.found(Guarantee::reliable, "yes",
              fmt::format("all {} messages that it took arrived, also when it was full", messages));
}

// A sender that may sleep, when there is no room.
void note_blocking(const Subject& subject, const Filling& smallest, const Notebook& notes) {
  Cast cast(subject, smallest.message_bytes, Wait::block);
  const PuppetAnswer answer = cast.producer.ask({.what = PuppetOrder::What::stream,
                                                 .message_bytes = smallest.message_bytes,
                                                 .messages = kMostMessages});
  const std::uint64_t before = cast.producer.report().messages;
  if (!answer.blocked()) {
    return notes.found(Guarantee::when_full, answer.threw() ? "fails" : "never",
                       fmt::format("after {} messages: {}", before, cast.producer.describe(answer)));
  }
  const PuppetAnswer received = cast.consumer.ask(
      {.what = PuppetOrder::What::await, .message_bytes = smallest.message_bytes, .messages = before});
  cast.producer.answer();
  const std::uint64_t after = cast.producer.report().messages;
  const std::string then = !received.done()
                               ? fmt::format("the receiver then: {}", cast.consumer.describe(received))
                           : after > before ? "it went on when the receiver read"
                                            : "it did not go on although the receiver read";
  notes.found(Guarantee::when_full, "blocks",
              fmt::format("a sender that may sleep was blocked after {} of {}; {}; one that may not "
                          "is told that there is no room",
                          counted(before, "message"), format_size(smallest.message_bytes), then));
}

void note_flow(const Subject& subject, const std::vector<Filling>& fillings, const Notebook& notes) {
  const Filling* smallest = nullptr;
  for (const Filling& filling : fillings) {
    if (filling.full && (smallest == nullptr || filling.sent < smallest->sent)) smallest = &filling;
    if (!filling.problem.empty()) {
      return notes.found(Guarantee::when_full, "fails",
                         fmt::format("after {} messages: {}", filling.sent, filling.problem));
    }
  }
  const bool loses = std::ranges::any_of(fillings, [](const Filling& filling) { return filling.lost() > 0; });
  if (smallest != nullptr && subject.can_block()) return note_blocking(subject, *smallest, notes);
  if (smallest != nullptr) {
    return notes.found(
        Guarantee::when_full, "refuses",
        fmt::format("the sender is told that there is no room, after {}", messages_of(*smallest)));
  }
  if (loses) {
    return notes.found(Guarantee::when_full, "drops",
                       fmt::format("{} sends of {} succeeded, {} arrived", fillings.back().sent,
                                   format_size(fillings.back().message_bytes), fillings.back().received));
  }
  notes.found(Guarantee::when_full, "never",
              fmt::format("it took {}, and would have taken more", messages_of(fillings.back())));
}

}  // namespace

void probe_filling(const Subject& subject, const Notebook& notes) {
  const std::vector<Filling> fillings = fill_by_size(subject);
  note_capacity(fillings, notes);
  note_order(fillings, notes);
  note_losses(fillings, notes);
  note_flow(subject, fillings, notes);
}

}  // namespace ipcbench
