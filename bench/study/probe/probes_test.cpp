// Every probe on mechanisms that answer in opposite ways: our own, and faulty ones where all of ours agree.
// The expected answers come from the manual pages that the mechanisms' files cite.
#include "bench/study/probe/probes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "bench/testing/faulty_mechanisms.hpp"
#include "harness/cleanup/run_directory.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

ProbeOptions usual_options() { return {.program = IPCBENCH_PROGRAM}; }

ProbeFinding answer(Guarantee guarantee, const MechanismEntry& mechanism,
                    const ProbeOptions& options = usual_options()) {
  const auto probe = std::ranges::find_if(probes(), [&](const Probe& candidate) {
    return std::ranges::find(candidate.about, guarantee) != candidate.about.end();
  });
  const SharedMapping memory(-1, sizeof(Notebook));
  Notebook& notes = *new (memory.data()) Notebook;
  run_probe(*probe, mechanism, options, notes);
  return notes.about(guarantee);
}

// Uses a mechanism that every Linux has.
ProbeFinding answer(Guarantee guarantee, std::string_view name) {
  return answer(guarantee, *find_mechanism(name));
}

ProbeFinding answer_with(const PlannedDeed& plan, Guarantee guarantee,
                         const ProbeOptions& options = usual_options()) {
  return answer(guarantee, testing::faulty_pair(plan), options);
}

std::string text(const ProbeFinding& finding) {
  return std::string(name_of(finding.state)) + ": " + finding.answer + ": " + finding.evidence;
}

#define EXPECT_STATE(finding, expected_state, expected)                     \
  do {                                                                      \
    const ProbeFinding& got = finding;                                      \
    EXPECT_EQ(got.state, ProbeFinding::State::expected_state) << text(got); \
    EXPECT_EQ(got.answer, expected) << text(got);                           \
  } while (false)
#define EXPECT_ANSWER(finding, expected) EXPECT_STATE(finding, found, expected)
// Of a protocol on the kernel's object, as all mechanisms for tests have it.
#define EXPECT_DESIGN(finding, expected) EXPECT_STATE(finding, by_design, expected)

TEST(Probe, UnrelatedProcesses) {
  EXPECT_ANSWER(answer(Guarantee::unrelated, "fifo"), "yes");
  EXPECT_ANSWER(answer(Guarantee::unrelated, "pipe"), "inherit");
  EXPECT_ANSWER(answer(Guarantee::unrelated, "anon_mmap_ring"), "no");
  EXPECT_THAT(answer(Guarantee::unrelated, "anon_mmap_ring").evidence,
              HasSubstr("a program started afresh has lost everything"));
}

TEST(Probe, ConnectionAndOpening) {
  const ProbeFinding stream = answer(Guarantee::connection, "unix_stream");
  EXPECT_DESIGN(stream, "yes");
  EXPECT_THAT(stream.evidence, HasSubstr("with the kernel's calls alone, a sender connect: No such file"));
  EXPECT_ANSWER(answer(Guarantee::connection, "pipe"), "no");
  EXPECT_ANSWER(answer(Guarantee::opening, "fifo"), "both wait");
  EXPECT_ANSWER(answer(Guarantee::opening, "pipe"), "goes on");
  const ProbeFinding rules = answer(Guarantee::opening, "fifo");
  EXPECT_THAT(rules.evidence, HasSubstr("O_WRONLY|O_NONBLOCK failed with ENXIO"));
}

// Catches an adapter's design that passes for the kernel's: one way of a ring, two ways of a queue.
TEST(Probe, BothWays) {
  EXPECT_ANSWER(answer(Guarantee::duplex, "socketpair"), "yes");
  EXPECT_ANSWER(answer(Guarantee::duplex, "unix_datagram"), "yes");
  EXPECT_ANSWER(answer(Guarantee::duplex, "sysv_queue"), "yes, shared");
  const ProbeFinding pipe = answer(Guarantee::duplex, "pipe");
  EXPECT_ANSWER(pipe, "no");
  EXPECT_THAT(pipe.evidence, HasSubstr("back over the same object was refused (write: Bad file descriptor"));
  EXPECT_DESIGN(answer(Guarantee::duplex, "anon_mmap_ring"), "no");
}

// Catches an object that a mechanism shows and that passes nothing.
TEST(Probe, EveryObjectThatIsShownPassesAMessage) {
  for (const MechanismEntry& mechanism : mechanisms()) {
    if (mechanism.try_bare == nullptr || mechanism.available()) continue;
    const ProbeFinding found = answer(Guarantee::duplex, mechanism);
    EXPECT_THAT(found.evidence, StartsWith("a message to the receiver went through"))
        << mechanism.traits.name << " " << text(found);
  }
}

