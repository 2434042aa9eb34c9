#include "bench/study/claims/pipe_claims.hpp"

#include <algorithm>
#include <climits>
#include <csignal>
#include <map>

#include "bench/study/claims/report_claims.hpp"
#include "harness/base/units.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kTextbookBytes = 65536;
constexpr std::size_t kPageBytes = 4096;
constexpr std::size_t kMoreThanAnyPipeBytes = std::size_t{16} << 20;
constexpr std::size_t kMostWrites = 1'000'000;

// Leaves the write end non-blocking.
CapacityAt fill(const PipeEnds& channel, std::size_t write_bytes) {
  const std::vector<std::byte> block(write_bytes);
  CapacityAt capacity{.write_bytes = write_bytes};
  set_blocking_for(channel.write.get(), Wait::spin);
  while (capacity.bytes < kMoreThanAnyPipeBytes && capacity.writes < kMostWrites) {
    const ssize_t got = write(channel.write.get(), block.data(), write_bytes);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno != EAGAIN) throw_errno("write");
    capacity.fills_up = got < 0;
    if (capacity.fills_up) break;
    capacity.bytes += static_cast<std::size_t>(got);
    if (static_cast<std::size_t>(got) == write_bytes) ++capacity.writes;
  }
  return capacity;
}

// "65536 B in writes of 1, 4096 B; 32784 B in writes of 2049 B".
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

// Counts the writes in a stream. A stream of whole writes consists of blocks of one letter each.
struct Blocks {
  std::size_t write_bytes;
  std::uint64_t writes = 0;
  std::uint64_t mixed = 0;
  std::size_t block_bytes = 0;  // of the current block, whatever the boundaries between reads
  char letter = '\0';
  bool is_mixed = false;

  void add(std::span<const char> bytes) {
    for (const char byte : bytes) {
      if (block_bytes == 0) letter = byte;
      is_mixed = is_mixed || byte != letter;
      if (++block_bytes < write_bytes) continue;
      ++writes;
      if (std::exchange(is_mixed, false)) ++mixed;
      block_bytes = 0;
    }
  }
};

std::vector<Child> start_writers(PipeEnds& channel, unsigned writers, std::size_t write_bytes) {
  std::vector<Child> children;
  children.reserve(writers);
  for (unsigned i = 0; i < writers; ++i) {
    children.push_back(fork_child(0, [&, i] {
      channel.read.reset();
      const std::vector<char> block(write_bytes, static_cast<char>('A' + i));
      while (write(channel.write.get(), block.data(), block.size()) >= 0) {
      }
    }));
  }
  channel.write.reset();
  return children;
}

Attempt try_write(const PipeEnds& channel) {
  return attempt([&] { return write(channel.write.get(), "x", 1); });
}

Attempt try_read(const PipeEnds& channel) {
  return attempt([&] {
    std::array<char, 16> into{};
    return read(channel.read.get(), into.data(), into.size());
  });
}

}  // namespace

std::vector<CapacityAt> capacity_by_write_size(std::span<const std::size_t> write_sizes_bytes,
                                               const OpenChannel& open) {
  std::vector<CapacityAt> capacities;
  for (const std::size_t write_bytes : write_sizes_bytes) capacities.push_back(fill(open(), write_bytes));
  return capacities;
}

Answer judge_pipe_capacity(std::span<const CapacityAt> capacities) {
  std::vector<std::string> evidence;
  std::size_t as_stated = 0;
  for (const CapacityAt& at : capacities) {
    if (at.fills_up && at.bytes == kTextbookBytes) ++as_stated;
    evidence.push_back(fmt::format("Writes of {} B: ", at.write_bytes));
    evidence.back() += at.fills_up ? fmt::format("{} B in all, {} whole writes.", at.bytes, at.writes)
                                   : "it never filled up.";
  }
  const ClaimVerdict verdict = verdict_of(as_stated, capacities.size());
  const char* const begin = verdict == ClaimVerdict::depends ? "on the size of the writes: " : "it took ";
  return {verdict, begin + grouped_by_bytes(capacities), std::move(evidence)};
}

