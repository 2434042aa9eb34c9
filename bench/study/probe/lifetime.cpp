// How long an object lives, and where it can be seen.
#include <algorithm>
#include <iterator>

#include "bench/study/probe/probes.hpp"
#include "harness/host/object_lists.hpp"

namespace ipcbench {
namespace {

std::set<std::string> objects_left(const ProbedObject& object) {
  return named_objects(object.spec().name, object.spec().directory, object.address());
}

// Whether two processes that join by the address find the message that the killed sender left behind. `text`
// says what happened.
bool finds_message(const ProbedObject& object, std::string& text) {
  EndProcess producer = object.joining_end();
  EndProcess consumer = object.joining_end();
  try {
    attach_both(producer, consumer);
  } catch (const std::exception& refused) {
    text = fmt::format("others could not join it afterwards ({})", refused.what());
    return false;
  }
  const EndOutcome got =
      consumer.try_receive({.bytes = object.spec().message_bytes, .idle = std::chrono::milliseconds(5)});
  const bool found = got.done() && consumer.report().messages == 1 && consumer.report().in_order;
  text = found ? "others joined it by its address and got the message"
               : "others joined it by its address and did not find the message";
  return found;
}

void lifetime_of_inherited(const Subject& subject, Notebook& notes) {
  const std::size_t bytes = subject.fitting(8);
  EndPair ends(subject, bytes, subject.at_once());
  ends.producer.try_send({.bytes = bytes});
  ends.producer.kill();
  ends.consumer.kill();
  const auto left = objects_left(ends.object);
  notes.found(Guarantee::lifetime, left.empty() ? "process" : "stays",
              fmt::format("it cannot be joined; after all its processes had been killed, {} was left",
                          left.empty() ? "nothing" : fmt::format("{}", fmt::join(left, ", "))));
}

}  // namespace

void probe_lifetime(const Subject& subject, Notebook& notes) {
  if (subject.mechanism.try_join == nullptr) return lifetime_of_inherited(subject, notes);
  const std::size_t bytes = subject.fitting(8);
  EndPair ends(subject, bytes, subject.at_once(), EndPair::Holders::ends_only);
  const EndOutcome sent = ends.producer.try_send({.bytes = bytes});
  if (!sent.done() || ends.producer.report().messages != 1)
    throw std::runtime_error(fmt::format("sending: {}", sent.text));
  ends.producer.kill();
  ends.consumer.kill();
  const auto left = objects_left(ends.object);
  const bool has_file =
      std::ranges::any_of(left, [](const std::string& object) { return object.starts_with("a file"); });
  std::string text;
  const bool found = finds_message(ends.object, text);
  // A token that is gone while its object is still there was lost by the protocol.
  if (kernel_if_shown(subject) == Through::ends && !found && !left.empty()) notes.expect_design();
  notes.found(
      Guarantee::lifetime,
      found          ? has_file ? "file" : "kernel"
      : left.empty() ? "process"
                     : "process, name stays",
      fmt::format("a message was sent, then sender and receiver were killed, and the creator had "
                  "released what it held; left: {}; {}",
                  left.empty() ? "nothing that is listed" : fmt::format("{}", fmt::join(left, ", ")), text));
}

void probe_rights(const Subject& subject, Notebook& notes) {
  if (subject.mechanism.try_join == nullptr)
    throw NotApplicable("it has no name by which another user could find it");
  require_root();
  const std::size_t bytes = subject.fitting(8);
  const ProbedObject object(subject, bytes, subject.at_once(), kernel_if_shown(subject));
  EndProcess ours = object.inheriting_end();
  EndProcess stranger = object.joining_end(kNobody);
  ours.start(EndProcess::Verb::attach, {}, Side::consumer);
  ours.outcome();
  EndOutcome used = stranger.attach(Side::producer);
  if (used.done()) used = stranger.try_send({.bytes = bytes});
  if (used.blocked() || used.how == EndOutcome::How::died) throw std::runtime_error(used.text);
  note_rights(used.done(), used.text, notes);
}

void note_rights(bool used, std::string_view refusal, Notebook& notes) {
  if (used) return notes.found(Guarantee::rights, "yes", fmt::format("user {} used it", kNobody));
  notes.by_design(Guarantee::rights, "no",
                  fmt::format("it was made for its owner only (mode 0600, files in a folder of mode 0700); "
                              "user {}: {}",
                              kNobody, refusal));
}

void probe_visible(const Subject& subject, Notebook& notes) {
  // Has the resources that every helper process has, and nothing else.
  const EndProcess bystander([] { return std::shared_ptr<Trial>(); });
  const EndPair ends(subject, subject.fitting(8), subject.at_once());
  std::set<std::string> seen = objects_left(ends.object);
  std::vector<std::string> ignored;
  for (const EndProcess* process : {&bystander, &ends.producer, &ends.consumer}) {
    std::ranges::move(process->own_resources(), std::back_inserter(ignored));
  }
  const auto common = held_objects(bystander.pid(), ignored);
  for (const EndProcess* process : {&ends.producer, &ends.consumer}) {
    seen.merge(new_objects(common, held_objects(process->pid(), ignored)));
  }
  if (seen.empty()) {
    return notes.found(Guarantee::visible, "nowhere",
                       "it is not in ipcs, /dev/shm, /dev/mqueue and its directory, nor among descriptors, "
                       "mappings, sockets and locks of its processes");
  }
  notes.found(Guarantee::visible, fmt::format("{}", fmt::join(places_of(seen), ", ")),
              fmt::format("in use: {}", fmt::join(seen, ", ")));
}

}  // namespace ipcbench
