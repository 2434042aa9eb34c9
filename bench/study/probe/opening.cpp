// Coming alone: does an end wait for the other, and can it work without?
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "bench/study/experiments/fifo_opening.hpp"
#include "bench/study/probe/probes.hpp"
#include "bench/study/probe/visible.hpp"
#include "harness/base/child.hpp"
#include "harness/launch/process_pair.hpp"
#include "harness/launch/skip.hpp"

namespace ipcbench {
namespace {

constexpr std::chrono::milliseconds kOpeningIdle{5};

// What becomes of the first message of a sender without a receiver.
struct Alone {
  PuppetAnswer attached;
  std::string text;
  bool delivered = false;  // to a receiver that came later
  bool refused = false;
};

Alone sender_alone(const Subject& subject, std::size_t bytes) {
  Stage stage(subject, bytes, subject.at_once());
  Puppet producer = stage.puppet();
  Puppet consumer = stage.puppet();
  Alone alone{.attached = producer.ask({.what = PuppetOrder::What::attach, .side = Side::producer}),
              .text = {}};
  if (!alone.attached.done()) {
    alone.text = alone.attached.blocked() ? "waits for the receiver" : producer.describe(alone.attached);
    return alone;
  }
  const PuppetAnswer sent = producer.ask({.what = PuppetOrder::What::send, .message_bytes = bytes});
  alone.refused = !sent.done() || producer.report().messages == 0;
  if (alone.refused) {
    alone.text =
        fmt::format("attaches, and cannot send: {}", sent.done() ? "no room" : producer.describe(sent));
    return alone;
  }
  const PuppetAnswer came = consumer.ask({.what = PuppetOrder::What::attach, .side = Side::consumer});
  if (came.done())
    consumer.ask({.what = PuppetOrder::What::receive, .message_bytes = bytes, .idle = kOpeningIdle});
  alone.delivered = came.done() && consumer.report().messages == 1;
  alone.text = fmt::format("attaches and sends; a receiver that comes later {} the message",
                           alone.delivered ? "gets" : "does not get");
  return alone;
}

PuppetAnswer receiver_alone(const Subject& subject, std::size_t bytes, std::string& text) {
  Stage stage(subject, bytes, subject.at_once());
  Puppet consumer = stage.puppet();
  const PuppetAnswer attached = consumer.ask({.what = PuppetOrder::What::attach, .side = Side::consumer});
  text = attached.done()      ? "attaches"
         : attached.blocked() ? "waits for the sender"
                              : consumer.describe(attached);
  return attached;
}

std::string fifo_rules() {
  const FifoOpening found = fifo_opening();
  return fmt::format(
      "; open(2) alone: O_RDONLY {}, O_WRONLY {}, O_RDONLY|O_NONBLOCK {}, O_WRONLY|O_NONBLOCK {}, O_RDWR {}; "
      "O_WRONLY with a reader there {}",
      describe(found.read_only), describe(found.write_only), describe(found.read_nonblocking),
      describe(found.write_nonblocking), describe(found.read_write), describe(found.write_with_reader));
}

Cell exec_cell(const Subject& subject) {
  Cell cell;
  cell.mechanism = subject.traits().name;
  cell.size_bytes = subject.fitting(64);
  cell.wait = subject.can_block() ? Wait::block : subject.at_once();
  cell.peers = Peers::exec;
  return cell;
}

// Of what a child of the creator has of an object, what is left to a program that is started from there.
std::string what_a_program_has(const Subject& subject, const Cell& cell) {
  const Puppet bystander([] { return std::shared_ptr<Trial>(); });
  const Stage stage(subject, cell.size_bytes, cell.wait);
  const Puppet heir = stage.puppet();
  const Child program = exec_child(0, "/bin/sleep", {"60"}, {});
  std::vector<std::string> equipment = bystander.equipment();
  std::ranges::move(heir.equipment(), std::back_inserter(equipment));
  const auto inherited =
      new_objects(held_objects(bystander.pid(), equipment), held_objects(heir.pid(), equipment));
  const auto lost = new_objects(held_objects(program.pid(), equipment), inherited);
  return fmt::format("a child of its creator has {}; of that, a program started afresh has lost {}",
                     fmt::join(inherited, ", "), lost == inherited ? "everything" : "not all");
}

}  // namespace

void probe_opening(const Subject& subject, const Notebook& notes) {
  const std::size_t bytes = subject.fitting(8);
  const Alone sender = sender_alone(subject, bytes);
  std::string receiver_text;
  const PuppetAnswer receiver = receiver_alone(subject, bytes, receiver_text);
  std::string evidence = fmt::format("a sender alone {}; a receiver alone {}", sender.text, receiver_text);
  const bool sender_waits = sender.attached.blocked();
  const bool receiver_waits = receiver.blocked();
  notes.found(Guarantee::connection,
              sender_waits || receiver_waits ? "yes"
              : sender.delivered             ? "no"
                                             : "peer first",
              evidence);
  if (subject.traits().name == "fifo") evidence += fifo_rules();
  notes.found(Guarantee::opening,
              sender_waits && receiver_waits                ? "both wait"
              : sender_waits                                ? "writer waits"
              : receiver_waits                              ? "reader waits"
              : !sender.attached.done() || !receiver.done() ? "fails"
                                                            : "goes on",
              evidence);
}

void probe_unrelated(const Subject& subject, const Notebook& notes) {
  const Cell cell = exec_cell(subject);
  if (const auto reason = why_skipped(cell)) {
    return notes.found(Guarantee::unrelated, "no",
                       fmt::format("{}; {}", *reason, what_a_program_has(subject, cell)));
  }
  const LaunchOutcome outcome = launch(cell, {.placement = {},
                                              .warm_up = std::chrono::milliseconds(1),
                                              .timed = std::chrono::milliseconds(2),
                                              .time_limit = std::chrono::seconds(4),
                                              .program = subject.program});
  if (const auto* failure = std::get_if<Failure>(&outcome)) {
    if (failure->kind == Failure::Kind::error) throw NotTried(failure->reason);
    throw std::runtime_error(failure->reason);
  }
  const bool named = subject.traits().kinship == Kinship::named;
  notes.found(Guarantee::unrelated, named ? "yes" : "inherit",
              fmt::format("two programs started afresh, which {}, exchanged {} verified messages",
                          named ? "joined it by name" : "had inherited its descriptors and nothing else",
                          std::get<Measurement>(outcome).verified_messages));
}

}  // namespace ipcbench
