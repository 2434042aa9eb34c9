// Several senders on one object.
#include "bench/study/probe/probes.hpp"

namespace ipcbench {
namespace {

using std::chrono::milliseconds;
using Verb = EndProcess::Verb;

constexpr unsigned kSenders = 4;

struct Load {
  std::size_t message_bytes;
  std::uint64_t messages;  // at most
  milliseconds limit;
};
// Around PIPE_BUF: pipe(7) keeps writes up to that length whole.
constexpr std::array<Load, 4> kLoads{{{512, 2000, milliseconds(50)},
                                      {4095, 2000, milliseconds(50)},
                                      {4096, 2000, milliseconds(50)},
                                      {4097, 2000, milliseconds(50)}}};
// One instruction stores 8 bytes. 16 take two, but on a busy machine hardly anybody looks between them. Up to
// a word, a look in vain proves something soon; beyond it, the processes may need time to collide.
constexpr std::array<Load, 2> kLoadsOfBytes{
    {{8, UINT64_MAX, milliseconds(15)}, {4096, UINT64_MAX, milliseconds(600)}}};

struct Received {
  std::uint64_t messages = 0;
  bool mixed = false;
};

// Each sender uses its own letter; the receiver looks for messages with two letters.
Received send_together(const Subject& subject, const Load& load) {
  const Through through = subject.through();
  const bool may_sleep = through == Through::ends && subject.can_block();
  ProbedObject object(subject, load.message_bytes, may_sleep ? Wait::block : subject.at_once(), through);
  std::vector<EndProcess> senders;
  senders.reserve(kSenders);
  for (unsigned i = 0; i < kSenders; ++i) senders.push_back(object.inheriting_end());
  EndProcess receiver = object.inheriting_end();
  object.release_inherited();
  attach_both(senders.front(), receiver, through);
  for (unsigned i = 1; i < kSenders; ++i)
    senders[i].attach(Side::producer).require_done("attaching another sender");
  Messages messages{.bytes = load.message_bytes, .count = load.messages, .letter = 'A'};
  for (EndProcess& sender : senders) {
    sender.start(Verb::send, messages);
    ++messages.letter;
  }
  messages.limit = load.limit;
  receiver.start(may_sleep ? Verb::receive : Verb::try_receive, messages);
  receiver.outcome();
  return {.messages = receiver.report().messages, .mixed = receiver.report().mixed > 0};
}

// On a busy machine, the receiver may have its turn before any sender has.
Received send_until_received(const Subject& subject, Load load) {
  constexpr milliseconds kLongest(10'000);
  Received received = send_together(subject, load);
  while (received.messages == 0 && (load.limit *= 4) < kLongest) received = send_together(subject, load);
  return received;
}

}  // namespace

void probe_senders(const Subject& subject, Notebook& notes) {
  if (subject.through() == Through::ends && !subject.traits().sharing.senders)
    return notes.found(Guarantee::senders, "one only", "its protocol is made for one sender");
  std::vector<std::string> parts;
  std::optional<std::size_t> tried_bytes;
  std::size_t whole_bytes = 0;
  bool mixed = false;
  for (Load load : subject.of_bytes ? std::span<const Load>(kLoadsOfBytes) : kLoads) {
    load.message_bytes = subject.fitting(load.message_bytes);
    if (load.message_bytes == std::exchange(tried_bytes, load.message_bytes)) continue;
    const Received arrived = send_until_received(subject, load);
    if (arrived.messages == 0) throw std::runtime_error("no message of several senders arrived");
    mixed = mixed || arrived.mixed;
    if (!mixed) whole_bytes = load.message_bytes;
    parts.push_back(
        fmt::format("{}: {}", format_size(load.message_bytes),
                    arrived.mixed ? "mixed" : fmt::format("{} messages, all whole", arrived.messages)));
  }
  notes.found(Guarantee::senders,
              !mixed             ? subject.of_bytes ? "none seen mixed" : "whole"
              : whole_bytes == 0 ? "mixed"
                                 : fmt::format("whole to {}", format_size(whole_bytes)),
              fmt::format("{} processes sent at once; messages of {}", kSenders, fmt::join(parts, "; ")));
}

}  // namespace ipcbench
