// Claims about pipes.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <csignal>
#include <map>

#include "bench/study/claims/experiment_claims.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kTextbookBytes = 65536;

std::string capacity_text(const CapacityAt& at) {
  if (!at.fills_up) return fmt::format("Writes of {} B: no end was seen.", at.write_bytes);
  return fmt::format("Writes of {} B: {} B in all, {} whole writes.", at.write_bytes, at.bytes, at.writes);
}

// Which write sizes filled it at how many bytes: "65536 B in writes of 1, 4096 B; 32784 B in writes of 2049
// B".
std::string grouped_by_bytes(std::span<const CapacityAt> capacities) {
  std::map<std::size_t, std::vector<std::size_t>, std::greater<>> sizes_by_bytes;
  for (const CapacityAt& at : capacities) sizes_by_bytes[at.bytes].push_back(at.write_bytes);
  std::vector<std::string> groups;
  groups.reserve(sizes_by_bytes.size());
  for (const auto& [bytes, sizes] : sizes_by_bytes) {
    groups.push_back(fmt::format("{} B in writes of {} B", bytes, fmt::join(sizes, ", ")));
  }
  return fmt::format("{}", fmt::join(groups, "; "));
}

struct Situation {
  std::string_view what;
  const Attempt& happened;
  bool as_said;
};

bool failed_with(const Attempt& attempt, int error) {
  return attempt.how == Attempt::How::failed && attempt.error == error;
}
bool returned(const Attempt& attempt, long value) {
  return attempt.how == Attempt::How::returned && attempt.value == value;
}
bool blocked(const Attempt& attempt) { return attempt.how == Attempt::How::blocked; }

std::vector<Situation> situations_of(const PipeSituations& s) {
  const Attempt& killed = s.write_without_reader_default;
  return {{"writing to a full one", s.write_when_full, blocked(s.write_when_full)},
          {"the same without blocking", s.write_when_full_nonblocking,
           failed_with(s.write_when_full_nonblocking, EAGAIN)},
          {"reading from an empty one", s.read_when_empty, blocked(s.read_when_empty)},
          {"the same without blocking", s.read_when_empty_nonblocking,
           failed_with(s.read_when_empty_nonblocking, EAGAIN)},
          {"reading when all writers have gone", s.read_without_writer, returned(s.read_without_writer, 0)},
          {"writing when all readers have gone, SIGPIPE ignored", s.write_without_reader,
           failed_with(s.write_without_reader, EPIPE)},
          {"the same with the signal's default action", killed,
           killed.how == Attempt::How::killed && killed.signal == SIGPIPE}};
}

}  // namespace

Answer judge_pipe_capacity(std::span<const CapacityAt> capacities) {
  Answer answer;
  for (const CapacityAt& at : capacities) answer.evidence.push_back(capacity_text(at));
  const auto as_said = std::ranges::count_if(
      capacities, [](const CapacityAt& at) { return at.fills_up && at.bytes == kTextbookBytes; });
  const auto all = static_cast<std::ptrdiff_t>(capacities.size());
  answer.verdict = as_said == all ? ClaimVerdict::confirmed
                   : as_said == 0 ? ClaimVerdict::refuted
                                  : ClaimVerdict::depends;
  answer.finding = answer.verdict == ClaimVerdict::depends ? "on the size of the writes: " : "it took ";
  answer.finding += grouped_by_bytes(capacities);
  return answer;
}

Answer judge_concurrent_writers(std::span<const ConcurrentWriters> trials) {
  Answer answer;
  bool small_mixed = false;
  bool large_mixed = false;
  for (const ConcurrentWriters& trial : trials) {
    answer.evidence.push_back(
        fmt::format("{} processes writing {} B each time: {} of {} writes looked at came mixed.",
                    trial.writers, trial.write_bytes, trial.mixed, trial.writes));
    bool& mixed = trial.write_bytes <= PIPE_BUF ? small_mixed : large_mixed;
    mixed = mixed || trial.mixed > 0;
  }
  if (small_mixed) {
    answer.verdict = ClaimVerdict::refuted;
    answer.finding = fmt::format("writes of up to PIPE_BUF ({} B) came mixed", PIPE_BUF);
  } else if (large_mixed) {
    answer.verdict = ClaimVerdict::confirmed;
    answer.finding = fmt::format("no mixture up to PIPE_BUF ({} B), and one above", PIPE_BUF);
  } else {
    answer.verdict = ClaimVerdict::depends;
    answer.finding = fmt::format(
        "on chance: no mixture up to PIPE_BUF ({} B), but none was met above it either, which proves nothing",
        PIPE_BUF);
  }
  return answer;
}

Answer judge_pipe_situations(const PipeSituations& situations) {
  const std::vector<Situation> all = situations_of(situations);
  Answer answer;
  std::vector<std::string> otherwise;
  for (const Situation& situation : all) {
    const std::string happened = describe(situation.happened);
    answer.evidence.push_back(fmt::format("{}: it {}.", situation.what, happened));
    if (!situation.as_said) otherwise.push_back(fmt::format("{} {}", situation.what, happened));
  }
  answer.evidence.push_back(fmt::format("What was left in it when the last writer went: the read {}.",
                                        describe(situations.read_rest_without_writer)));
  answer.verdict = otherwise.empty()                ? ClaimVerdict::confirmed
                   : otherwise.size() == all.size() ? ClaimVerdict::refuted
                                                    : ClaimVerdict::depends;
  answer.finding =
      otherwise.empty()
          ? fmt::format("in all four, blocking and not; full at {}", format_size(situations.capacity_bytes))
          : fmt::format("on the situation; otherwise: {}", fmt::join(otherwise, "; "));
  return answer;
}

Answer pipe_holds_64_kib() {
  constexpr std::array<std::size_t, 8> kSizes{1, 64, 1000, 2049, 4095, 4096, 4097, 65537};
  return judge_pipe_capacity(capacity_by_write_size(kSizes));
}

Answer small_writes_stay_whole() {
  std::vector<ConcurrentWriters> trials;
  for (const std::size_t bytes :
       {512UL, static_cast<std::size_t>(PIPE_BUF), PIPE_BUF + 1UL, 16UL * PIPE_BUF}) {
    trials.push_back(concurrent_writers(bytes));
  }
  return judge_concurrent_writers(trials);
}

Answer pipe_has_four_situations() { return judge_pipe_situations(pipe_situations()); }

}  // namespace ipcbench
