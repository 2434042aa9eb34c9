// The bytes under a protocol: memory or a file that several processes see, with nothing on it.
#include <algorithm>
#include <iterator>

#include "bench/study/probe/probes.hpp"
#include "harness/base/child.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/host/object_lists.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kBytes = 65536;
// Where processes meet, away from each other: a number that is updated, and bytes that are overwritten.
constexpr std::size_t kPlace = 0;
// A word before the end of a cache line: what is longer lies in two lines, which do not change at once.
constexpr std::size_t kOverTheEdge = 56;
constexpr std::uint64_t kPattern = 0x1d0c0b0a'4d3c2b1aU;

void put(RawBytes& bytes, std::uint64_t number, std::size_t at = kPlace) {
  bytes.store(at, std::as_bytes(std::span(&number, 1)));
}
std::uint64_t get(const RawBytes& bytes, std::size_t at = kPlace) {
  std::uint64_t number = 0;
  bytes.load(at, std::as_writable_bytes(std::span(&number, 1)));
  return number;
}

class TriedBytes {
 public:
  using Use = std::function<std::uint64_t(RawBytes&)>;

  explicit TriedBytes(const Subject& subject)
      : raw_(subject.mechanism.raw),
        spec_{.message_bytes = 8,
              .directory = subject.directory,
              .name = unpredictable_name(),
              .parameters = {}},
        own_(create()) {}

  [[nodiscard]] RawBytes& own() const { return *own_; }
  [[nodiscard]] const LinkSpec& spec() const { return spec_; }
  [[nodiscard]] bool is_named() const { return !own_->address().empty(); }

  // In a process that finds the bytes by their name, or has inherited them.
  std::uint64_t elsewhere(const Use& use, uid_t user = geteuid()) const {
    return in_child<std::uint64_t>([&] { return found_by(user, use); });
  }
  [[nodiscard]] Child start(const Use& use) const {
    return fork_child(0, [&] { found_by(geteuid(), use); });
  }

 private:
  std::unique_ptr<RawBytes> create() const {
    try {
      return raw_.create(spec_, kBytes);
    } catch (const std::exception& error) {
      throw NotTried(error.what());
    }
  }
  std::uint64_t found_by(uid_t user, const Use& use) const {
    become(user);
    return is_named() ? use(*raw_.join(own_->address(), kBytes)) : use(*own_);
  }

  RawKind raw_;
  LinkSpec spec_;
  std::unique_ptr<RawBytes> own_;
};

void probe_bytes_passing(const Subject& subject, Notebook& notes) {
  const TriedBytes tried(subject);
  put(tried.own(), kPattern);
  const bool seen = tried.elsewhere([](RawBytes& bytes) { return get(bytes); }) == kPattern;
  const std::string how = tried.is_named() ? "that knew only its name" : "that had inherited it";
  const std::string evidence = fmt::format("a process {} {} what another had stored before it came", how,
                                           seen ? "saw" : "did not see");
  const bool inherit = subject.mechanism.join != nullptr;
  notes.found(Guarantee::unrelated,
              !seen              ? "no"
              : tried.is_named() ? "yes"
              : inherit          ? "inherit"
                                 : "no",
              evidence);
  notes.found(Guarantee::connection, seen ? "no" : "yes", evidence);
  notes.found(Guarantee::opening, seen ? "goes on" : "fails", evidence);
  tried.elsewhere([](RawBytes& bytes) {
    put(bytes, ~kPattern);
    return std::uint64_t{0};
  });
  const bool back = get(tried.own()) == ~kPattern;
  notes.found(Guarantee::duplex, seen && back ? "yes, shared" : "no",
              fmt::format("{}; {} what that process stored", evidence, back ? "and saw" : "but did not see"));
}

void probe_bytes_messages(const Subject& subject, Notebook& notes) {
  const TriedBytes tried(subject);
  for (const std::uint64_t number : {1U, 2U, 3U}) put(tried.own(), number);
  const std::uint64_t last = tried.elsewhere([](RawBytes& bytes) { return get(bytes); });
  const std::string evidence = fmt::format(
      "1, 2 and 3 were stored in one place while nobody looked: no store waited, and a process that came "
      "later saw {} alone",
      last);
  const bool replaced = last == 3;
  notes.found(Guarantee::order, replaced ? "no" : "yes", evidence);
  notes.found(Guarantee::reliable, replaced ? "no" : "yes", evidence);
  notes.found(Guarantee::when_full, replaced ? "overwrites" : "keeps the first", evidence);
  put(tried.own(), kPattern);
  put(tried.own(), kPattern, sizeof kPattern);
  const bool joined = tried.elsewhere([](RawBytes& bytes) {
    std::array<std::uint64_t, 2> both{};
    bytes.load(kPlace, std::as_writable_bytes(std::span(both)));
    return static_cast<std::uint64_t>(both[0] == kPattern && both[1] == kPattern);
  }) != 0;
  notes.found(Guarantee::boundaries, joined ? "no" : "yes",
              fmt::format("8 bytes were stored, then 8 behind them; one load of 16 got {}",
                          joined ? "both" : "something else"));
  put(tried.own(), kPattern, kBytes - sizeof kPattern);
  const bool to_the_end = get(tried.own(), kBytes - sizeof kPattern) == kPattern;
  notes.found(Guarantee::capacity, to_the_end ? "its size" : "less",
              fmt::format("{} asked for, {} to the last byte", format_size(kBytes),
                          to_the_end ? "usable" : "not usable"));
}