TEST(Probe, Boundaries) {
  EXPECT_ANSWER(answer(Guarantee::boundaries, "pipe"), "no");
  EXPECT_ANSWER(answer(Guarantee::boundaries, "unix_stream"), "no");
  EXPECT_ANSWER(answer(Guarantee::boundaries, "unix_seqpacket"), "yes");
  EXPECT_ANSWER(answer(Guarantee::boundaries, "udp"), "yes");
}

TEST(Probe, Order) {
  EXPECT_DESIGN(answer_with(testing::kNoFault, Guarantee::order), "yes");
  EXPECT_DESIGN(answer_with(testing::kSwapsTheFirstTwo, Guarantee::order), "no");
}

TEST(Probe, Reliable) {
  EXPECT_DESIGN(answer_with(testing::kNoFault, Guarantee::reliable), "yes");
  EXPECT_DESIGN(answer_with(testing::kLosesEveryThird, Guarantee::reliable), "no");
  EXPECT_ANSWER(answer(Guarantee::reliable, "udp"), "no");
}

TEST(Probe, WhatHappensWhenFull) {
  EXPECT_ANSWER(answer(Guarantee::when_full, "pipe"), "blocks");
  EXPECT_ANSWER(answer(Guarantee::when_full, "udp"), "drops");
  EXPECT_DESIGN(answer_with(testing::kLosesAll, Guarantee::when_full), "drops");
  EXPECT_DESIGN(answer_with(testing::kFailsWhenFull, Guarantee::when_full), "fails");
}

// The ring's capacity is our own parameter: 64 KiB for messages of any length.
TEST(Probe, Capacity) {
  EXPECT_DESIGN(answer(Guarantee::capacity, "anon_mmap_ring"), "64 KiB");
  const ProbeFinding seqpacket = answer_with(testing::kNoFault, Guarantee::capacity);
  EXPECT_EQ(seqpacket.state, ProbeFinding::State::by_design) << text(seqpacket);
  EXPECT_DESIGN(answer_with(testing::kLosesAll, Guarantee::capacity), "0 messages");
}

// Catches a figure of one time that passes for the capacity.
TEST(Probe, ACapacityThatDiffersIsARange) {
  MechanismEntry fickle = *find_mechanism("anon_mmap_ring");
  fickle.try_out = [](const LinkSpec& spec) {
    static unsigned calls = 0;
    LinkSpec differs = spec;
    differs.parameters["ring_bytes"] = calls++ % 2 == 0 ? 65536 : 131072;
    return find_mechanism("anon_mmap_ring")->try_out(differs);
  };
  EXPECT_DESIGN(answer(Guarantee::capacity, fickle), "64 KiB to 128 KiB");
}

TEST(Probe, LongestMessage) {
  EXPECT_ANSWER(answer(Guarantee::largest, "pipe"), "any");
  const ProbeFinding udp = answer(Guarantee::largest, "udp");
  EXPECT_EQ(udp.answer, "65507 B") << text(udp);
  EXPECT_THAT(udp.evidence, HasSubstr("a byte more: sending: send: Message too long"));
}

TEST(Probe, SeveralSenders) {
  EXPECT_ANSWER(answer(Guarantee::senders, "pipe"), "whole to 4 KiB");
  EXPECT_ANSWER(answer(Guarantee::senders, "sysv_queue"), "whole");
  EXPECT_DESIGN(answer(Guarantee::senders, "anon_mmap_ring"), "one only");
  // Adapters for one sender, on objects that take several.
  EXPECT_ANSWER(answer(Guarantee::senders, "unix_datagram"), "whole");
  EXPECT_ANSWER(answer(Guarantee::senders, "unix_stream"), "whole");
}

TEST(Probe, PrioritiesAndSelection) {
  EXPECT_ANSWER(answer(Guarantee::priorities, "posix_queue"), "yes");
  EXPECT_ANSWER(answer(Guarantee::priorities, "sysv_queue"), "if asked for");
  EXPECT_ANSWER(answer(Guarantee::selection, "sysv_queue"), "yes");
  EXPECT_ANSWER(answer(Guarantee::selection, "posix_queue"), "no");
  EXPECT_EQ(answer(Guarantee::selection, "pipe").state, ProbeFinding::State::not_applicable);
  // signal(7): the lowest number first, equal ones in order; sigwaitinfo(2) takes from a chosen set.
  EXPECT_ANSWER(answer(Guarantee::priorities, "rt_signal"), "yes");
  EXPECT_THAT(answer(Guarantee::priorities, "rt_signal").evidence, HasSubstr("received in the order abdc"));
  EXPECT_ANSWER(answer(Guarantee::selection, "rt_signal"), "yes");
}