ConcurrentWriters concurrent_writers(std::size_t write_bytes, const OpenChannel& open,
                                     std::uint64_t most_writes, std::chrono::milliseconds limit) {
  constexpr unsigned kWriters = 4;
  using Clock = std::chrono::steady_clock;
  PipeEnds channel = open();
  const std::vector<Child> writers = start_writers(channel, kWriters, write_bytes);
  set_blocking_for(channel.read.get(), Wait::spin);
  Blocks blocks{.write_bytes = write_bytes};
  // A read returns at most one message and needs room for all of it.
  std::vector<char> buffer(std::max<std::size_t>(write_bytes, 65536));
  const auto deadline = Clock::now() + limit;
  while (blocks.mixed == 0 && blocks.writes < most_writes && Clock::now() < deadline) {
    const ssize_t got = read(channel.read.get(), buffer.data(), buffer.size());
    if (got > 0) {
      blocks.add(std::span<const char>(buffer).first(static_cast<std::size_t>(got)));
    } else {
      pollfd watched{.fd = channel.read.get(), .events = POLLIN, .revents = 0};
      poll(&watched, 1, 10);
    }
  }
  return {.write_bytes = write_bytes, .writers = kWriters, .writes = blocks.writes, .mixed = blocks.mixed};
}

Answer judge_concurrent_writers(std::span<const ConcurrentWriters> trials) {
  std::vector<std::string> evidence;
  bool small_mixed = false;
  bool large_mixed = false;
  for (const ConcurrentWriters& trial : trials) {
    evidence.push_back(fmt::format("{} processes, writes of {} B: {} of {} checked writes were mixed.",
                                   trial.writers, trial.write_bytes, trial.mixed, trial.writes));
    (trial.write_bytes <= PIPE_BUF ? small_mixed : large_mixed) |= trial.mixed > 0;
  }
  const ClaimVerdict verdict = small_mixed   ? ClaimVerdict::refuted
                               : large_mixed ? ClaimVerdict::confirmed
                                             : ClaimVerdict::depends;
  const char* const finding =
      small_mixed ? "writes of up to PIPE_BUF ({} B) were mixed"
      : large_mixed
          ? "no write of up to PIPE_BUF ({} B) was mixed, but larger ones were"
          : "no write of up to PIPE_BUF ({} B) was mixed, but no larger one was either, which proves "
            "nothing";
  return judged(verdict, "on chance: ", fmt::format(fmt::runtime(finding), PIPE_BUF), std::move(evidence));
}

PipeSituations pipe_situations(const OpenChannel& open) {
  PipeSituations found;
  const auto add = [&](std::string_view name, Attempt attempt, std::string_view expected) {
    found.situations.push_back({name, attempt, expected});
  };
  const PipeEnds full = open();
  found.capacity_bytes = fill(full, kPageBytes).bytes;
  set_blocking_for(full.write.get(), Wait::block);
  add("writing when it is full", try_write(full), "was blocked");
  set_blocking_for(full.write.get(), Wait::spin);
  add("the same without blocking", try_write(full), "failed with EAGAIN");

  const PipeEnds empty = open();
  add("reading when it is empty", try_read(empty), "was blocked");
  set_blocking_for(empty.read.get(), Wait::spin);
  add("the same without blocking", try_read(empty), "failed with EAGAIN");

  PipeEnds no_writer = open();
  checked(write(no_writer.write.get(), "abc", 3), "write");
  no_writer.write.reset();
  found.read_rest = try_read(no_writer);
  add("reading when all writers are gone", try_read(no_writer), "returned 0");

  PipeEnds no_reader = open();
  no_reader.read.reset();
  add("writing when all readers are gone, SIGPIPE ignored", try_write(no_reader), "failed with EPIPE");
  const Attempt by_default = attempt([&] {
    std::signal(SIGPIPE, SIG_DFL);
    return write(no_reader.write.get(), "x", 1);
  });
  add("the same with the signal's default action", by_default, "was killed by SIGPIPE");
  return found;
}

Answer judge_pipe_situations(const PipeSituations& found) {
  std::vector<std::string> evidence;
  std::vector<std::string> otherwise;
  for (const Situation& situation : found.situations) {
    const std::string outcome = fmt::format("{}: it {}", situation.name, describe(situation.attempt));
    evidence.push_back(outcome + ".");
    if (!situation.as_stated()) otherwise.push_back(outcome);
  }
  evidence.push_back(
      fmt::format("Reading what the last writer left behind: it {}.", describe(found.read_rest)));
  return {verdict_of(found.situations.size() - otherwise.size(), found.situations.size()),
          otherwise.empty()
              ? fmt::format("in all four, blocking and not; full at {}", format_size(found.capacity_bytes))
              : fmt::format("on the situation; {}", fmt::join(otherwise, "; ")),
          std::move(evidence)};
}

Answer pipe_holds_64_kib() {
  constexpr std::array<std::size_t, 9> kSizes{1, 13, 64, 1000, 2049, 4095, 4096, 4097, 65537};
  return judge_pipe_capacity(capacity_by_write_size(kSizes));
}

Answer small_writes_stay_whole() {
  std::vector<ConcurrentWriters> trials;
  for (const std::size_t bytes : {512UL, PIPE_BUF + 0UL, PIPE_BUF + 1UL, 16UL * PIPE_BUF})
    trials.push_back(concurrent_writers(bytes));
  return judge_concurrent_writers(trials);
}

