// Several senders on one object.
#include "bench/study/probe/probes.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using Verb = EndProcess::Verb;

constexpr unsigned kSenders = 4;
constexpr std::uint64_t kEnough = 2'000;
// Around PIPE_BUF: pipe(7) keeps writes up to that length whole.
constexpr std::array<std::size_t, 4> kSenderSizes{512, 4095, 4096, 4097};

struct Received {
  std::uint64_t messages = 0;
  bool mixed = false;
};

// Each sender uses its own letter; the receiver looks for messages with two letters.
Received send_together(const Subject& subject, std::size_t message_bytes) {
  const Through through = kernel_if_shown(subject);
  const bool may_sleep = through == Through::ends && subject.can_block();
  ProbedObject object(subject, message_bytes, may_sleep ? Wait::block : subject.at_once(), through);
  std::vector<EndProcess> senders;
  senders.reserve(kSenders);
  for (unsigned i = 0; i < kSenders; ++i) senders.push_back(object.inheriting_end());
  EndProcess receiver = object.inheriting_end();
  object.release_inherited();
  attach_both(senders.front(), receiver, through);
  for (unsigned i = 1; i < kSenders; ++i) {
    const EndOutcome attached = senders[i].attach(Side::producer);
    if (!attached.done()) throw std::runtime_error(fmt::format("a second sender: {}", attached.text));
  }
  for (unsigned i = 0; i < kSenders; ++i) {
    senders[i].start(Verb::send,
                     {.bytes = message_bytes, .count = kEnough, .letter = static_cast<char>('A' + i)});
  }
  receiver.start(may_sleep ? Verb::receive : Verb::try_receive, {.bytes = message_bytes,
                                                                 .count = kEnough,
                                                                 .limit = std::chrono::milliseconds(50),
                                                                 .idle = std::chrono::milliseconds(20),
                                                                 .letter = 'A'});
  receiver.outcome();
  return {.messages = receiver.report().messages, .mixed = receiver.report().mixed > 0};
}

}  // namespace

void probe_senders(const Subject& subject, Notebook& notes) {
  if (kernel_if_shown(subject) == Through::ends && !subject.traits().sharing.senders)
    return notes.found(Guarantee::senders, "one only", "its protocol is made for one sender");
  std::vector<std::string> parts;
  std::size_t tried_bytes = SIZE_MAX;
  std::size_t whole_bytes = SIZE_MAX;
  for (const std::size_t wanted_bytes : kSenderSizes) {
    const std::size_t message_bytes = subject.fitting(wanted_bytes);
    if (message_bytes == std::exchange(tried_bytes, message_bytes)) continue;
    const Received arrived = send_together(subject, message_bytes);
    if (arrived.messages == 0 && !arrived.mixed)
      throw std::runtime_error("no message of several senders arrived");
    if (arrived.mixed && whole_bytes == SIZE_MAX) whole_bytes = message_bytes - 1;
    parts.push_back(
        fmt::format("{}: {}", format_size(message_bytes),
                    arrived.mixed ? "mixed" : fmt::format("{} messages, all whole", arrived.messages)));
  }
  notes.found(Guarantee::senders,
              whole_bytes == SIZE_MAX ? "whole" : fmt::format("whole to {}", format_size(whole_bytes)),
              fmt::format("{} processes sent at once; messages of {}", kSenders, fmt::join(parts, "; ")));
}

}  // namespace ipcbench