TEST(Probe, TheHoldersCrash) {
  EXPECT_ANSWER(answer(Guarantee::holder_crash, "sysv_semaphore"), "held for ever or freed");
  EXPECT_ANSWER(answer(Guarantee::holder_crash, "file_lock"), "freed");
  EXPECT_EQ(answer(Guarantee::holder_crash, "pipe").state, ProbeFinding::State::not_applicable);
}

TEST(Probe, TheLastWriterGoes) {
  EXPECT_ANSWER(answer(Guarantee::writer_gone, "pipe"), "end of file");
  EXPECT_ANSWER(answer(Guarantee::writer_gone, "sysv_queue"), "keeps waiting");
}

TEST(Probe, TheLastReaderGoes) {
  EXPECT_ANSWER(answer(Guarantee::reader_gone, "pipe"), "SIGPIPE, EPIPE");
  EXPECT_ANSWER(answer(Guarantee::reader_gone, "sysv_queue"), "blocks");
  EXPECT_ANSWER(answer(Guarantee::reader_gone, "udp"), "ECONNREFUSED");
}

TEST(Probe, Lifetime) {
  EXPECT_ANSWER(answer(Guarantee::lifetime, "pipe"), "process");
  EXPECT_ANSWER(answer(Guarantee::lifetime, "sysv_queue"), "kernel");
  EXPECT_ANSWER(answer(Guarantee::lifetime, "file_mmap_ring"), "file");
  EXPECT_ANSWER(answer(Guarantee::lifetime, "fifo"), "process, name stays");
  EXPECT_ANSWER(answer(Guarantee::lifetime, "tcp"), "process");
}

// Catches a user who keeps root's rights, and a refusal that is not the object's.
TEST(Probe, AnotherUser) {
  if (geteuid() != 0) {
    EXPECT_EQ(answer(Guarantee::rights, "sysv_queue").state, ProbeFinding::State::not_tried);
    return;
  }
  EXPECT_ANSWER(answer(Guarantee::rights, "tcp"), "yes");
  EXPECT_DESIGN(answer(Guarantee::rights, "sysv_queue"), "no");
  EXPECT_THAT(answer(Guarantee::rights, "sysv_queue").evidence, HasSubstr("msgsnd: Permission denied"));
  EXPECT_EQ(answer(Guarantee::rights, "pipe").state, ProbeFinding::State::not_applicable);
}

TEST(Probe, WhereItIsSeen) {
  EXPECT_ANSWER(answer(Guarantee::visible, "sysv_queue"), "ipcs");
  EXPECT_ANSWER(answer(Guarantee::visible, "anon_mmap_ring"), "/proc/PID/maps");
  EXPECT_ANSWER(answer(Guarantee::visible, "pipe"), "/proc/PID/fd");
  EXPECT_ANSWER(answer(Guarantee::visible, "udp"), "/proc/net/udp");
}

TEST(Probe, LimitsAreNamedWithWhatRaisesThem) {
  EXPECT_THAT(answer(Guarantee::limits, "sysv_queue").answer, HasSubstr("kernel.msgm"));
  EXPECT_ANSWER(answer(Guarantee::limits, "pipe"), "none on length");
  EXPECT_THAT(answer(Guarantee::limits, "pipe").evidence, HasSubstr("fs.pipe-max-size"));
}

// Catches a hang or crash that also stops the program, or passes for an answer.
TEST(RunProbe, ReportsAHangAndACrash) {
  const ProbeOptions brief{.limit = std::chrono::milliseconds(100)};
  const ProbeFinding hung = answer_with(testing::kHangsWhenCreated, Guarantee::duplex, brief);
  EXPECT_EQ(hung.state, ProbeFinding::State::by_design) << "a one-way mechanism is not created for this";
  const ProbeFinding hung_order = answer_with(testing::kHangsWhenCreated, Guarantee::order, brief);
  EXPECT_EQ(hung_order.state, ProbeFinding::State::failed);
  EXPECT_EQ(hung_order.evidence, "not through after 100 ms");
  const ProbeFinding crashed = answer_with(testing::kAbortsWhenCreated, Guarantee::order);
  EXPECT_EQ(crashed.state, ProbeFinding::State::failed);
  EXPECT_EQ(crashed.evidence, "killed by SIGABRT");
}

TEST(RunProbe, ReportsAnEndThatHangsOrCrashes) {
  const ProbeFinding hung = answer_with(testing::kHangsWhenAttached, Guarantee::order);
  EXPECT_EQ(hung.state, ProbeFinding::State::failed);
  EXPECT_THAT(hung.evidence, StartsWith("attaching the producer: blocked"));
  const ProbeFinding crashed = answer_with(testing::kCrashesWhenAttached, Guarantee::order);
  EXPECT_EQ(crashed.state, ProbeFinding::State::failed);
  EXPECT_THAT(crashed.evidence, StartsWith("attaching the producer: killed by SIGSEGV"));
}