std::span<const Claim> pipe_claims() {
  static constexpr std::array kClaims{
      Claim{"pipe_capacity", {86, 87}, "A pipe holds 65536 bytes.", pipe_holds_64_kib, 3},
      Claim{"pipe_buf_whole",
            {66, 67},
            "Writes of up to PIPE_BUF bytes by several writers never interleave in a pipe; larger ones can.",
            small_writes_stay_whole,
            4},
      Claim{
          "pipe_full_and_empty",
          {78, 79, 80},
          "A full pipe blocks its writer and an empty one its reader; without a writer the reader finds the "
          "end, without a reader the writer gets SIGPIPE.",
          [] { return judge_pipe_situations(pipe_situations()); },
          5},
      Claim{
          "fifo_slower", {72}, "FIFOs are slower than pipes.", ReportTest{.contest = &kFifosAgainstPipes}, 6},
      Claim{"fifo_opening",
            {61, 62, 63, 64},
            "Opening one end of a FIFO waits for the other; with O_NONBLOCK reading opens at once and "
            "writing fails with ENXIO.",
            [] { return fifo_opening().answer({.confirmed = "in all four cases"}); }},
      Claim{"fifo_own_output",
            {65},
            "A FIFO must not be opened with O_RDWR: it reads back its own output.",
            [] {
              return fifo_own_output().answer(
                  {.confirmed = "it does; Linux allows O_RDWR, which keeps a FIFO open without a peer"});
            }},
      Claim{"pipe_all_or_nothing",
            {68},
            "A write of up to PIPE_BUF bytes to a pipe is all or nothing; a larger one can be cut.",
            [] { return all_or_nothing().answer(); }},
      Claim{"fifo_file_empty",
            {69},
            "The file of a FIFO stays at 0 bytes.",
            [] { return fifo_length().answer(); }},
      Claim{"fifo_buffer",
            {70},
            "The buffer of a FIFO exists only once both ends are open.",
            [] {
              return fifo_buffer().answer(
                  {.refuted = "the first open end makes it, and it lasts until the last one is closed"});
            }},
      Claim{
          "fifo_like_pipe",
          {71},
          "FIFO and pipe differ only in how they are opened.",
          [] { return fifo_like_pipe().answer({.confirmed = "once open, they answered every call alike"}); }},
      Claim{"pipe_one_way",
            {74},
            "A pipe is half duplex: data go one way only.",
            [] {
              return one_direction().answer(
                  {.confirmed =
                       "one way, which never changes (strictly, that is simplex); two ways need two pipes",
                   .refuted = "it carries data both ways"});
            }},
      Claim{"pipe_relatives",
            {75},
            "Only related processes can share a pipe without a name.",
            [] {
              return strangers_get_a_pipe().answer(
                  {.refuted = "any process of the user can: through a UNIX socket or /proc/PID/fd"});
            }},
      Claim{"pipe_byte_stream",
            {81, 82, 83},
            "A pipe is a reliable stream of bytes without boundaries, first in, first out.",
            [] {
              return stream_in_order().answer(
                  {.confirmed = "two writes came in one read, and every byte in order"});
            }},
      Claim{"pipe_synchronises",
            {84},
            "A pipe synchronises its processes, and their writes exclude one another.",
            [] {
              return synchronised_pipe().answer(
                  {.depends = "on the length: reader and writer wait for each other, but only writes of up "
                              "to PIPE_BUF stay apart"});
            }},
      Claim{
          "pipe_sizes",
          {88},
          "A pipe of the kernel has 4 KiB, and 64 KiB is the most.",
          [] {
            return pipe_size_limits().answer(
                {.refuted = "it is larger from the start, and F_SETPIPE_SZ enlarges it; 4 KiB is PIPE_BUF"});
          }},
      Claim{"pipe_page_ring",
            {89},
            "A pipe is a ring of pages.",
            [] { return ring_of_pages().answer({.confirmed = "room comes and goes in whole pages"}); }},
      Claim{"pipe_off_disk",
            {90},
            "The contents of a pipe never reach a disk.",
            [] {
              return off_the_disk().answer({.confirmed = "no block was written while 1 MiB went through; "
                                                         "that none ever is cannot be shown by trying"});
            }},
      Claim{"shell_pipe",
            {91},
            "`a | b` in a shell is a pipe between siblings.",
            [] { return shell_pipeline().answer(); }},
      Claim{"pipe_local", {93}, "A pipe does not reach over a network.", [] {
              return address_of_a_pipe().answer(
                  {.confirmed =
                       "it has no address that another machine could use; another machine was not tried"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
