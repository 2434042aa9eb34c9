// What only some mechanisms have, tried on the kernel's objects themselves.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "bench/study/experiments/crash_of_holder.hpp"
#include "bench/study/experiments/message_queue.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

// The locks that a mechanism is made of, by the names that crash_of_holder.hpp gives them.
struct Holds {
  std::string_view mechanism;
  std::vector<std::string_view> locks;
};
const std::vector<Holds>& what_is_held() {
  static const std::vector<Holds> all{
      {"sysv_semaphore", {"sysv_semaphore_plain", "sysv_semaphore_undo"}},
      {"sysv_composite", {"sysv_semaphore_plain", "sysv_semaphore_undo"}},
      {"posix_semaphore", {"posix_semaphore"}},
      {"posix_semaphore_shm", {"posix_semaphore"}},
      {"mutex_cond", {"mutex_plain", "mutex_robust"}},
      {"ring_mutex_cond", {"mutex_plain", "mutex_robust"}},
      {"rwlock", {"rwlock"}},
      {"spinlock", {"spinlock"}},
      {"file_lock", {"ofd_lock"}},
  };
  return all;
}

std::string error_of(const std::exception& error) { return error.what(); }

void note_priorities(const Subject& subject, const Notebook& notes) {
  if (!subject.traits().priorities) {
    return notes.found(Guarantee::priorities, "no", "its messages have none");
  }
  if (subject.traits().name != "posix_queue") {
    return notes.not_tried(Guarantee::priorities, "it says that it has them; no experiment knows how to ask");
  }
  const auto queue = make_posix_message_queue();
  const QueuePriorities found = queue_priorities(*queue);
  notes.found(Guarantee::priorities, found.by_rank ? "yes" : "no",
              fmt::format("messages {} of priorities 1, 2, 3, 2 were received in the order {}", found.sent,
                          found.received));
}

void note_selection(const Subject& subject, const Notebook& notes) {
  if (!subject.traits().selection_by_type) {
    return notes.found(Guarantee::selection, "no", "a receiver gets the next message and cannot choose");
  }
  if (subject.traits().name != "sysv_queue") {
    return notes.not_tried(Guarantee::selection, "it says that it has it; no experiment knows how to ask");
  }
  const auto queue = make_sysv_message_queue();
  const QueueSelection found = queue_selection(*queue);
  notes.found(
      Guarantee::selection, found.by_type() ? "yes" : "no",
      fmt::format("of messages {} of types 1, 2, 3, 2 a receiver who asked for type 2 got {}, one without "
                  "wishes then {}; who asked for the lowest type got {}",
                  found.sent, found.of_type_2, found.rest, found.lowest_first));
}

void note_crash(const Subject& subject, const Notebook& notes) {
  const auto held = std::ranges::find(what_is_held(), subject.traits().name, &Holds::mechanism);
  if (held == what_is_held().end()) {
    return notes.not_tried(Guarantee::holder_crash, "nobody holds it: it has no lock");
  }
  std::vector<std::string> answers;
  std::vector<std::string> parts;
  for (const std::string_view name : held->locks) {
    const LockKind& kind = *std::ranges::find(lock_kinds(), name, &LockKind::name);
    const AfterCrash after = crash_of_holder(*kind.make());
    answers.emplace_back(name_of(after));
    parts.push_back(fmt::format("{}: {}", kind.what, name_of(after)));
  }
  const auto same = std::ranges::unique(answers);
  answers.erase(same.begin(), same.end());
  notes.found(Guarantee::holder_crash, fmt::format("{}", fmt::join(answers, " or ")),
              fmt::format("a process took it and was killed; {}", fmt::join(parts, "; ")));
}

// Of these answers each has a reason of its own for not being had.
template <class Note>
void attempt_note(Note note, Guarantee guarantee, const Subject& subject, const Notebook& notes) {
  try {
    note(subject, notes);
  } catch (const KernelError& refused) {
    notes.not_tried(guarantee, error_of(refused));
  }
}

}  // namespace

void probe_specials(const Subject& subject, const Notebook& notes) {
  attempt_note(note_priorities, Guarantee::priorities, subject, notes);
  attempt_note(note_selection, Guarantee::selection, subject, notes);
  attempt_note(note_crash, Guarantee::holder_crash, subject, notes);
}

void probe_limits(const Subject& subject, const Notebook& notes) {
  const MessageLimit limit = subject.mechanism.message_limit({});
  std::vector<std::string> parts;
  if (limit.bytes != SIZE_MAX)
    parts.push_back(fmt::format("length: at most {} bytes; {}", limit.bytes, limit.remedy));
  for (const Parameter& parameter : subject.mechanism.parameters) {
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
      {{unrelated}, &probe_unrelated},
      {{connection, opening}, &probe_opening},
      {{duplex}, &probe_duplex},
      {{boundaries}, &probe_boundaries},
      {{capacity, order, reliable, when_full}, &probe_filling},
      {{largest}, &probe_largest},
      {{senders}, &probe_senders},
      {{priorities, selection, holder_crash}, &probe_specials},
      {{writer_gone}, &probe_writer_gone},
      {{reader_gone}, &probe_reader_gone},
      {{lifetime}, &probe_lifetime},
      {{visible}, &probe_visible},
      {{limits}, &probe_limits},
  };
  return all;
}

}  // namespace ipcbench
