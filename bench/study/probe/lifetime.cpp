// How long an object lives, and where it shows.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>

#include "bench/study/probe/probes.hpp"
#include "bench/study/probe/visible.hpp"

namespace ipcbench {
namespace {

constexpr std::chrono::milliseconds kLifetimeIdle{5};

// Whether two that join by the address find the message that the dead have sent; what happened, in words.
bool finds_message(const Stage& stage, std::string& text) {
  Puppet producer = stage.stranger();
  Puppet consumer = stage.stranger();
  try {
    attach_both(producer, consumer);
  } catch (const std::exception& refused) {
    text = fmt::format("others could not join it afterwards ({})", refused.what());
    return false;
  }
  const PuppetAnswer got = consumer.ask({.what = PuppetOrder::What::receive,
                                         .message_bytes = stage.spec().message_bytes,
                                         .idle = kLifetimeIdle});
  const bool found = got.done() && consumer.report().messages == 1 && consumer.report().in_order;
  text = found ? "others joined it by its address and got the message"
               : "others joined it by its address and did not find the message";
  return found;
}

void lifetime_of_kin(const Subject& subject, const Notebook& notes) {
  const std::size_t bytes = subject.fitting(8);
  Cast cast(subject, bytes, subject.at_once());
  cast.producer.ask({.what = PuppetOrder::What::send, .message_bytes = bytes});
  cast.producer.kill();
  cast.consumer.kill();
  const auto left = named_objects(cast.stage.spec(), cast.stage.address());
  notes.found(Guarantee::lifetime, left.empty() ? "process" : "stays",
              fmt::format("it cannot be joined; when all its processes had been killed, {}",
                          left.empty() ? "nothing of it was left"
                                       : fmt::format("there was left: {}", fmt::join(left, ", "))));
}

bool has_file(const std::set<std::string>& objects) {
  return std::ranges::any_of(objects, [](const std::string& object) { return object.starts_with("a file"); });
}

}  // namespace

void probe_lifetime(const Subject& subject, const Notebook& notes) {
  if (subject.mechanism.try_join == nullptr) return lifetime_of_kin(subject, notes);
  const std::size_t bytes = subject.fitting(8);
  Cast cast(subject, bytes, subject.at_once(), Cast::Kept::by_sides_alone);
  const PuppetAnswer sent = cast.producer.ask({.what = PuppetOrder::What::send, .message_bytes = bytes});
  if (!sent.done() || cast.producer.report().messages != 1) {
    throw std::runtime_error(fmt::format("sending: {}", cast.producer.describe(sent)));
  }
  cast.producer.kill();
  cast.consumer.kill();
  const auto left = named_objects(cast.stage.spec(), cast.stage.address());
  std::string text;
  const bool found = finds_message(cast.stage, text);
  const char* const kept = has_file(left) ? "file" : "kernel";
  notes.found(
      Guarantee::lifetime,
      found          ? kept
      : left.empty() ? "process"
                     : "process, name stays",
      fmt::format("a message was sent, sender and receiver were killed, and the creator had let go of what "
                  "it held; left: {}; {}",
                  left.empty() ? "nothing that is listed" : fmt::format("{}", fmt::join(left, ", ")), text));
}

void probe_visible(const Subject& subject, const Notebook& notes) {
  const Puppet bystander([] { return std::shared_ptr<Trial>(); });
  const Cast cast(subject, subject.fitting(8), subject.at_once());
  std::set<std::string> seen = named_objects(cast.stage.spec(), cast.stage.address());
  std::vector<std::string> equipment;
  for (const Puppet* puppet : {&bystander, &cast.producer, &cast.consumer}) {
    std::ranges::move(puppet->equipment(), std::back_inserter(equipment));
  }
  const auto held_before = held_objects(bystander.pid(), equipment);
  for (const Puppet* puppet : {&cast.producer, &cast.consumer}) {
    seen.merge(new_objects(held_before, held_objects(puppet->pid(), equipment)));
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
