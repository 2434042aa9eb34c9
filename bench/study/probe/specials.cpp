// Properties of some mechanisms only, tried on kernel objects of the same kind; and the list of all probes.
#include <algorithm>
#include <csignal>

#include "bench/study/parts/message_queue.hpp"
#include "bench/study/parts/shared_lock.hpp"
#include "bench/study/probe/probes.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

constexpr long kLowestOfAll = -3;  // the ranks are 1 to 3

// The real-time signals that this process sends itself, as a queue: a rank is the number above SIGRTMIN. They
// wait in the process, so that they end with it.
class SignalQueue final : public MessageQueue {
 public:
  void create() override {
    const sigset_t all = signals(1, kMostRank);
    checked(sigprocmask(SIG_BLOCK, &all, nullptr), "sigprocmask");
  }
  void send(char letter, unsigned rank) override {
    checked(sigqueue(getpid(), SIGRTMIN + static_cast<int>(rank), {.sival_int = letter}), "sigqueue");
  }
  std::optional<char> receive(long rank) override {
    const sigset_t wanted = rank > 0 ? signals(rank, rank) : signals(1, rank < 0 ? -rank : kMostRank);
    constexpr timespec kAtOnce{};
    siginfo_t info;
    if (sigtimedwait(&wanted, &info, &kAtOnce) >= 0) return static_cast<char>(info.si_value.sival_int);
    if (errno != EAGAIN) throw_errno("sigtimedwait");
    return std::nullopt;
  }

 private:
  static constexpr long kMostRank = 3;

  static sigset_t signals(long from_rank, long to_rank) {
    sigset_t set;
    sigemptyset(&set);
    for (long rank = from_rank; rank <= to_rank; ++rank) sigaddset(&set, SIGRTMIN + static_cast<int>(rank));
    return set;
  }
};

// A new queue of the kind that the mechanism is made of. Throws NotApplicable if it is none.
std::unique_ptr<MessageQueue> create_queue(const Subject& subject) {
  const std::string_view made_of = subject.traits().made_of;
  std::unique_ptr<MessageQueue> queue;
  for (const QueueKind& kind : queue_kinds())
    if (made_of.starts_with(kind.name)) queue = kind.make();
  if (made_of.starts_with("real-time signal")) queue = std::make_unique<SignalQueue>();
  if (!queue) throw NotApplicable("none of its calls takes a priority or a type");
  queue->create();
  return queue;
}

void note_priorities(const Subject& subject, Notebook& notes) {
  const auto queue = create_queue(subject);
  const std::string received = received_by(*queue, {0}).front();
  const std::string asked = received_by(*queue, {kLowestOfAll}).front();
  notes.found(
      Guarantee::priorities,
      received == kHighestFirst || received == kLowestFirst ? "yes"
      : asked == kLowestFirst                               ? "if asked for"
                                                            : "no",
      fmt::format(
          "messages abcd with priorities, types or signal numbers 1, 2, 3, 2 were received in the order {}{}",
          received, asked.empty() ? "" : fmt::format("; asked for the lowest type first, {}", asked)));
}

void note_selection(const Subject& subject, Notebook& notes) {
  const auto queue = create_queue(subject);
  const auto selected = received_by(*queue, {2, 0});
  notes.found(Guarantee::selection, selected.front() == kOfRank2 ? "yes" : "no",
              fmt::format("messages abcd had types or signal numbers 1, 2, 3, 2; asking for type 2 gave {}, "
                          "then asking for any "
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

void note_limits(const Subject& subject, Notebook& notes) {
  static_cast<void>(subject.fitting(0));  // throws if the kernel could not be asked
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

}  // namespace

std::span<const Probe> probes() {
  using enum Guarantee;
  constexpr auto kObject = Probe::Of::object;
  static const std::vector<Probe> all{
      {{unrelated}, &probe_unrelated, kObject},
      {{connection, opening}, &probe_opening},
      {{duplex}, &probe_duplex},
      {{boundaries}, &probe_boundaries},
      {{capacity, order, reliable, when_full}, &probe_capacity},
      {{largest}, &probe_largest},
      {{senders}, &probe_senders},
      {{priorities}, &note_priorities},
      {{selection}, &note_selection},
      {{holder_crash}, &note_crash, kObject},
      {{writer_gone}, &probe_writer_gone},
      {{reader_gone}, &probe_reader_gone},
      {{updates}, &note_no_updates},
      {{lifetime}, &probe_lifetime, kObject},
      {{rights}, &probe_rights, kObject},
      {{visible}, &probe_visible, kObject},
      {{limits}, &note_limits, kObject},
  };
  return all;
}

}  // namespace ipcbench
