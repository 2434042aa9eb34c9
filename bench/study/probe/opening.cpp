// An end that attaches alone: whether it waits for the other end, and can work without it.
#include <sys/stat.h>

#include <algorithm>
#include <iterator>

#include "bench/study/probe/probes.hpp"
#include "harness/base/child.hpp"
#include "harness/base/fd.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/host/object_lists.hpp"
#include "harness/launch/process_pair.hpp"
#include "harness/launch/skip.hpp"

namespace ipcbench {
namespace {

struct Alone {
  EndOutcome attached;
  std::string text;
  bool delivered = false;  // the sender's message reached a receiver that came later
};

Alone sender_alone(const Subject& subject, std::size_t bytes, Through through) {
  const ProbedObject object(subject, bytes, subject.at_once(), through);
  EndProcess producer = object.inheriting_end();
  EndProcess consumer = object.inheriting_end();
  Alone alone{.attached = producer.attach(Side::producer), .text = {}};
  if (!alone.attached.done()) {
    alone.text = alone.attached.blocked() ? "waits for the receiver" : alone.attached.text;
    return alone;
  }
  const EndOutcome sent = producer.try_send({.bytes = bytes});
  if (!sent.done() || producer.report().messages == 0) {
    alone.text = fmt::format("attaches but cannot send: {}", sent.done() ? "no room" : sent.text);
    return alone;
  }
  if (consumer.attach(Side::consumer).done()) {
    consumer.try_receive({.bytes = bytes, .idle = std::chrono::milliseconds(5)});
    alone.delivered = consumer.report().messages == 1;
  }
  alone.text = fmt::format("attaches and sends; a receiver that comes later {} the message",
                           alone.delivered ? "gets" : "does not get");
  return alone;
}

Alone receiver_alone(const Subject& subject, std::size_t bytes, Through through) {
  const ProbedObject object(subject, bytes, subject.at_once(), through);
  EndProcess consumer = object.inheriting_end();
  Alone alone{.attached = consumer.attach(Side::consumer), .text = {}};
  alone.text = alone.attached.done()      ? "attaches"
               : alone.attached.blocked() ? "waits for the sender"
                                          : alone.attached.text;
  return alone;
}

// Success is 0, because the number of the descriptor says nothing.
Attempt try_open(const std::string& path, int flags) {
  return attempt([&] { return open(path.c_str(), flags | O_CLOEXEC) < 0 ? -1L : 0L; });
}

std::string fifo_rules() {
  const LaunchDirectory directory;
  const std::string path = directory.path() + "/fifo";
  checked(mkfifo(path.c_str(), S_IRUSR | S_IWUSR),
          "cannot make a FIFO (set TMPDIR to a file system that has them)");
  std::vector<std::string> parts;
  for (const OpenAttempt& tried : try_opening(path))
    parts.push_back(fmt::format("{} {}", tried.how, describe(tried.attempt)));
  return fmt::format("; open(2) alone: {}", fmt::join(parts, ", "));
}

Cell exec_cell(const Subject& subject) {
  Cell cell;
  cell.mechanism = subject.traits().name;
  cell.size_bytes = subject.fitting(64);
  cell.wait = subject.blocking_if_possible();
  cell.peers = Peers::exec;
  return cell;
}

// The parts of the object that a child of its creator has, and whether a program started there has lost them.
std::string what_a_program_has(const Subject& subject, const Cell& cell) {
  const EndProcess bystander([] { return std::shared_ptr<Trial>(); });
  const ProbedObject object(subject, cell.size_bytes, cell.wait);
  const EndProcess heir = object.inheriting_end();
  const Child program = exec_child(0, "/bin/sleep", {"60"}, {});
  std::vector<std::string> ignored = bystander.own_resources();
  std::ranges::move(heir.own_resources(), std::back_inserter(ignored));
  const auto inherited =
      new_objects(held_objects(bystander.pid(), ignored), held_objects(heir.pid(), ignored));
  const auto lost = new_objects(held_objects(program.pid(), ignored), inherited);
  return fmt::format("a child of its creator has {}; of that, a program started afresh has lost {}",
                     fmt::join(inherited, ", "), lost == inherited ? "everything" : "only part");
}

}  // namespace

std::vector<OpenAttempt> try_opening(const std::string& path) {
  constexpr std::array<std::pair<std::string_view, int>, 5> kWays{
      {{"O_RDONLY", O_RDONLY},
       {"O_WRONLY", O_WRONLY},
       {"O_RDONLY|O_NONBLOCK", O_RDONLY | O_NONBLOCK},
       {"O_WRONLY|O_NONBLOCK", O_WRONLY | O_NONBLOCK},
       {"O_RDWR", O_RDWR}}};
  std::vector<OpenAttempt> attempts;
  attempts.reserve(kWays.size());
  for (const auto& [how, flags] : kWays) attempts.push_back({how, try_open(path, flags)});
  const Child reader = fork_child(0, [&] {
    if (open(path.c_str(), O_RDONLY | O_CLOEXEC) >= 0) pause();
  });
  attempts.push_back({"O_WRONLY with a reader", try_open(path, O_WRONLY)});
  return attempts;
}

void probe_opening(const Subject& subject, Notebook& notes) {
  const std::size_t bytes = subject.fitting(8);
  const Alone sender = sender_alone(subject, bytes, Through::ends);
  const Alone receiver = receiver_alone(subject, bytes, Through::ends);
  std::string evidence = fmt::format("a sender alone {}; a receiver alone {}", sender.text, receiver.text);
  if (kernel_if_shown(subject) == Through::kernel) {
    const Alone bare_sender = sender_alone(subject, bytes, Through::kernel);
    const Alone bare_receiver = receiver_alone(subject, bytes, Through::kernel);
    if (bare_sender.text != sender.text || bare_receiver.text != receiver.text) {
      notes.expect_design();
      evidence += fmt::format("; with the kernel's calls alone, a sender {}; a receiver {}", bare_sender.text,
                              bare_receiver.text);
    }
  }
  const bool sender_waits = sender.attached.blocked();
  const bool receiver_waits = receiver.attached.blocked();
  notes.found(Guarantee::connection,
              sender_waits || receiver_waits ? "yes"
              : sender.delivered             ? "no"
                                             : "peer first",
              evidence);
  if (subject.traits().made_of == "FIFO") evidence += fifo_rules();
  notes.found(Guarantee::opening,
              sender_waits && receiver_waits                         ? "both wait"
              : sender_waits                                         ? "writer waits"
              : receiver_waits                                       ? "reader waits"
              : !sender.attached.done() || !receiver.attached.done() ? "fails"
                                                                     : "goes on",
              evidence);
}

void probe_unrelated(const Subject& subject, Notebook& notes) {
  const Cell cell = exec_cell(subject);
  if (const auto reason = why_skipped(cell)) {
    return notes.found(Guarantee::unrelated, "no",
                       fmt::format("{}; {}", *reason, what_a_program_has(subject, cell)));
  }
  const LaunchOutcome outcome = launch(cell, {.placement = {},
                                              .warm_up = std::chrono::milliseconds(1),
                                              .timed = std::chrono::milliseconds(2),
                                              .least_samples = 1,
                                              .time_limit = std::chrono::seconds(4),
                                              .program = subject.program});
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    if (failure->kind == Failure::Kind::error) throw NotTried(failure->reason);
    throw std::runtime_error(failure->reason);
  }
  const bool named = subject.traits().kinship == Kinship::named;
  notes.found(Guarantee::unrelated, named ? "yes" : "inherit",
              fmt::format("two unrelated programs, which {}, exchanged {} verified messages",
                          named ? "joined it by name" : "had inherited its descriptors and nothing else",
                          std::get<Measurement>(outcome).verified_messages));
}

}  // namespace ipcbench
