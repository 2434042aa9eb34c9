// Single messages: both ways, two at once, the longest.
#include <cstring>

#include "bench/study/probe/probes.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using Verb = EndProcess::Verb;

// Long messages go through in pieces, and a side may seem asleep between two of them.
constexpr int kPatientLooks = 3;

struct Passed {
  bool through = false;  // it arrived, with the right content
  std::string text;      // what happened
};

// Without sleeping, so that nobody waits where there is no way.
Passed pass_at_once(EndProcess& from, EndProcess& to, std::size_t message_bytes, std::uint64_t number) {
  const Messages one{.bytes = message_bytes, .first_number = number};
  const EndOutcome sent = from.try_send(one);
  const std::uint64_t count = from.report().messages;
  if (!sent.done()) return {false, fmt::format("was refused ({})", sent.text)};
  const EndOutcome received = to.try_receive(one);
  if (!received.done()) return {false, fmt::format("was not received ({})", received.text)};
  const bool through = count == 1 && to.report().messages == 1 && to.report().in_order;
  return {through, through ? "went through" : "did not arrive"};
}

// Throws NotTried if the kernel refuses a message of that length, std::runtime_error if it does not arrive as
// it was.
void pass_one(const Subject& subject, std::size_t message_bytes) {
  EndPair ends(subject, message_bytes, subject.blocking_if_possible());
  ends.producer.start(Verb::send, {.bytes = message_bytes});
  ends.consumer.start(Verb::receive, {.bytes = message_bytes});
  EndOutcome sent = ends.producer.outcome();
  // Stop here: the receiver would wait for a message that cannot be sent.
  if (sent.threw()) sent.require_done("sending");
  EndOutcome received = ends.consumer.outcome();
  for (int looks = 0; looks < kPatientLooks && (sent.blocked() || received.blocked()); ++looks) {
    if (sent.blocked()) sent = ends.producer.outcome();
    if (received.blocked()) received = ends.consumer.outcome();
  }
  sent.require_done("sending");
  received.require_done("was sent; receiving");
  if (!ends.consumer.report().in_order) throw std::runtime_error("arrived with different content");
}

// What happens to a message that is too long.
std::string refusal_of(const Subject& subject, std::size_t message_bytes) {
  try {
    pass_one(subject, message_bytes);
    return "went through, because the limit does not apply to this user or object";
  } catch (const std::runtime_error& refused) {
    return refused.what();
  }
}

EndOutcome look_for(EndProcess& consumer, std::size_t bytes) {
  return consumer.try_receive({.bytes = bytes});
}

// Whether the latest piece has the second message behind the first `bytes`. A mechanism with one length for
// all messages has other content there.
bool second_follows(const EndReport& report, std::size_t bytes) {
  const std::uint64_t second = content_of(1);
  return std::memcmp(report.piece.data() + bytes, &second, bytes) == 0;
}

}  // namespace

void probe_duplex(const Subject& subject, Notebook& notes) {
  const Through through = subject.through();
  if (through == Through::ends && subject.traits().flow == Flow::one_way) {
    return notes.found(Guarantee::duplex, "no",
                       "its protocol has a sending and a receiving end; the way back needs a second object");
  }
  const std::size_t bytes = subject.fitting(8);
  const ProbedObject object(subject, bytes, subject.at_once(), through);
  EndProcess sender = object.inheriting_end();
  EndProcess receiver = object.inheriting_end();
  attach_both(sender, receiver, through);
  const Passed there = pass_at_once(sender, receiver, bytes, 0);
  const Passed back = pass_at_once(receiver, sender, bytes, 1);
  const Passed own = pass_at_once(sender, sender, bytes, 2);
  notes.found(Guarantee::duplex,
              !there.through || !back.through ? "no"
              : own.through                   ? "yes, shared"
                                              : "yes",
              fmt::format("a message to the receiver {}; one back over the same object {}; a sender that "
                          "receives {}",
                          there.text, back.text,
                          own.through ? "gets its own message: both ways share one buffer"
                                      : "does not get its own message"));
}

void probe_boundaries(const Subject& subject, Notebook& notes) {
  const std::size_t both_bytes = subject.fitting(16);
  const std::size_t bytes = both_bytes / 2;
  if (bytes < subject.traits().min_message_bytes || bytes == 0)
    throw NotApplicable("its messages are too short to be joined");
  const Messages two{.bytes = bytes, .count = 2};
  EndPair ends(subject, both_bytes, subject.at_once());
  ends.producer.try_send(two).require_done("sending");
  const std::uint64_t sent = ends.producer.report().messages;
  // It holds none: the sender has to wait for the receiver.
  if (sent == 0) ends.producer.start(Verb::send, two);
  std::string done =
      fmt::format("a sender {} of {} bytes each, the receiver asked for {}: ",
                  sent == 0 ? "was sending messages" : "sent " + counted(sent, "message"), bytes, both_bytes);
  const EndOutcome got = look_for(ends.consumer, both_bytes);
  const EndReport& report = ends.consumer.report();
  // The end itself refuses a message of another length.
  if (got.threw() && report.error == 0)
    return notes.found(Guarantee::boundaries, "yes", done + report.text.str());
  got.require_done("receiving");
  if (report.piece_bytes == 0) {
    look_for(ends.consumer, bytes);
    done += fmt::format("nothing; then for {}: ", bytes);
  }
  if (report.piece_bytes != bytes && report.piece_bytes != both_bytes)
    throw std::runtime_error(fmt::format("{}it got {}", done, report.piece_bytes));
  const bool merged = report.piece_bytes == both_bytes && second_follows(report, bytes);
  notes.found(Guarantee::boundaries, merged ? "no" : "yes",
              done + (merged ? "it got both in one" : "it got one"));
}

void probe_largest(const Subject& subject, Notebook& notes) {
  constexpr std::size_t kLongBytes = std::size_t{16} << 20;
  const MessageLimit limit = subject.mechanism.message_limit({});
  const std::size_t most = subject.fitting(SIZE_MAX);
  const std::size_t longest = std::min(most, kLongBytes);
  pass_one(subject, longest);
  std::string evidence = (longest == 0 ? "a token, no bytes" : format_size(longest)) + ": went through";
  if (most == SIZE_MAX) return notes.found(Guarantee::largest, "any", evidence + "; no limit is known");
  if (subject.traits().max_message_bytes <= limit.bytes) {
    evidence += "; by design it carries no more";
    if (most > 0) notes.expect_design();
  } else if (most <= kLongBytes) {
    evidence += fmt::format("; a byte more: {}", refusal_of(subject, most + 1));
  }
  if (evidence.find(limit.remedy) == std::string::npos) evidence += fmt::format("; {}", limit.remedy);
  notes.found(Guarantee::largest, most == 0 ? "no bytes" : format_size(most), evidence);
}

}  // namespace ipcbench
