// What an end sees when the other side's process is killed.
#include <fmt/format.h>

#include <thread>

#include "bench/study/probe/probes.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::uint64_t kNoEnd = 100'000'000;

std::string after(std::uint64_t since_ns, const PuppetReport& report) {
  const std::uint64_t took_ns = report.end_ns - std::min(report.end_ns, since_ns);
  return format_duration_ns(static_cast<double>(took_ns));
}

// "end of file" is what the ends call it; anything else is an error of the kernel.
std::string error_answer(const PuppetReport& report) {
  if (report.error == 0) return report.text.str().starts_with("end of file") ? "end of file" : "error";
  return (report.sigpipes > 0 ? "SIGPIPE, " : "") + error_name(report.error);
}

PuppetOrder for_messages(PuppetOrder::What what, std::size_t bytes, std::uint64_t messages) {
  return {.what = what, .message_bytes = bytes, .messages = messages};
}

// Without a call that sleeps, the reader can only look.
void look_for_nothing(const Subject& subject, const Notebook& notes) {
  const std::size_t bytes = subject.fitting(8);
  Cast cast(subject, bytes, subject.at_once(), Cast::Kept::by_sides_alone);
  cast.producer.kill();
  const PuppetAnswer answer = cast.consumer.ask(
      {.what = PuppetOrder::What::receive, .message_bytes = bytes, .idle = std::chrono::milliseconds(5)});
  notes.found(Guarantee::writer_gone, answer.threw() ? error_answer(cast.consumer.report()) : "nothing",
              fmt::format("the writer was killed; the reader, which looks without sleeping: {}",
                          answer.done() ? "no message, no error" : cast.consumer.describe(answer)));
}

}  // namespace

void probe_writer_gone(const Subject& subject, const Notebook& notes) {
  if (!subject.can_block()) return look_for_nothing(subject, notes);
  const std::size_t bytes = subject.fitting(8);
  Cast cast(subject, bytes, Wait::block, Cast::Kept::by_sides_alone);
  const PuppetAnswer first = cast.producer.ask(for_messages(PuppetOrder::What::stream, bytes, 1));
  const PuppetAnswer second = cast.consumer.ask(for_messages(PuppetOrder::What::await, bytes, 1));
  if (!first.done() || !second.done()) throw std::runtime_error("no message went through before");
  cast.consumer.start(for_messages(PuppetOrder::What::await, bytes, 1));
  for (int looks = 0; looks < 100 && !is_asleep(cast.consumer.pid()); ++looks) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  const std::uint64_t killed_ns = now_ns();
  cast.producer.kill();
  const PuppetAnswer answer = cast.consumer.answer();
  const PuppetReport& report = cast.consumer.report();
  if (answer.how == PuppetAnswer::How::died) throw std::runtime_error(cast.consumer.describe(answer));
  if (answer.blocked()) {
    return notes.found(Guarantee::writer_gone, "waits on",
                       "the writer was killed while the reader waited: it was told nothing and waits on");
  }
  // Locks that pass tokens are freed with their holder.
  const std::string what =
      answer.done() ? "it got a message that nobody had sent" : cast.consumer.describe(answer);
  notes.found(Guarantee::writer_gone, answer.done() ? "false token" : error_answer(report),
              fmt::format("the writer was killed while the reader waited: {}, {} later", what,
                          after(killed_ns, report)));
}

void probe_reader_gone(const Subject& subject, const Notebook& notes) {
  const std::size_t bytes = subject.fitting(4096);
  const bool sleeps = subject.can_block();
  Cast cast(subject, bytes, sleeps ? Wait::block : subject.at_once(), Cast::Kept::by_sides_alone);
  // So that it is full, or the writer busy, when the reader goes.
  cast.producer.start({.what = sleeps ? PuppetOrder::What::stream : PuppetOrder::What::send,
                       .message_bytes = bytes,
                       .messages = kNoEnd,
                       .limit = std::chrono::milliseconds(60)});
  std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const std::uint64_t before = cast.producer.report().messages;
  const std::uint64_t killed_ns = now_ns();
  cast.consumer.kill();
  const PuppetAnswer answer = cast.producer.answer();
  const PuppetReport& report = cast.producer.report();
  const std::string evidence =
      fmt::format("the reader was killed after {} that it had not read: ", counted(before, "message"));
  if (answer.threw()) {
    return notes.found(Guarantee::reader_gone, error_answer(report),
                       fmt::format("{}{}, {} later", evidence, report.text.str(), after(killed_ns, report)));
  }
  if (answer.blocked() || (answer.done() && report.full)) {
    return notes.found(Guarantee::reader_gone, answer.blocked() ? "blocks" : "full",
                       fmt::format("{}the writer, for whom it was full, was told nothing", evidence));
  }
  if (!answer.done()) throw std::runtime_error(cast.producer.describe(answer));
  notes.found(Guarantee::reader_gone, "nothing",
              fmt::format("{}the writer went on, {} in all, and was told nothing", evidence,
                          counted(report.messages, "message")));
}

}  // namespace ipcbench
