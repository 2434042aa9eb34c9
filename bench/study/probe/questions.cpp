// What each question of the probes means, how it is tried, and how to read the answers.
#include <fmt/format.h>

#include <algorithm>

#include "bench/study/probe/finding.hpp"
#include "harness/base/text_layout.hpp"

namespace ipcbench {

namespace {

constexpr auto kQuestions = [] {
  using enum Guarantee;
  return std::array{
      ProbeQuestion{
          unrelated, "open to\nstrangers?", "Two programs that were started apart exchange messages.",
          "yes: they find it by its name. inherit: they have to inherit its descriptor. no: only forked "
          "children have it."},
      ProbeQuestion{
          connection, "needs a\nconnection?", "Each side is attached alone, and the sender sends.",
          "yes: a side waits for the other. peer first: it does not wait, but what it sends is lost. no: "
          "a receiver that comes later gets the message."},
      ProbeQuestion{opening, "what if an end\nis alone?", "Each side is attached while the other is absent.",
                    "goes on, writer waits, reader waits, both wait, or fails."},
      ProbeQuestion{
          duplex, "both ways\nover one?",
          "The receiver answers over the same object, and the sender looks for its own message.",
          "yes. yes, shared: both ways share one buffer, so a sender can take its own message. no: the "
          "kernel refuses, or (*) the protocol has one way only."},
      ProbeQuestion{boundaries, "keeps messages\napart?",
                    "Two short messages wait while the receiver asks for the bytes of both.",
                    "yes: it gets one. no: it gets both joined."},
      ProbeQuestion{order, "in the order\nof sending?", "Numbered messages fill it, and are received.",
                    "yes, or no."},
      ProbeQuestion{reliable, "all that it\ntook arrive?",
                    "It is filled while nobody reads, then emptied; what was accepted is counted.",
                    "yes, or no."},
      ProbeQuestion{
          when_full, "what if\nit is full?", "It is filled while nobody reads.",
          "blocks: a sender sleeps until there is room. refuses: it is told. drops: the message is lost. "
          "overwrites: an earlier one is. never: it took millions. fails: an error."},
      ProbeQuestion{capacity, "holds how\nmuch?",
                    "It is filled three times with messages of 1 byte to 64 KiB while nobody reads.",
                    "The most that it took; a range if the three differ; > if the sender gave up first."},
      ProbeQuestion{largest, "longest\nmessage?", "A message of the limit, and one of a byte more.",
                    "any: 16 MiB went through and no limit is known. no bytes: tokens only."},
      ProbeQuestion{
          senders, "several senders'\nmessages whole?",
          "Four processes send at once, each its own letter; the receiver looks for mixed messages. Of "
          "bytes: two store, a third looks.",
          "whole, or whole to a length: longer ones were seen mixed. one only: its protocol allows one."},
      ProbeQuestion{updates, "updates at\nonce all kept?",
                    "Two processes add 1 to one number, as `++number` does, and the sum is compared.",
                    "no: some were lost. none seen lost: that proves nothing."},
      ProbeQuestion{priorities, "can a message\novertake?",
                    "Messages of four priorities, or types, wait in a queue of its kind.", "yes, or no."},
      ProbeQuestion{selection, "can a receiver\nchoose?", "The same, asked for by type.", "yes, or no."},
      ProbeQuestion{
          writer_gone, "the last writer\nis killed?", "It is killed while the reader waits.",
          "What the reader sees: end of file, an error, a message that nobody sent (false token), or "
          "nothing."},
      ProbeQuestion{reader_gone, "the last reader\nis killed?", "It is killed while the writer writes.",
                    "What the writer sees: an error, a full object, a call that does not return (blocks), or "
                    "nothing."},
      ProbeQuestion{holder_crash, "the holder\nis killed?",
                    "A process takes a lock of its kind and is killed.", "freed, told, or held for ever."},
      ProbeQuestion{
          lifetime, "lives as\nlong as?", "Sender, receiver and creator are killed or let go of it.",
          "process: it is gone. kernel: others found it with its content. file: as a file. name stays: "
          "an empty name is left."},
      ProbeQuestion{rights, "open to\nanother user?", "As root: user 65534, who knows its name, uses it.",
                    "no*: because it was made with mode 0600. yes: it has no rights."},
      ProbeQuestion{visible, "seen\nwhere?", "The kernel's lists are compared while it is in use.",
                    "The lists."},
      ProbeQuestion{limits, "which\nlimits?", "The kernel is asked for its limits.",
                    "What raises the limit on a message's length."},
  };
}();
static_assert(kQuestions.size() == kAxis<Guarantee>.size());

}  // namespace

std::span<const ProbeQuestion> probe_questions() { return kQuestions; }

const ProbeQuestion& question_of(Guarantee guarantee) {
  return *std::ranges::find(probe_questions(), guarantee, &ProbeQuestion::guarantee);
}

std::string explained(const ProbeQuestion& question) {
  const auto& axis = *std::ranges::find(kAxis<Guarantee>, question.guarantee, &AxisValue<Guarantee>::value);
  std::string heading(question.heading);
  std::ranges::replace(heading, '\n', ' ');
  return fmt::format("{} (--json: {})\n{}{}{}\n", heading, axis.name,
                     wrap_paragraph("  asks:    ", axis.label), wrap_paragraph("  tried:   ", question.tried),
                     wrap_paragraph("  answers: ", question.answers));
}

}  // namespace ipcbench