// --- Several at once --------------------------------------------------------------------------------------

std::uint64_t end_after(std::chrono::milliseconds time) {
  return now_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

// Two processes store n equal bytes, each two letters in turn, while this one looks. True: it saw two letters
// at once. In turn, because two CPUs then show what three processes at once would need three for.
bool mixes(const TriedBytes& tried, std::size_t n, std::chrono::milliseconds time) {
  const auto store_letters = [n](char one, char other) {
    return [=](RawBytes& bytes) -> std::uint64_t {
      const std::vector<std::byte> ones(n, static_cast<std::byte>(one));
      const std::vector<std::byte> others(n, static_cast<std::byte>(other));
      while (true) {
        bytes.store(kOverTheEdge, ones);
        bytes.store(kOverTheEdge, others);
      }
    };
  };
  const Child a = tried.start(store_letters('A', 'B'));
  const Child b = tried.start(store_letters('C', 'D'));
  std::vector<std::byte> seen(n);
  for (const std::uint64_t end_ns = end_after(time); now_ns() < end_ns;) {
    tried.own().load(kOverTheEdge, seen);
    const auto other = [&](std::byte each) {
      return each != seen.front() && each != std::byte{} && seen.front() != std::byte{};
    };
    if (std::ranges::any_of(seen, other)) return true;
  }
  return false;
}

void probe_bytes_senders(const Subject& subject, Notebook& notes) {
  // One instruction stores 8 bytes. 16 take two, but on a busy machine hardly anybody looks between them.
  constexpr std::array<std::size_t, 2> kTried{8, 4096};
  std::size_t whole_bytes = 0;
  std::size_t mixed_bytes = 0;
  for (const std::size_t n : kTried) {
    // Up to a word, a look in vain proves something soon; beyond it, the processes may need time to collide.
    const TriedBytes tried(subject);
    if (mixes(tried, n, std::chrono::milliseconds(n <= 8 ? 15 : 600))) {
      mixed_bytes = n;
      break;
    }
    whole_bytes = n;
  }
  std::string evidence =
      "two processes stored the same bytes over and over, each time one letter; a third saw ";
  evidence += mixed_bytes == 0 ? "no mixture" : fmt::format("two letters in {} bytes", mixed_bytes);
  if (whole_bytes > 0) evidence += fmt::format(", none in up to {} bytes", whole_bytes);
  notes.found(Guarantee::senders,
              mixed_bytes == 0   ? "none seen mixed"
              : whole_bytes == 0 ? "mixed"
                                 : fmt::format("whole to {}", format_size(whole_bytes)),
              evidence);
}

// How many of two processes' additions of 1 are missing at the end; their number in `added`.
std::uint64_t updates_lost_in(const TriedBytes& tried, std::chrono::milliseconds time, std::uint64_t& added) {
  const SharedMapping memory(-1, 2 * sizeof(std::uint64_t));
  auto* const counts = static_cast<volatile std::uint64_t*>(memory.data());
  put(tried.own(), 0);
  const auto add = [&](int who) {
    return tried.start([=](RawBytes& bytes) -> std::uint64_t {
      std::uint64_t count = 0;
      for (const std::uint64_t end_ns = end_after(time); now_ns() < end_ns;)
        for (int i = 0; i < 100; ++i, ++count) put(bytes, get(bytes) + 1);
      counts[who] = count;
      return 0;
    });
  };
  Child a = add(0);
  Child b = add(1);
  a.reap();
  b.reap();
  added = counts[0] + counts[1];
  return added - std::min(added, get(tried.own()));
}

void probe_bytes_updates(const Subject& subject, Notebook& notes) {
  const TriedBytes tried(subject);
  std::uint64_t added = 0;
  std::uint64_t lost = 0;
  for (const int ms : {20, 100, 300}) {
    lost = updates_lost_in(tried, std::chrono::milliseconds(ms), added);
    if (lost > 0) break;
  }
  notes.found(Guarantee::updates, lost > 0 ? "no" : "none seen lost",
              fmt::format("two processes added 1 to one number {} times in all; {} additions were lost",
                          added, lost));
}

// --- Its end ----------------------------------------------------------------------------------------------

void probe_bytes_gone(const Subject& subject, Notebook& notes) {
  const TriedBytes tried(subject);
  Child peer = tried.start([](RawBytes& bytes) -> std::uint64_t {
    put(bytes, kPattern);
    while (true) pause();
  });
  for (const std::uint64_t end_ns = end_after(kAttemptLimit);
       get(tried.own()) != kPattern && now_ns() < end_ns;)
    sched_yield();
  peer.kill();
  peer.reap();
  const bool same = get(tried.own()) == kPattern;
  put(tried.own(), ~kPattern);
  const std::string evidence = fmt::format(
      "the process that had stored a number was killed; loading gave {}, and storing went on: no "
      "call waits, so nothing is told",
      same ? "that number" : "something else");
  notes.found(Guarantee::writer_gone, same ? "nothing" : "error", evidence);
  notes.found(Guarantee::reader_gone, "nothing", evidence);
}

// The creator is killed, and whoever cleans up after this probe removes what it left.
void probe_bytes_lifetime(const Subject& subject, Notebook& notes) {
  const bool named = TriedBytes(subject).is_named();
  if (!named)
    return notes.found(Guarantee::lifetime, "process",
                       "it has no name, so it is gone with the last process that has it");
  const RawKind& raw = subject.mechanism.raw;
  SharedMapping memory(-1, sizeof(SharedText<400>));
  auto* const address = new (memory.data()) SharedText<400>;
  const ChildRun creator = run_forked(
      [&](const Fd&) {
        const TriedBytes tried(subject);
        put(tried.own(), kPattern);
        address->assign(tried.own().address());
        kill(getpid(), SIGKILL);
      },
      {});
  std::string after = "gone";
  try {
    if (get(*raw.join(address->str(), kBytes)) == kPattern) after = "there, with its content";
  } catch (const std::exception& gone) {
    after = gone.what();
  }
  const bool stays = after.starts_with("there");
  const bool file = address->str().starts_with(subject.directory);
  notes.found(Guarantee::lifetime,
              !stays ? "process"
              : file ? "file"
                     : "kernel",
              fmt::format("its only process, the creator, was killed ({}); afterwards it was {}",
                          creator.problem({}), after));
}

void probe_bytes_rights(const Subject& subject, Notebook& notes) {
  const TriedBytes tried(subject);
  if (!tried.is_named()) throw NotApplicable("it has no name by which another user could find it");
  require_root();
  try {
    tried.elsewhere([](RawBytes& bytes) { return get(bytes); }, kNobody);
    note_rights(true, "", notes);
  } catch (const Error& refusal) {
    note_rights(false, refusal.what(), notes);
  }
}

void probe_bytes_visible(const Subject& subject, Notebook& notes) {
  const Child bystander = fork_child(0, [] { pause(); });
  const TriedBytes tried(subject);
  const Child user = tried.start([](RawBytes& bytes) -> std::uint64_t {
    put(bytes, kPattern);
    while (true) pause();
  });
  for (const std::uint64_t end_ns = end_after(kAttemptLimit);
       get(tried.own()) != kPattern && now_ns() < end_ns;)
    sched_yield();
  std::set<std::string> seen =
      named_objects(tried.spec().name, tried.spec().directory, tried.own().address());
  seen.merge(new_objects(held_objects(bystander.pid(), {}), held_objects(user.pid(), {})));
  notes.found(Guarantee::visible, fmt::format("{}", fmt::join(places_of(seen), ", ")),
              fmt::format("in use: {}", fmt::join(seen, ", ")));
}

void note_no_messages(const Subject&, Notebook&) {
  throw NotApplicable("bytes are no messages, and have no lock");
}
void note_no_limits(const Subject&, Notebook&) {
  throw NotTried("trying its greatest size could take all memory");
}

}  // namespace

std::span<const Probe> probes_of_bytes() {
  using enum Guarantee;
  static const std::vector<Probe> all{
      {{unrelated, connection, opening, duplex}, &probe_bytes_passing, false},
      {{order, reliable, when_full, boundaries, capacity}, &probe_bytes_messages, false},
      {{senders}, &probe_bytes_senders, false},
      {{updates}, &probe_bytes_updates, false},
      {{writer_gone, reader_gone}, &probe_bytes_gone, false},
      {{lifetime}, &probe_bytes_lifetime, false},
      {{rights}, &probe_bytes_rights, false},
      {{visible}, &probe_bytes_visible, false},
      {{limits}, &note_no_limits, false},
      {{largest, priorities, selection, holder_crash}, &note_no_messages, false},
  };
  return all;
}

}  // namespace ipcbench
