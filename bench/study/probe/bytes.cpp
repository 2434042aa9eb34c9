// The bytes under a protocol: memory or a file that several processes see, with
// nothing on it. What is asked of messages too is asked in the same way; here
// is what differs.
#include <algorithm>
#include <cstring>

#include "bench/study/probe/probes.hpp"
#include "harness/base/unpredictable.hpp"

namespace ipcbench {
namespace {

// Where processes meet, away from each other: a number that is updated, and
// bytes that are overwritten.
constexpr std::size_t kPlace = 0;
// A word before the end of a cache line: what is longer lies in two lines,
// which do not change at once.
constexpr std::size_t kOverTheEdge = 56;

void put(RawBytes &bytes, std::uint64_t number, std::size_t at = 0) {
  bytes.store(at, std::as_bytes(std::span(&number, 1)));
}
std::uint64_t get(const RawBytes &bytes, std::size_t at = 0) {
  std::uint64_t number = 0;
  bytes.load(at, std::as_writable_bytes(std::span(&number, 1)));
  return number;
}

// Bytes that this process makes and its children inherit. Throws NotTried.
std::unique_ptr<RawBytes> create_bytes(const Subject &subject) {
  try {
    return subject.mechanism.raw.create({.message_bytes = sizeof(std::uint64_t),
                                         .directory = subject.directory,
                                         .name = unpredictable_name(),
                                         .parameters = {}},
                                        RawTrial::kBytes);
  } catch (const std::exception &error) {
    throw NotTried(error.what());
  }
}

void probe_bytes_passing(const Subject &subject, Notebook &notes) {
  constexpr std::size_t kBytes = sizeof(std::uint64_t);
  EndPair ends(subject, kBytes, subject.at_once(), EndPair::Holders::ends_only);
  ends.producer.try_send({.bytes = kBytes, .count = 3});
  ends.consumer.try_receive({.bytes = kBytes});
  const auto saw = [&](std::uint64_t number) {
    const std::uint64_t content = content_of(number);
    return std::memcmp(ends.consumer.report().piece.data(), &content, kBytes) == 0;
  };
  const bool last = saw(2);
  const bool any = last || saw(0);
  const std::string evidence = fmt::format(
      "a process stored three numbers in one place while nobody looked, and no store waited; another, that "
      "{}, "
      "then saw {}",
      subject.is_named() ? "knew only its name" : "had inherited it",
      last  ? "the last alone"
      : any ? "the first alone"
            : "none of them");
  const bool inherits = subject.mechanism.join != nullptr;
  notes.found(Guarantee::unrelated,
              any && subject.is_named() ? "yes"
              : any && inherits         ? "inherit"
                                        : "no",
              evidence);
  notes.found(Guarantee::order, last ? "no" : "yes", evidence);
  notes.found(Guarantee::reliable, last ? "no" : "yes", evidence);
  notes.found(Guarantee::when_full, last ? "overwrites" : "keeps the first", evidence);
}

void probe_bytes_size(const Subject &subject, Notebook &notes) {
  constexpr std::uint64_t kPattern = content_of(0);
  const auto bytes = create_bytes(subject);
  put(*bytes, kPattern);
  put(*bytes, kPattern, sizeof kPattern);
  std::array<std::uint64_t, 2> both{};
  bytes->load(0, std::as_writable_bytes(std::span(both)));
  const bool joined = both[0] == kPattern && both[1] == kPattern;
  notes.found(Guarantee::boundaries, joined ? "no" : "yes",
              fmt::format("8 bytes were stored, then 8 behind them; one load of 16 got {}",
                          joined ? "both" : "something else"));
  put(*bytes, kPattern, RawTrial::kBytes - sizeof kPattern);
  const bool to_the_end = get(*bytes, RawTrial::kBytes - sizeof kPattern) == kPattern;
  notes.found(Guarantee::capacity, to_the_end ? "its size" : "less",
              fmt::format("{} asked for, {} to the last byte", format_size(RawTrial::kBytes),
                          to_the_end ? "usable" : "not usable"));
}

// How many of two processes' additions of 1 are missing at the end; their
// number in `added`.
std::uint64_t updates_lost_in(const Subject &subject, std::chrono::milliseconds time, std::uint64_t &added) {
  const auto bytes = create_bytes(subject);
  const SharedMapping memory(-1, 2 * sizeof(std::uint64_t));
  auto *const counts = static_cast<volatile std::uint64_t *>(memory.data());
  const auto add = [&](int who) {
    return fork_child(0, [&, who] {
      const auto end = std::chrono::steady_clock::now() + time;
      std::uint64_t count = 0;
      while (std::chrono::steady_clock::now() < end)
        for (int i = 0; i < 100; ++i, ++count) put(*bytes, get(*bytes) + 1);
      counts[who] = count;
    });
  };
  Child a = add(0);
  Child b = add(1);
  a.reap();
  b.reap();
  added = counts[0] + counts[1];
  return added - std::min(added, get(*bytes));
}

void probe_bytes_updates(const Subject &subject, Notebook &notes) {
  std::uint64_t added = 0;
  std::uint64_t lost = 0;
  for (const int ms : {20, 100, 300}) {
    lost = updates_lost_in(subject, std::chrono::milliseconds(ms), added);
    if (lost > 0) break;
  }
  notes.found(Guarantee::updates, lost > 0 ? "no" : "none seen lost",
              fmt::format("two processes added 1 to one number {} times in "
                          "all; {} additions were lost",
                          added, lost));
}

void note_no_messages(const Subject &, Notebook &) {
  throw NotApplicable("bytes are no messages, and have no lock");
}
void note_no_limits(const Subject &, Notebook &) {
  throw NotTried("trying its greatest size could take all memory");
}

}  // namespace

std::span<const Probe> probes_of_bytes() {
  using enum Guarantee;
  constexpr auto kBytes = Probe::Of::bytes;
  static const std::vector<Probe> all{
      {{unrelated, order, reliable, when_full}, &probe_bytes_passing, kBytes},
      {{connection, opening}, &probe_opening, kBytes},
      {{duplex}, &probe_duplex, kBytes},
      {{boundaries, capacity}, &probe_bytes_size, kBytes},
      {{senders}, &probe_senders, kBytes},
      {{updates}, &probe_bytes_updates, kBytes},
      {{writer_gone}, &probe_writer_gone, kBytes},
      {{reader_gone}, &probe_reader_gone, kBytes},
      {{lifetime}, &probe_lifetime, kBytes},
      {{rights}, &probe_rights, kBytes},
      {{visible}, &probe_visible, kBytes},
      {{limits}, &note_no_limits, kBytes},
      {{largest, priorities, selection, holder_crash}, &note_no_messages, kBytes},
  };
  return all;
}

}  // namespace ipcbench
