// Several senders on one object.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "bench/study/probe/probes.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr unsigned kSenders = 4;
constexpr std::uint64_t kEnough = 2'000;
// pipe(7): writes of up to PIPE_BUF bytes are not mixed with others.
constexpr std::array<std::size_t, 4> kSenderSizes{512, 4095, 4096, 4097};

struct Together {
  std::size_t message_bytes = 0;
  std::uint64_t messages = 0;
  bool mixed = false;
};

// Each sender has a letter, of which all its messages are; the receiver looks for messages of two.
Together send_together(const Subject& subject, std::size_t message_bytes) {
  const bool sleeps = subject.can_block();
  Stage stage(subject, message_bytes, sleeps ? Wait::block : subject.at_once());
  std::vector<Puppet> senders;
  senders.reserve(kSenders);
  for (unsigned i = 0; i < kSenders; ++i) senders.push_back(stage.puppet());
  Puppet receiver = stage.puppet();
  stage.leave();
  attach_both(senders.front(), receiver);
  for (unsigned i = 1; i < kSenders; ++i) {
    const PuppetAnswer attached = senders[i].ask({.what = PuppetOrder::What::attach, .side = Side::producer});
    if (!attached.done())
      throw std::runtime_error(fmt::format("a second sender: {}", senders[i].describe(attached)));
  }
  for (unsigned i = 0; i < kSenders; ++i) {
    senders[i].start({.what = PuppetOrder::What::stream,
                      .message_bytes = message_bytes,
                      .messages = kEnough,
                      .letter = static_cast<char>('A' + i)});
  }
  receiver.ask({.what = sleeps ? PuppetOrder::What::await : PuppetOrder::What::receive,
                .message_bytes = message_bytes,
                .messages = kEnough,
                .limit = std::chrono::milliseconds(50),
                .idle = std::chrono::milliseconds(20),
                .letter = 'A'});
  return {.message_bytes = message_bytes,
          .messages = receiver.report().messages,
          .mixed = receiver.report().mixed > 0};
}

std::vector<Together> by_size(const Subject& subject) {
  std::vector<Together> all;
  for (const std::size_t wanted_bytes : kSenderSizes) {
    const std::size_t message_bytes = subject.fitting(wanted_bytes);
    if (all.empty() || all.back().message_bytes != message_bytes) {
      all.push_back(send_together(subject, message_bytes));
    }
  }
  return all;
}

}  // namespace

void probe_senders(const Subject& subject, const Notebook& notes) {
  if (!subject.traits().sharing.senders) throw NotTried("it is made for one sender");
  std::vector<std::string> parts;
  std::size_t whole_bytes = SIZE_MAX;
  for (const Together& together : by_size(subject)) {
    if (together.mixed && whole_bytes == SIZE_MAX) whole_bytes = together.message_bytes - 1;
    parts.push_back(
        fmt::format("{}: {}", format_size(together.message_bytes),
                    together.mixed ? "mixed" : fmt::format("{} messages, all whole", together.messages)));
    if (together.messages == 0 && !together.mixed)
      throw std::runtime_error("no message of several senders arrived");
  }
  notes.found(Guarantee::senders,
              whole_bytes == SIZE_MAX ? "whole" : fmt::format("whole to {}", format_size(whole_bytes)),
              fmt::format("{} processes sent at once; messages of {}", kSenders, fmt::join(parts, "; ")));
}

}  // namespace ipcbench
