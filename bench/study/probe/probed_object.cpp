#include "bench/study/probe/probed_object.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include <filesystem>

#include "harness/base/unpredictable.hpp"
#include "harness/host/object_lists.hpp"

namespace ipcbench {
namespace {

std::set<int> open_descriptors() {
  std::set<int> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    open.insert(std::stoi(entry.path().filename()));
  }
  // The directory's own descriptor is closed by now.
  std::erase_if(open, [](int fd) { return fcntl(fd, F_GETFD) < 0; });
  return open;
}

std::shared_ptr<Trial> create(const Subject& subject, const LinkSpec& spec, Through through) {
  const MechanismEntry& mechanism = subject.mechanism;
  if (subject.of_bytes) return std::make_shared<RawTrial>(mechanism.raw.create(spec, RawTrial::kBytes));
  return through == Through::kernel ? mechanism.try_bare(spec) : mechanism.try_out(spec);
}

std::shared_ptr<Trial> join(const Subject& subject, const LinkSpec& spec, const std::string& address,
                            Through through) {
  const MechanismEntry& mechanism = subject.mechanism;
  if (subject.of_bytes) return std::make_shared<RawTrial>(mechanism.raw.join(address, RawTrial::kBytes));
  return (through == Through::kernel ? mechanism.try_join_bare : mechanism.try_join)(spec, address);
}

void become(uid_t user) {
  if (user == geteuid()) return;
  checked(setresgid(user, user, user), "setresgid");
  checked(setgroups(0, nullptr), "setgroups");
  checked(setresuid(user, user, user), "setresuid");
}

EndProcess make_end(const Subject& subject, const ProbedObject& object, EndPair::Holders holders) {
  const bool joins = holders == EndPair::Holders::ends_only && subject.is_named();
  return joins ? object.joining_end() : object.inheriting_end();
}

}  // namespace

std::size_t Subject::most_bytes() const {
  return std::min(traits().max_message_bytes, mechanism.message_limit({}).bytes);
}

std::size_t Subject::fitting(std::size_t wanted_bytes) const {
  const std::size_t most = most_bytes();
  if (most < traits().min_message_bytes) {
    throw NotTried(fmt::format("no message is short enough for it: at most {} bytes; {}", most,
                               mechanism.message_limit({}).remedy));
  }
  return std::clamp(wanted_bytes, traits().min_message_bytes, most);
}

Wait Subject::at_once() const {
  for (const Wait wait : {Wait::spin, Wait::adaptive, Wait::poll}) {
    if (traits().waits.contains(wait)) return wait;
  }
  throw NotTried("all its calls may sleep");
}

ProbedObject::ProbedObject(const Subject& subject, std::size_t message_bytes, Wait wait, Through through)
    : subject_(subject),
      through_(through),
      spec_{.message_bytes = message_bytes,
            .wait = wait,
            .directory = subject.directory,
            .name = unpredictable_name(),
            .parameters = {},
            .one_process = false,
            .mechanism = std::string(subject.mechanism.traits.name)} {
  const std::set<int> before = open_descriptors();
  try {
    object_ = create(subject, spec_, through);
  } catch (const std::exception& error) {
    throw NotTried(error.what());
  }
  address_ = object_->address();
  std::ranges::set_difference(open_descriptors(), before, std::back_inserter(descriptors_));
}

EndProcess ProbedObject::inheriting_end() const {
  return EndProcess([object = object_] { return object; });
}

EndProcess ProbedObject::joining_end(uid_t user) const {
  return EndProcess([this, user] {
    // Inherited by fork; the copy of the object is never used.
    for (const int fd : descriptors_) close(fd);
    become(user);
    return join(subject_, spec_, address_, through_);
  });
}

void ProbedObject::release_inherited() {
  if (subject_.traits().kinship != Kinship::named) object_.reset();
}

// Keeps the descriptor numbers in use, because the object will close them at its end.
void ProbedObject::keep_name_only() {
  release_inherited();
  if (!object_) return;
  const Fd nothing(checked(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null"));
  for (const int fd : descriptors_) checked(dup3(nothing.get(), fd, O_CLOEXEC), "dup3");
}

std::set<std::string> ProbedObject::listed() const {
  return named_objects(spec_.name, spec_.directory, address_);
}

EndPair::EndPair(const Subject& subject, std::size_t message_bytes, Wait wait, Holders holders)
    : object(subject, message_bytes, wait),
      producer(make_end(subject, object, holders)),
      consumer(make_end(subject, object, holders)) {
  object.release_inherited();
  attach_both(producer, consumer);
  if (holders == Holders::ends_only) object.keep_name_only();
}

void attach_both(EndProcess& producer, EndProcess& consumer, Through through) {
  consumer.start(EndProcess::Verb::attach, {}, Side::consumer);
  // A program's own connect(2) fails if nobody listens yet; the ends try again.
  EndOutcome consumed{EndOutcome::How::blocked, "blocked"};
  if (through == Through::kernel) consumed = consumer.outcome();
  producer.start(EndProcess::Verb::attach, {}, Side::producer);
  EndOutcome produced = producer.outcome();
  if (consumed.blocked()) consumed = consumer.outcome();
  // The producer may have been waiting for the consumer.
  if (produced.blocked() && consumed.done()) produced = producer.outcome();
  produced.require_done("attaching the producer");
  consumed.require_done("attaching the consumer");
}

}  // namespace ipcbench
