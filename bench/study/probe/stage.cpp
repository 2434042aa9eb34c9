#include "bench/study/probe/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <set>

#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

// What puppets are started with: the object that they inherit, or the reason why there is none.
std::shared_ptr<Trial> create(const Subject& subject, const LinkSpec& spec) {
  subject.remains.add(spec.name);
  try {
    std::shared_ptr<Trial> object = subject.mechanism.try_out(spec);
    subject.remains.add(spec.name, object->address());
    return object;
  } catch (const std::exception& error) {
    throw NotTried(error.what());
  }
}

// The sides, one of which may only wait for the other.
void check_attached(const Puppet& puppet, const PuppetAnswer& answer, Side side) {
  if (!answer.threw()) return;
  throw NotTried(fmt::format("attaching the {}: {}", name_of(side), puppet.describe(answer)));
}

bool joins(const Subject& subject, Cast::Kept kept) {
  return kept == Cast::Kept::by_sides_alone && subject.mechanism.try_join != nullptr;
}

std::set<int> open_descriptors() {
  std::set<int> open;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    open.insert(std::stoi(entry.path().filename()));
  }
  // Without the one that the directory was read by.
  std::erase_if(open, [](int fd) { return fcntl(fd, F_GETFD) < 0; });
  return open;
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

LinkSpec Subject::spec(std::size_t message_bytes, Wait wait) const {
  return {.message_bytes = message_bytes,
          .wait = wait,
          .directory = directory,
          .name = unpredictable_name(),
          .parameters = {},
          .one_process = false};
}

Stage::Stage(const Subject& subject, std::size_t message_bytes, Wait wait)
    : mechanism_(subject.mechanism), spec_(subject.spec(message_bytes, wait)) {
  const std::set<int> before = open_descriptors();
  object_ = create(subject, spec_);
  address_ = object_->address();
  std::ranges::set_difference(open_descriptors(), before, std::back_inserter(descriptors_));
}

Puppet Stage::puppet() const {
  return Puppet([object = object_] { return object; });
}

Puppet Stage::stranger() const {
  return Puppet([this] {
    // What it has inherited nevertheless. Its copy of the object is never used.
    for (const int fd : descriptors_) close(fd);
    return std::shared_ptr<Trial>(mechanism_.try_join(spec_, address_));
  });
}

void Stage::leave() {
  if (mechanism_.traits.kinship == Kinship::kin) object_.reset();
}

// Their numbers stay taken, since the object is going to close them in the end.
void Stage::let_go() {
  leave();
  if (!object_) return;
  const Fd nothing(checked(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null"));
  for (const int fd : descriptors_) checked(dup3(nothing.get(), fd, O_CLOEXEC), "dup3");
}

Cast::Cast(const Subject& subject, std::size_t message_bytes, Wait wait, Kept kept)
    : stage(subject, message_bytes, wait),
      producer(joins(subject, kept) ? stage.stranger() : stage.puppet()),
      consumer(joins(subject, kept) ? stage.stranger() : stage.puppet()) {
  stage.leave();
  attach_both(producer, consumer);
  if (kept == Kept::by_sides_alone) stage.let_go();
}

void attach_both(Puppet& producer, Puppet& consumer) {
  producer.start({.what = PuppetOrder::What::attach, .side = Side::producer});
  consumer.start({.what = PuppetOrder::What::attach, .side = Side::consumer});
  PuppetAnswer produced = producer.answer();
  const PuppetAnswer consumed = consumer.answer();
  // It may have been waiting for the other.
  if (produced.blocked() && consumed.done()) produced = producer.answer();
  check_attached(consumer, consumed, Side::consumer);
  check_attached(producer, produced, Side::producer);
  if (produced.done() && consumed.done()) return;
  throw std::runtime_error(fmt::format("attaching the producer: {}; the consumer: {}",
                                       producer.describe(produced), consumer.describe(consumed)));
}

}  // namespace ipcbench
