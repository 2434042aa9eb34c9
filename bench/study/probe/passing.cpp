// Single messages: both ways, two at once, the longest.
#include <fmt/format.h>

#include <cstring>

#include "bench/study/probe/probes.hpp"
#include "bench/study/probe/puppet_show.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

Wait waiting(const Subject& subject) { return subject.can_block() ? Wait::block : subject.at_once(); }

// Long messages go through in pieces, and a side may be found asleep between two of them.
constexpr int kPatientLooks = 3;

struct Passed {
  PuppetAnswer sent;
  PuppetAnswer received;
  [[nodiscard]] bool through() const { return sent.done() && received.done(); }
};

Passed pass(Puppet& from, Puppet& to, std::size_t message_bytes) {
  from.start({.what = PuppetOrder::What::stream, .message_bytes = message_bytes});
  to.start({.what = PuppetOrder::What::await, .message_bytes = message_bytes});
  Passed passed{from.answer(), {.how = PuppetAnswer::How::blocked, .status = {}}};
  // The sender of what cannot be sent leaves the receiver waiting.
  if (passed.sent.threw()) return passed;
  passed.received = to.answer();
  for (int looks = 0; looks < kPatientLooks && (passed.sent.blocked() || passed.received.blocked());
       ++looks) {
    if (passed.sent.blocked()) passed.sent = from.answer();
    if (passed.received.blocked()) passed.received = to.answer();
  }
  return passed;
}

std::string describe(const Passed& passed, const Puppet& from, const Puppet& to) {
  if (passed.through()) return to.report().in_order ? "went through" : "arrived with another content";
  return passed.sent.done() ? fmt::format("was sent; receiving: {}", to.describe(passed.received))
                            : fmt::format("sending: {}", from.describe(passed.sent));
}

// What a message of `message_bytes` comes to, on an object made for it.
std::string try_length(const Subject& subject, std::size_t message_bytes, bool& through) {
  Cast cast(subject, message_bytes, waiting(subject));
  const Passed passed = pass(cast.producer, cast.consumer, message_bytes);
  through = passed.through() && cast.consumer.report().in_order;
  return describe(passed, cast.producer, cast.consumer);
}

// The same of a length that is too much: then there may be no object.
std::string try_too_long(const Subject& subject, std::size_t message_bytes, bool& through) {
  try {
    return try_length(subject, message_bytes, through);
  } catch (const NotTried& refused) {
    through = false;
    return refused.what();
  }
}

// As long as both messages of probe_boundaries() if they come as one.
PuppetAnswer look_for(Puppet& consumer, std::size_t message_bytes) {
  return consumer.ask({.what = PuppetOrder::What::receive,
                       .message_bytes = message_bytes,
                       .idle = std::chrono::milliseconds(5)});
}

// Whether the latest piece goes on, after `bytes`, with the second message. A mechanism of one length for all
// shows something else there.
bool second_follows(const PuppetReport& report, std::size_t bytes) {
  std::vector<std::byte> second(bytes);
  fill_message(second, {}, 1);
  return std::memcmp(report.piece.data() + bytes, second.data(), bytes) == 0;
}

std::string length_text(std::size_t bytes) { return bytes == 0 ? "a token, no bytes" : format_size(bytes); }

}  // namespace

void probe_duplex(const Subject& subject, const Notebook& notes) {
  if (subject.traits().flow == Flow::one_way) {
    return notes.found(
        Guarantee::duplex, "no",
        "its object has one kind of end that sends and one that receives: the way back takes a "
        "second object");
  }
  const std::size_t bytes = subject.fitting(8);
  Cast cast(subject, bytes, waiting(subject));
  const Passed there = pass(cast.producer, cast.consumer, bytes);
  const Passed back = pass(cast.consumer, cast.producer, bytes);
  notes.found(Guarantee::duplex, there.through() && back.through() ? "yes" : "no",
              fmt::format("a message there {}; one back over the same object {}",
                          describe(there, cast.producer, cast.consumer),
                          describe(back, cast.consumer, cast.producer)));
}

void probe_boundaries(const Subject& subject, const Notebook& notes) {
  const std::size_t both_bytes = subject.fitting(16);
  const std::size_t bytes = both_bytes / 2;
  if (bytes < subject.traits().min_message_bytes || bytes == 0) {
    throw NotTried("its messages are too short to be put together");
  }
  Cast cast(subject, both_bytes, subject.at_once());
  const PuppetAnswer sent =
      cast.producer.ask({.what = PuppetOrder::What::send, .message_bytes = bytes, .messages = 2});
  if (!sent.done()) throw std::runtime_error(fmt::format("sending: {}", cast.producer.describe(sent)));
  std::string done = fmt::format("a sender sent {} of {} bytes each, the receiver asked for {}: ",
                                 counted(cast.producer.report().messages, "message"), bytes, both_bytes);
  const PuppetAnswer got = look_for(cast.consumer, both_bytes);
  const PuppetReport& report = cast.consumer.report();
  if (got.threw() && report.error == 0) {
    return notes.found(Guarantee::boundaries, "yes", done + report.text.str());
  }
  if (got.done() && report.piece_bytes == 0) {
    look_for(cast.consumer, bytes);
    done += fmt::format("nothing; then for {}: ", bytes);
  }
  if (!got.done()) throw std::runtime_error(fmt::format("receiving: {}", cast.consumer.describe(got)));
  const bool merged = report.piece_bytes == both_bytes && second_follows(report, bytes);
  if (report.piece_bytes != bytes && report.piece_bytes != both_bytes) {
    throw std::runtime_error(fmt::format("{}it got {}", done, report.piece_bytes));
  }
  notes.found(Guarantee::boundaries, merged ? "no" : "yes",
              done + (merged ? "it got both in one" : "it got one"));
}

void probe_largest(const Subject& subject, const Notebook& notes) {
  constexpr std::size_t kLongBytes = std::size_t{16} << 20;
  const MessageLimit limit = subject.mechanism.message_limit({});
  const std::size_t most = subject.fitting(SIZE_MAX);
  const bool any = most > kLongBytes;
  const std::size_t longest = any ? kLongBytes : most;
  bool through = false;
  std::string evidence = fmt::format("{}: {}", length_text(longest), try_length(subject, longest, through));
  if (!through) throw std::runtime_error(evidence);
  if (most == SIZE_MAX) {
    return notes.found(Guarantee::largest, "any", evidence + "; no limit is known");
  }
  if (subject.traits().max_message_bytes <= limit.bytes) {
    evidence += "; more it does not carry by design";
  } else if (!any) {
    bool longer_through = false;
    const std::string longer = try_too_long(subject, most + 1, longer_through);
    evidence += fmt::format("; a byte more: {}", longer);
    if (longer_through) evidence += ", since the limit does not bind this user or object";
  }
  if (evidence.find(limit.remedy) == std::string::npos) evidence += fmt::format("; {}", limit.remedy);
  notes.found(Guarantee::largest, most == 0 ? "no bytes" : format_size(most), evidence);
}

}  // namespace ipcbench
