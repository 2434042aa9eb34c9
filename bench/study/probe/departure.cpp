// Observes what an end sees when the process at the other end is killed.
#include <thread>

#include "bench/study/probe/probes.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

using Verb = EndProcess::Verb;

constexpr std::uint64_t kNoEnd = 100'000'000;

std::string time_after(std::uint64_t since_ns, const EndReport& report) {
  return format_duration_ns(static_cast<double>(report.end_ns - std::min(report.end_ns, since_ns)));
}

// The ends report "end of file" themselves; every other error comes from the kernel.
std::string error_answer(const EndReport& report) {
  if (report.error == 0) return report.text.str().starts_with("end of file") ? "end of file" : "error";
  return (report.sigpipes > 0 ? "SIGPIPE, " : "") + error_name(report.error);
}

// So that the reader waits already when the writer is killed.
void let_wait(EndPair& ends, const Messages& one) {
  ends.producer.start(Verb::send, one);  // some return only when the message has been taken
  ends.consumer.receive(one).require_done("receiving");
  ends.producer.outcome().require_done("sending");
  ends.consumer.start(Verb::receive, one);
  for (int looks = 0; looks < 100 && !is_asleep(ends.consumer.pid()); ++looks)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

// False: within `limit` the writer hardly went on after the reader's death, so that nothing can be said.
bool watch_reader_go(const Subject& subject, Notebook& notes, std::chrono::milliseconds limit) {
  constexpr std::uint64_t kEnoughToBeTold = 100;
  const std::size_t bytes = subject.fitting(4096);
  EndPair ends(subject, bytes, subject.blocking_if_possible(), EndPair::Holders::ends_only);
  // When the reader dies, the object is full or the writer is busy.
  ends.producer.start(subject.can_block() ? Verb::send : Verb::try_send,
                      {.bytes = bytes, .count = kNoEnd, .limit = limit});
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const EndReport& report = ends.producer.report();
  const std::uint64_t before = report.messages;
  const std::uint64_t killed_ns = now_ns();
  ends.consumer.kill();
  const EndOutcome outcome = ends.producer.outcome();
  const std::string evidence =
      fmt::format("the reader was killed after {} that it had not read: ", counted(before, "message"));
  if (outcome.threw()) {
    notes.found(Guarantee::reader_gone, error_answer(report),
                fmt::format("{}{}, {} later", evidence, outcome.text, time_after(killed_ns, report)));
    return true;
  }
  if (outcome.blocked() || (outcome.done() && report.full)) {
    notes.found(Guarantee::reader_gone, outcome.blocked() ? "blocks" : "full",
                evidence + "the writer, which had no room, was told nothing");
    return true;
  }
  if (!outcome.done()) throw std::runtime_error(outcome.text);
  if (report.messages < before + kEnoughToBeTold) return false;
  notes.found(Guarantee::reader_gone, "nothing",
              fmt::format("{}the writer continued, {} in all, and was told nothing", evidence,
                          counted(report.messages, "message")));
  return true;
}

}  // namespace

void probe_writer_gone(const Subject& subject, Notebook& notes) {
  const Messages one{.bytes = subject.fitting(8)};
  const bool waits = subject.can_block();
  EndPair ends(subject, one.bytes, subject.blocking_if_possible(), EndPair::Holders::ends_only);
  if (waits) let_wait(ends, one);
  const std::uint64_t killed_ns = now_ns();
  ends.producer.kill();
  if (!waits) ends.consumer.start(Verb::try_receive, one);
  const EndOutcome outcome = ends.consumer.outcome();
  const EndReport& report = ends.consumer.report();
  const std::string killed = waits ? "the writer was killed while the reader waited: "
                                   : "the writer was killed; the reader, which looks without sleeping: ";
  if (outcome.how == EndOutcome::How::died) throw std::runtime_error(outcome.text);
  if (outcome.blocked())
    notes.found(Guarantee::writer_gone, "keeps waiting", killed + "it was told nothing and keeps waiting");
  else if (outcome.threw())
    notes.found(Guarantee::writer_gone, error_answer(report),
                fmt::format("{}{}, {} later", killed, outcome.text, time_after(killed_ns, report)));
  else if (!waits)
    notes.found(Guarantee::writer_gone, "nothing", killed + "it was told nothing");
  else  // locks that pass tokens are freed when their holder dies
    notes.found(Guarantee::writer_gone, "false token", killed + "it got a message that nobody had sent");
}

void probe_reader_gone(const Subject& subject, Notebook& notes) {
  using std::chrono::milliseconds;
  if (watch_reader_go(subject, notes, milliseconds(60))) return;
  if (watch_reader_go(subject, notes, milliseconds(2000))) return;
  throw std::runtime_error("the writer sent too little after the reader's death to be told of it");
}

}  // namespace ipcbench
