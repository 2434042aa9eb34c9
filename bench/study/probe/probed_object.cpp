#include "bench/study/probe/probed_object.hpp"

#include <fmt/format.h>
#include <grp.h>
#include <unistd.h>

#include <filesystem>
#include <set>

#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

void check_attached(const EndOutcome& outcome, Side side) {
  if (outcome.threw()) throw NotTried(fmt::format("attaching the {}: {}", name_of(side), outcome.text));
}

std::set<int> open_descriptors() {
  std::set<int> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    open.insert(std::stoi(entry.path().filename()));
  }
  // The directory's own descriptor is closed by now.
  std::erase_if(open, [](int fd) { return fcntl(fd, F_GETFD) < 0; });
  return open;
}

EndProcess make_end(const Subject& subject, const ProbedObject& object, EndPair::Holders holders) {
  const bool joins = holders == EndPair::Holders::ends_only && subject.mechanism.try_join != nullptr;
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
    : mechanism_(subject.mechanism),
      through_(through),
      spec_{.message_bytes = message_bytes,
            .wait = wait,
            .directory = subject.directory,
            .name = unpredictable_name(),
            .parameters = {},
            .one_process = false} {
  const std::set<int> before = open_descriptors();
  try {
    object_ = through == Through::kernel ? mechanism_.try_bare(spec_) : mechanism_.try_out(spec_);
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
    const auto join = through_ == Through::kernel ? mechanism_.try_join_bare : mechanism_.try_join;
    return std::shared_ptr<Trial>(join(spec_, address_));
  });
}

void ProbedObject::release_inherited() {
  if (mechanism_.traits.kinship == Kinship::kin) object_.reset();
}

// Keeps the descriptor numbers in use, because the object will close them at its end.
void ProbedObject::keep_name_only() {
  release_inherited();
  if (!object_) return;
  const Fd nothing(checked(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null"));
  for (const int fd : descriptors_) checked(dup3(nothing.get(), fd, O_CLOEXEC), "dup3");
}

EndPair::EndPair(const Subject& subject, std::size_t message_bytes, Wait wait, Holders holders)
    : object(subject, message_bytes, wait),
      producer(make_end(subject, object, holders)),
      consumer(make_end(subject, object, holders)) {
  object.release_inherited();
  attach_both(producer, consumer);
  if (holders == Holders::ends_only) object.keep_name_only();
}

void require_root() {
  if (geteuid() != 0) throw NotTried("only root can become another user to try it");
}

void become(uid_t user) {
  if (user == geteuid()) return;
  checked(setresgid(user, user, user), "setresgid");
  checked(setgroups(0, nullptr), "setgroups");
  checked(setresuid(user, user, user), "setresuid");
}

void attach_both(EndProcess& producer, EndProcess& consumer, Through through) {
  consumer.start(EndProcess::Verb::attach, {}, Side::consumer);
  // A program's own connect(2) fails if nobody listens yet; the ends try again.
  EndOutcome consumed{EndOutcome::How::blocked, ""};
  if (through == Through::kernel) consumed = consumer.outcome();
  producer.start(EndProcess::Verb::attach, {}, Side::producer);
  EndOutcome produced = producer.outcome();
  if (consumed.blocked()) consumed = consumer.outcome();
  // The producer may have been waiting for the consumer.
  if (produced.blocked() && consumed.done()) produced = producer.outcome();
  check_attached(consumed, Side::consumer);
  check_attached(produced, Side::producer);
  if (produced.done() && consumed.done()) return;
  throw std::runtime_error(
      fmt::format("attaching the producer: {}; the consumer: {}", produced.text, consumed.text));
}

}  // namespace ipcbench
