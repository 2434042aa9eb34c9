// How long an object lives, and where it can be seen.
#include <algorithm>

#include "bench/study/probe/probes.hpp"
#include "harness/host/object_lists.hpp"

namespace ipcbench {
namespace {

// Whether two processes that join by the address find the message that the
// killed sender left behind. `text` says what happened.
bool finds_message(const ProbedObject &object, std::size_t bytes, std::string &text) {
  EndProcess producer = object.joining_end();
  EndProcess consumer = object.joining_end();
  try {
    attach_both(producer, consumer);
  } catch (const std::exception &refused) {
    text = fmt::format("others could not join it afterwards ({})", refused.what());
    return false;
  }
  const EndOutcome got = consumer.try_receive({.bytes = bytes});
  const bool found = got.done() && consumer.report().messages == 1 && consumer.report().in_order;
  text = found ? "others joined it by its address and got the message"
               : "others joined it by its address and did not find the message";
  return found;
}

}  // namespace

void probe_lifetime(const Subject &subject, Notebook &notes) {
  const std::size_t bytes = subject.fitting(8);
  EndPair ends(subject, bytes, subject.at_once(), EndPair::Holders::ends_only);
  ends.producer.try_send({.bytes = bytes}).require_done("sending");
  ends.producer.kill();
  ends.consumer.kill();
  const auto left = ends.object.listed();
  const bool has_file =
      std::ranges::any_of(left, [](const std::string &object) { return object.starts_with("a file"); });
  std::string text = "it cannot be joined";
  const bool found = subject.is_named() && finds_message(ends.object, bytes, text);
  // A token that is gone while its object is still there was lost by the
  // protocol.
  if (subject.through() == Through::ends && !found && !left.empty()) notes.expect_design();
  notes.found(
      Guarantee::lifetime,
      found          ? has_file ? "file" : "kernel"
      : left.empty() ? "process"
                     : "process, name stays",
      fmt::format("a message was sent, then sender and receiver were "
                  "killed, and the creator had "
                  "released what it held; left: {}; {}",
                  left.empty() ? "nothing that is listed" : fmt::format("{}", fmt::join(left, ", ")), text));
}

void probe_rights(const Subject &subject, Notebook &notes) {
  if (!subject.is_named()) throw NotApplicable("it has no name by which another user could find it");
  if (geteuid() != 0) throw NotTried("only root can become another user to try it");
  const std::size_t bytes = subject.fitting(8);
  const ProbedObject object(subject, bytes, subject.at_once(), subject.through());
  EndProcess ours = object.inheriting_end();
  EndProcess stranger = object.joining_end(kNobody);
  ours.start(EndProcess::Verb::attach, {}, Side::consumer);
  ours.outcome();
  const auto refused = [&](std::string_view how) {
    notes.expect_design();
    notes.found(Guarantee::rights, "no",
                fmt::format("it was made for its owner only (mode 0600, files "
                            "in a folder of mode 0700); "
                            "user {}: {}",
                            kNobody, how));
  };
  try {
    const EndOutcome attached = stranger.attach(Side::producer);
    // A library that tries again and again says nothing.
    if (attached.blocked()) return refused("waits to be let in");
    attached.require_done("attaching");
    stranger.try_send({.bytes = bytes}).require_done("sending");
    notes.found(Guarantee::rights, "yes", fmt::format("user {} used it", kNobody));
  } catch (const NotTried &refusal) {
    refused(refusal.what());
  }
}

void probe_visible(const Subject &subject, Notebook &notes) {
  // Has the resources that every helper process has, and nothing else.
  const EndProcess bystander([] { return std::shared_ptr<Trial>(); });
  const EndPair ends(subject, subject.fitting(8), subject.at_once());
  const std::vector<std::string> ignored{bystander.own_memory(), ends.producer.own_memory(),
                                         ends.consumer.own_memory()};
  const auto common = held_objects(bystander.pid(), ignored);
  std::set<std::string> seen = ends.object.listed();
  for (const EndProcess *process : {&ends.producer, &ends.consumer})
    seen.merge(new_objects(common, held_objects(process->pid(), ignored)));
  if (seen.empty()) {
    return notes.found(Guarantee::visible, "nowhere",
                       "it is not in ipcs, /dev/shm, /dev/mqueue and its "
                       "directory, nor among descriptors, "
                       "mappings, sockets and locks of its processes");
  }
  notes.found(Guarantee::visible, fmt::format("{}", fmt::join(places_of(seen), ", ")),
              fmt::format("in use: {}", fmt::join(seen, ", ")));
}

}  // namespace ipcbench
