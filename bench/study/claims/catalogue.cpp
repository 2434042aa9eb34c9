// The list of claims.
#include <sys/mman.h>

#include <array>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/claims/report_claims.hpp"
#include "harness/registry/registry.hpp"

namespace ipcbench {
namespace {

constexpr std::array kClaims{
    Claim{1, "Shared memory is the fastest way to communicate, at every size.",
          ReportTest{shared_memory_is_fastest}},
    Claim{2, "Pipes, FIFOs and queues copy the data four times, shared memory twice.",
          ReportTest{copies_are_four_and_two, "--pattern throughput"}},
    Claim{3, "A pipe holds 65536 bytes.", pipe_holds_64_kib},
    Claim{4, "Writes of up to PIPE_BUF bytes by several writers never interleave in a pipe; larger ones can.",
          small_writes_stay_whole},
    Claim{5,
          "A full pipe blocks its writer and an empty one its reader; without a writer the reader finds the "
          "end, without a reader the writer gets SIGPIPE.",
          [] { return judge_pipe_situations(pipe_situations()); }},
    Claim{6, "FIFOs are slower than pipes.", ReportTest{.contest = &kFifosAgainstPipes}},
    Claim{7, "A System V segment that is marked for removal cannot be attached again.",
          [] { return judge_shm_removal(shm_removal(*make_sysv_segment())); }},
    Claim{8, "A segment of 4097 bytes gives 4097 usable bytes of two pages.",
          [] { return judge_segment_pages(segment_pages()); }},
    Claim{9, "SEM_UNDO frees a semaphore whose holder died.", sem_undo_frees},
    Claim{10, "A mapped file moves data more cheaply than read and write.",
          ReportTest{.contest = &kMappedFilesAgainstFiles}},
    Claim{11, "Ordinary signals merge; real-time signals queue and keep their order.",
          signals_merge_or_queue},
    Claim{12, "Datagrams over UNIX sockets are reliable and keep boundaries; over UDP they may be lost.",
          datagrams_keep_or_lose},
    Claim{13, "Threads communicate faster than processes by the same mechanism.",
          ReportTest{threads_are_faster, "--peers fork,thread --size 64,4KiB,64KiB,1MiB"}},
    Claim{14, "Message queues are slower than pipes.", ReportTest{.contest = &kQueuesAgainstPipes}},
    Claim{15, "A MAP_PRIVATE mapping shares nothing after a write.",
          [] { return judge_private_mapping(private_mapping(MAP_PRIVATE)); }},
    Claim{16, "A message queue outlives its creator.", queues_outlive_their_creator},
    Claim{17, "A message queue is a priority queue.", queues_are_priority_queues},
    Claim{18, "Semaphores carry no data and only synchronise.", semaphores_carry_no_data},
    Claim{19, "ftok() gives another key for a file that was deleted and created again.",
          ftok_gives_another_key},
    Claim{20, "Sockets cost more than pipes on one machine.", ReportTest{.contest = &kSocketsAgainstPipes}}};

Answer answer_from(const ReportTest& test, const Report* report) {
  const std::string remedy = fmt::format("`{} --out report.json` and `ipcbench claims report.json` answer it",
                                         measuring_command(test));
  if (report == nullptr) return untested("no report was given; " + remedy);
  Answer answer = test.test != nullptr ? test.test(*report) : judge_contest(*test.contest, *report);
  if (answer.verdict == ClaimVerdict::untested) answer.finding += "; " + remedy;
  return answer;
}

}  // namespace

std::span<const Claim> claims() { return kClaims; }

std::string measuring_command(const ReportTest& test) {
  std::string command = "ipcbench run --profile standard";
  std::vector<std::string_view> names;
  for (const MechanismEntry& entry : mechanisms()) {
    const MechanismInfo info = info_of(entry.traits);
    if (test.contest != nullptr && (test.contest->is_subject(info) || test.contest->is_reference(info)))
      names.push_back(entry.traits.name);
  }
  if (!names.empty()) command += fmt::format(" --mechanism {}", fmt::join(names, ","));
  return test.options.empty() ? command : fmt::format("{} {}", command, test.options);
}

std::string_view kind_of(const Claim& claim) {
  return std::holds_alternative<ReportTest>(claim.test) ? "report" : "experiment";
}

Answer answer(const Claim& claim, const Report* report) {
  try {
    if (const auto* const test = std::get_if<ReportTest>(&claim.test)) return answer_from(*test, report);
    return std::get<Experiment>(claim.test)();
  } catch (const std::exception& error) {
    return untested(error.what());
  }
}

ClaimAnswers answers_from(const Report& report, std::string report_file) {
  ClaimAnswers answers{.system = {},
                       .report_file = std::move(report_file),
                       .report_host = report.context.host_name,
                       .answers = {}};
  for (const Claim& claim : claims()) {
    const bool tried = std::holds_alternative<Experiment>(claim.test);
    answers.answers.push_back(
        {&claim,
         tried ? untested(fmt::format("`ipcbench claims --claim {}` tries it on this kernel", claim.number))
               : answer(claim, &report)});
  }
  return answers;
}

}  // namespace ipcbench
