// An end that attaches alone: whether it waits for the other end, and can work without it.
#include <sys/stat.h>

#include <array>

#include "bench/study/probe/probes.hpp"
#include "harness/base/in_child.hpp"
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

Alone attach_alone(const Subject& subject, std::size_t bytes, Side side, Through through) {
  const ProbedObject object(subject, bytes, subject.at_once(), through);
  EndProcess end = object.inheriting_end();
  EndProcess later = object.inheriting_end();
  Alone alone{.attached = end.attach(side), .text = "attaches"};
  if (!alone.attached.done()) {
    const char* const other = side == Side::producer ? "waits for the receiver" : "waits for the sender";
    alone.text = alone.attached.blocked() ? other : alone.attached.text;
    return alone;
  }
  if (side == Side::consumer) return alone;
  const EndOutcome sent = end.try_send({.bytes = bytes});
  if (!sent.done() || end.report().messages == 0) {
    alone.text = fmt::format("attaches but cannot send: {}", sent.done() ? "no room" : sent.text);
    return alone;
  }
  if (later.attach(Side::consumer).done()) {
    later.try_receive({.bytes = bytes});
    alone.delivered = later.report().messages == 1 && later.report().in_order;
  }
  alone.text = fmt::format("attaches and sends; a receiver that comes later {} the message",
                           alone.delivered ? "gets" : "does not get");
  return alone;
}

std::string fifo_rules(const Subject& subject) try {
  const std::string path = subject.directory + "/fifo";
  checked(mkfifo(path.c_str(), S_IRUSR | S_IWUSR),
          "cannot make a FIFO (set TMPDIR to a file system that has them)");
  return "; open(2) alone: " + try_opening(path);
} catch (const KernelError& refusal) {
  return fmt::format("; open(2) alone could not be tried: {}", refusal.what());
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
  const std::vector<std::string> ignored{bystander.own_memory(), heir.own_memory()};
  const auto inherited =
      new_objects(held_objects(bystander.pid(), ignored), held_objects(heir.pid(), ignored));
  const auto lost = new_objects(held_objects(program.pid(), ignored), inherited);
  return fmt::format("a child of its creator has {}; of that, a program started afresh has lost {}",
                     fmt::join(inherited, ", "), lost == inherited ? "everything" : "only part");
}

}  // namespace

std::string try_opening(const std::string& path) {
  // Success is 0, because the number of the descriptor says nothing.
  const auto tried = [&](int flags) {
    return describe(attempt([&] { return open(path.c_str(), flags | O_CLOEXEC) < 0 ? -1L : 0L; }));
  };
  constexpr std::array<std::pair<std::string_view, int>, 5> kWays{
      {{"O_RDONLY", O_RDONLY},
       {"O_WRONLY", O_WRONLY},
       {"O_RDONLY|O_NONBLOCK", O_RDONLY | O_NONBLOCK},
       {"O_WRONLY|O_NONBLOCK", O_WRONLY | O_NONBLOCK},
       {"O_RDWR", O_RDWR}}};
  std::string text;
  for (const auto& [how, flags] : kWays) text += fmt::format("{} {}, ", how, tried(flags));
  const Child reader = fork_child(0, [&] {
    if (open(path.c_str(), O_RDONLY | O_CLOEXEC) >= 0) pause();
  });
  return text + fmt::format("O_WRONLY with a reader {}", tried(O_WRONLY));
}

void probe_opening(const Subject& subject, Notebook& notes) {
  const std::size_t bytes = subject.fitting(8);
  const Alone sender = attach_alone(subject, bytes, Side::producer, Through::ends);
  const Alone receiver = attach_alone(subject, bytes, Side::consumer, Through::ends);
  std::string evidence = fmt::format("a sender alone {}; a receiver alone {}", sender.text, receiver.text);
  if (subject.through() == Through::kernel) {
    const Alone bare_sender = attach_alone(subject, bytes, Side::producer, Through::kernel);
    const Alone bare_receiver = attach_alone(subject, bytes, Side::consumer, Through::kernel);
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
  if (subject.traits().made_of == "FIFO") evidence += fifo_rules(subject);
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
