// Properties of some mechanisms only, tried on kernel objects of the same kind; and the list of all probes.
#include <algorithm>

#include "bench/study/parts/message_queue.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

constexpr long kLowestOfAll = -3;  // the ranks are 1 to 3

// A new queue of the kind that the mechanism is made of. Throws NotApplicable if it is none.
std::unique_ptr<MessageQueue> create_queue(const Subject& subject) {
  const auto kind = std::ranges::find(queue_kinds(), subject.traits().made_of, &QueueKind::name);
  if (kind == queue_kinds().end()) throw NotApplicable("none of its calls takes a priority or a type");
  auto queue = kind->make();
  queue->create();
  return queue;
}

void note_priorities(const Subject& subject, Notebook& notes) {
  const auto queue = create_queue(subject);
  const std::string received = received_by(*queue, {0}).front();
  const std::string asked = received_by(*queue, {kLowestOfAll}).front();
  notes.found(Guarantee::priorities,
              received == kHighestFirst ? "yes"
              : asked == kLowestFirst   ? "if asked for"
                                        : "no",
              fmt::format("messages abcd with priorities or types 1, 2, 3, 2 were received in the order {}{}",
                          received,
                          asked.empty() ? "" : fmt::format("; asked for the lowest type first, {}", asked)));
}

void note_selection(const Subject& subject, Notebook& notes) {
  const auto queue = create_queue(subject);
  const auto selected = received_by(*queue, {2, 0});
  notes.found(
      Guarantee::selection, selected.front() == kOfRank2 ? "yes" : "no",
      fmt::format("messages abcd had types 1, 2, 3, 2; asking for type 2 gave {}, then asking for any "
                  "type gave {}; asking for the lowest type gave {}",
                  selected.front(), selected.back(), received_by(*queue, {kLowestOfAll}).front()));
}

void note_crash(const Subject& subject, Notebook& notes) {
  std::vector<std::string_view> answers;
  std::vector<std::string> parts;
  for (const LockKind& kind : lock_kinds()) {
    if (subject.traits().locks != kind.object) continue;
    const std::string_view after = crash_of_holder(kind.make());
    if (std::ranges::find(answers, after) == answers.end()) answers.push_back(after);
    parts.push_back(fmt::format("{}: {}", kind.what, after));
  }
  if (parts.empty()) throw NotApplicable("it has no lock that a process could hold");
  notes.found(Guarantee::holder_crash, fmt::format("{}", fmt::join(answers, " or ")),
              fmt::format("a process took it and was killed; {}", fmt::join(parts, "; ")));
}

void note_no_updates(const Subject&, Notebook&) {
  throw NotApplicable("it passes messages; nobody changes them in place");
}

// A limit of this machine is no failure of the probe.
template <auto kNote>
void unless_refused(const Subject& subject, Notebook& notes) {
  try {
    kNote(subject, notes);
  } catch (const KernelError& refusal) {
    throw NotTried(refusal.what());
  }
}

}  // namespace

void probe_limits(const Subject& subject, Notebook& notes) {
  const MessageLimit limit = subject.mechanism.message_limit({});
  std::vector<std::string> parts;
  if (limit.bytes != SIZE_MAX)
    parts.push_back(fmt::format("length: at most {} bytes; {}", limit.bytes, limit.remedy));
  for (const Parameter& parameter : subject.mechanism.parameters) {
    if (parameter.name == kSpinMicroseconds.name) continue;  // the harness's own
    parts.push_back(
        fmt::format("--param {}: {}; {}", parameter.name, parameter.default_text, parameter.what));
  }
  notes.found(Guarantee::limits, limit.bytes == SIZE_MAX ? "none on length" : limit.remedy,
              parts.empty() ? "no limit on the length of a message, and no setting"
                            : fmt::format("{}", fmt::join(parts, ". ")));
}

std::span<const Probe> probes() {
  using enum Guarantee;
  static const std::vector<Probe> all{
      {{unrelated}, &probe_unrelated, false},
      {{connection, opening}, &probe_opening},
      {{duplex}, &probe_duplex},
      {{boundaries}, &probe_boundaries},
      {{capacity, order, reliable, when_full}, &probe_capacity},
      {{largest}, &probe_largest},
      {{senders}, &probe_senders},
      {{priorities}, &unless_refused<note_priorities>},
      {{selection}, &unless_refused<note_selection>},
      {{holder_crash}, &unless_refused<note_crash>, false},
      {{writer_gone}, &probe_writer_gone},
      {{reader_gone}, &probe_reader_gone},
      {{updates}, &note_no_updates},
      {{lifetime}, &probe_lifetime, false},
      {{rights}, &probe_rights, false},
      {{visible}, &probe_visible, false},
      {{limits}, &probe_limits, false},
  };
  return all;
}

}  // namespace ipcbench