// Catches a limit that counts as a failure.
TEST(RunProbe, DoesNotTryWhatCannotBeCreated) {
  const ProbeFinding finding = answer_with(testing::kCannotBeCreated, Guarantee::order);
  EXPECT_EQ(finding.state, ProbeFinding::State::not_tried);
  EXPECT_EQ(finding.evidence, "a planted error; plant none");
}

ProbedMechanism all_answers(const MechanismEntry& mechanism) {
  const std::vector<const MechanismEntry*> one{&mechanism};
  return probe_mechanisms(one, usual_options()).front();
}

// Catches a question that no probe answers.
TEST(ProbeRow, AnswersEveryGuaranteeOnce) {
  const ProbedMechanism floor = all_answers(*find_mechanism("null"));
  ASSERT_EQ(floor.findings.size(), kAxis<Guarantee>.size());
  for (std::size_t i = 0; i < kAxis<Guarantee>.size(); ++i) {
    EXPECT_EQ(floor.findings[i].guarantee, kAxis<Guarantee>[i].value);
    EXPECT_EQ(floor.findings[i].state, ProbeFinding::State::not_tried);
  }
}

// Catches an object that outlives a killed probe.
TEST(RunProbe, RemovesTheObjectsOfAProbeThatWasKilled) {
  if (RunDirectory::current() != nullptr) GTEST_SKIP() << "this process has a run directory already";
  const RunDirectory directory(false);
  const auto hang_with_objects = [](const Subject& subject, Notebook& notes) {
    const ProbedObject object(subject, 8, subject.at_once());
    notes.found(Guarantee::order, *object.listed().begin(), "a name");
    pause();
  };
  // The object's name if the probe has said it before its time was up; a busy machine needs longer for that.
  const auto name_within = [&](std::chrono::milliseconds limit) -> std::string {
    const SharedMapping memory(-1, sizeof(Notebook));
    Notebook& notes = *new (memory.data()) Notebook;
    run_probe({{Guarantee::order}, hang_with_objects}, *find_mechanism("posix_shm_ring"), {.limit = limit},
              notes);
    const std::string listed = notes.about(Guarantee::order).answer;  // "/dev/shm: NAME"
    return "/" + listed.substr(listed.find(": ") + 2);
  };
  std::string name;
  for (std::chrono::milliseconds limit{200}; !name.starts_with("/ipcbench-"); limit *= 5) {
    ASSERT_LT(limit, std::chrono::minutes(1)) << name;
    name = name_within(limit);
  }
  EXPECT_LT(shm_open(name.c_str(), O_RDWR, 0), 0);
}

TEST(ProbeRow, SaysWhyItIsNotAvailable) {
  MechanismEntry entry = testing::faulty_pair(testing::kNoFault);
  entry.available = []() -> Unavailable { return "this kernel is too old"; };
  const ProbedMechanism probed = all_answers(entry);
  for (const ProbeFinding& finding : probed.findings) {
    EXPECT_EQ(finding.state, ProbeFinding::State::not_tried);
    EXPECT_EQ(finding.evidence, "not available here: this kernel is too old");
  }
}

// Catches answers of one mechanism that stand with another, and floors in a report.
TEST(ProbeMechanisms, AnswersForEachAsForOne) {
  const std::vector<const MechanismEntry*> both{find_mechanism("null"), find_mechanism("pipe"),
                                                find_mechanism("unix_seqpacket")};
  const std::vector<ProbedMechanism> probed = probe_mechanisms(both, usual_options());
  ASSERT_EQ(probed.size(), 3U);
  EXPECT_EQ(probed[1].name, "pipe");
  EXPECT_EQ(probed[2].findings.size(), kAxis<Guarantee>.size());
  const auto guarantees = guarantees_of(probed);
  ASSERT_EQ(guarantees.size(), 2U);
  EXPECT_EQ(guarantees.at("pipe").at(Guarantee::boundaries).answer, "no");
  EXPECT_EQ(guarantees.at("unix_seqpacket").at(Guarantee::boundaries).answer, "yes");
  EXPECT_EQ(guarantees.at("pipe").at(Guarantee::holder_crash).state, GuaranteeAnswer::State::not_applicable);
}

TEST(ProbeMechanisms, StopsWhenInterrupted) {
  const volatile std::sig_atomic_t interrupted = SIGINT;
  const std::vector<const MechanismEntry*> one{find_mechanism("pipe")};
  EXPECT_TRUE(probe_mechanisms(one, {.interrupted = &interrupted}).empty());
}

}  // namespace
}  // namespace ipcbench
