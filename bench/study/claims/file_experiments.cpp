// What files and mapped files do, and how often a message is copied on its way from one file to another.
#include <mqueue.h>
#include <sys/msg.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>

#include "bench/study/claims/experiments.hpp"
#include "bench/study/parts/system_calls.hpp"
#include "harness/base/clock.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/parts/posix_queue_object.hpp"
#include "mechanisms/parts/sysv_object.hpp"

namespace ipcbench {
namespace {

Mapping map(const Fd& file, std::size_t bytes, int flags) {
  return {bytes, PROT_READ | PROT_WRITE, flags, file.get()};
}

// Another process stores `letter` at `at` in its own mapping. Returns what it found there.
char exchange_elsewhere(const Fd& file, std::size_t at, char letter) {
  return in_child<char>([&] {
    const Mapping theirs = map(file, 2 * page_bytes(), MAP_SHARED);
    return std::exchange(const_cast<char&>(theirs.at(at)), letter);
  });
}

std::string byte_at(const Fd& file, off_t offset) {
  char byte = 0;
  const ssize_t got = pread(file.get(), &byte, 1, offset);
  return got == 1 ? std::string(1, byte) : came_back(got);
}

long page_faults() {
  rusage usage{};
  checked(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return usage.ru_minflt + usage.ru_majflt;
}

// Page faults of mmap(), of a first store to each page, and of a second.
std::array<long, 3> faults_of(int flags, std::size_t bytes) {
  const Fd file = memory_file(bytes);
  std::array<long, 4> counts{page_faults()};
  const Mapping mapping = map(file, bytes, flags);
  counts[1] = page_faults();
  for (const std::size_t pass : {2U, 3U}) {
    for (std::size_t at = 0; at < bytes; at += page_bytes()) mapping.at(at) = 'x';
    counts[pass] = page_faults();
  }
  return {counts[1] - counts[0], counts[2] - counts[1], counts[3] - counts[2]};
}

// As msgsnd(2) wants it.
struct Page {
  long type = 1;
  std::array<char, kCopiedBytes> text{};
};

void read_page(int file, void* to) { checked(read(file, to, kCopiedBytes), "read"); }
void write_page(int file, const void* from) { checked(write(file, from, kCopiedBytes), "write"); }

// What sends a page through a new object, and what receives it.
struct Passage {
  std::function<void(const Page&)> send;
  std::function<void(Page&)> receive;
};

Carrier through(std::string_view what, const std::function<Passage()>& open) {
  return {fmt::format(
              "read(file) and sending it through {} by one process, receiving it and write(file) by another",
              what),
          4, [open] {
            const Passage passage = open();
            return std::vector<OnFiles>{[passage](int from, int) {
                                          Page page;
                                          read_page(from, page.text.data());
                                          passage.send(page);
                                        },
                                        [passage](int, int to) {
                                          Page page;
                                          passage.receive(page);
                                          write_page(to, page.text.data());
                                        }};
          }};
}

std::function<Passage()> through_channel(const OpenChannel& open) {
  return [open] {
    const auto ends = std::make_shared<PipeEnds>(open());
    return Passage{[ends](const Page& page) { write_page(ends->write.get(), page.text.data()); },
                   [ends](Page& page) { read_page(ends->read.get(), page.text.data()); }};
  };
}

Passage through_sysv_queue() {
  const auto queue = std::make_shared<SysvObject>(new_sysv_queue());
  return {
      [queue](const Page& page) { checked(msgsnd(queue->id(), &page, kCopiedBytes, IPC_NOWAIT), "msgsnd"); },
      [queue](Page& page) { checked(msgrcv(queue->id(), &page, kCopiedBytes, 0, IPC_NOWAIT), "msgrcv"); }};
}

Passage through_posix_queue() {
  const OwnedName name = OwnedName::fresh(ObjectKind::posix_queue);
  const auto queue = std::make_shared<Fd>(
      open_posix_queue(name.str(), O_RDWR | O_CREAT | O_EXCL | O_NONBLOCK, 1, kCopiedBytes));
  return {[queue](const Page& page) {
            checked(mq_send(queue->get(), page.text.data(), kCopiedBytes, 0), "mq_send");
          },
          [queue](Page& page) {
            checked(mq_receive(queue->get(), page.text.data(), kCopiedBytes, nullptr), "mq_receive");
          }};
}

void by_mapping(int from, int to) {
  const Mapping source(kCopiedBytes, PROT_READ, MAP_SHARED, from);
  const Mapping target(kCopiedBytes, PROT_READ | PROT_WRITE, MAP_SHARED, to);
  std::memcpy(target.data(), source.data(), kCopiedBytes);
}

struct Copies {
  double made = 0;  // between the processes and the kernel
  bool arrived = false;
};

// Traces the processes one after the other.
Copies copies_of(const Carrier& carrier) {
  const Fd from = memory_file(kCopiedBytes);
  const Fd to = memory_file(kCopiedBytes);
  const std::string sent(kCopiedBytes, 'x');
  checked(pwrite(from.get(), sent.data(), sent.size(), 0), "pwrite");
  Copies copies;
  for (const OnFiles& process : carrier.open()) {
    const auto calls = system_calls_of([&] { process(from.get(), to.get()); });
    copies.made += static_cast<double>(calls.copied_bytes) / kCopiedBytes;
  }
  checked(lseek(to.get(), 0, SEEK_SET), "lseek");
  copies.arrived = take(to, kCopiedBytes) == sent;
  return copies;
}

}  // namespace

Steps private_mapping(int flags) {
  const Fd file = memory_file(2 * page_bytes());
  const Mapping ours = map(file, 2 * page_bytes(), flags);
  ours.at(0) = 'a';
  const char found = exchange_elsewhere(file, 0, 'b');
  exchange_elsewhere(file, page_bytes(), 'b');
  const auto shown = [](bool shows) { return shows ? "seen" : "not seen"; };
  return Steps()
      .add("p[0] = 'a'; another process looks", shown(found == 'a'), "not seen")
      .add("the other stores 'b' in the same page", shown(ours.at(0) == 'b'), "not seen")
      .add("the other stores 'b' in a page that this process only mapped",
           shown(ours.at(page_bytes()) == 'b'), "not seen");
}

Steps pages_at_first_touch(int flags) {
  constexpr std::size_t kPages = 64;
  faults_of(flags, page_bytes());  // the code's own faults
  const auto [mapping, first, second] = faults_of(flags, kPages * page_bytes());
  return Steps()
      .add(fmt::format("mmap() of {} pages of a file; page faults", kPages), mapping, "0")
      .check("a store to each page; page faults", std::to_string(first), first > 0, "some")
      .add("another store to each page; page faults", second, "0");
}

Steps mapping_reaches_file(int flags) {
  const Fd file = memory_file(page_bytes());
  Steps steps;
  {
    const Mapping mapping = map(file, page_bytes(), flags);
    mapping.at(0) = 'm';
    steps.add("p[0] = 'm'; pread(fd, buf, 1, 0)", byte_at(file, 0), "m");
    checked(pwrite(file.get(), "w", 1, 1), "pwrite");
    steps.add("pwrite(fd, \"w\", 1, 1); p[1]", mapping.at(1), "w");
  }
  return steps.add("munmap(p, size); pread(fd, buf, 1, 0)", byte_at(file, 0), "m");
}

Steps unshared_after_fork(volatile char& byte) {
  byte = 'p';
  const auto seen = in_child<char>([&] { return std::exchange(const_cast<char&>(byte), 'c'); });
  return Steps()
      .add("x = 'p'; fork(); in the child x is", seen, "p")
      .add("x = 'c' in the child; then in the parent x is", char{byte}, "p");
}

void* map_page(int fd, off_t offset) {
  return mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

Steps offset_and_close(const MapPage& map_it) {
  const auto page = static_cast<off_t>(page_bytes());
  Fd file = memory_file(2 * page_bytes());
  const Fd other = duplicate(file);
  Steps steps;
  steps.add("mmap() with offset 1", map_it(file.get(), 1) == MAP_FAILED ? came_back(-1) : "mapped", "EINVAL");
  auto* const memory = static_cast<char*>(map_it(file.get(), page));
  if (memory == MAP_FAILED) throw_errno("mmap");
  file.reset();
  *memory = 'c';
  steps.add(fmt::format("p = mmap() with offset {}; close(fd); *p = 'c'; another reads", page),
            byte_at(other, page), "c");
  munmap(memory, page_bytes());
  return steps;
}

Steps shared_file_offset(const std::function<Fd(const Fd&)>& childs) {
  const Fd file = memory_file();
  checked(pwrite(file.get(), "abcdef", 6, 0), "pwrite");
  in_child<bool>([&] { return take(childs(file), 3) == "abc"; });
  return Steps()
      .add("read(fd, buf, 3) by the child; lseek(fd, 0, SEEK_CUR) by the parent",
           lseek(file.get(), 0, SEEK_CUR), "3")
      .add("read(fd, buf, 3) by the parent", take(file, 3), "def");
}

PipeEnds open_file_channel() {
  Fd write = memory_file();
  const std::string path = fmt::format("/proc/self/fd/{}", write.get());
  return {Fd(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open")), std::move(write)};
}

Steps unsynchronised_file(const OpenChannel& open) {
  const PipeEnds ends = open();
  const std::string much(99'000, 'x');  // more than a pipe holds
  Steps steps;
  steps.attempt("read() before anything was written", "0", reading(ends.read));
  const auto lock = [&] { return lockf(ends.write.get(), F_TLOCK, 0); };
  checked(lock(), "lockf");
  steps.attempt("lockf(fd, F_TLOCK, 0) of what another process has locked so", {}, lock)
      .attempt("write() there", "1", writing(ends.write));
  const Attempt unread = attempt(writing(ends.write, much));
  return steps.check(fmt::format("write(fd, buf, {}) that nobody reads", much.size()), came_back(unread),
                     unread.how != Attempt::How::blocked, "does not wait");
}

std::vector<Carrier> textbook_carriers() {
  return {through("a pipe", through_channel(make_pipe)),
          through("a FIFO", through_channel(open_fifo_channel)),
          through("a System V queue", through_sysv_queue), through("a POSIX queue", through_posix_queue),
          memory_carrier(MAP_SHARED)};
}

Carrier memory_carrier(int sharing) {
  return {"read(file) into shared memory by one process, write(file) from there by another", 2, [sharing] {
            const auto memory =
                std::make_shared<Mapping>(kCopiedBytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS);
            return std::vector<OnFiles>{[memory](int from, int) { read_page(from, memory->data()); },
                                        [memory](int, int to) { write_page(to, memory->data()); }};
          }};
}

void by_read_and_write(int from, int to) {
  std::array<char, kCopiedBytes> page{};
  read_page(from, page.data());
  write_page(to, page.data());
}

std::vector<Carrier> file_carriers() {
  return {{"read(file), write(file)", 4, [] { return std::vector<OnFiles>{by_read_and_write}; }},
          {"mmap() of both files, and memcpy(), which is not counted", 0,
           [] { return std::vector<OnFiles>{by_mapping}; }}};
}

Steps copies_counted(const std::vector<Carrier>& carriers) {
  Steps steps;
  for (const Carrier& carrier : carriers) {
    steps.unless_refused(carrier.calls, [&] {
      const auto [made, arrived] = copies_of(carrier);
      steps.check(fmt::format("strace, {} B: {}", kCopiedBytes, carrier.calls),
                  fmt::format("copied {:g} times between a process and the kernel{}", made,
                              arrived ? "" : ", but the files differ"),
                  arrived && made == carrier.stated_copies, fmt::format("{:g}", carrier.stated_copies));
    });
  }
  return steps;
}

TimesOfOption times_of_mapping(std::size_t bytes) {
  const Fd file = memory_file();
  std::string buffer(bytes, 'x');
  write_all(file.get(), buffer);
  const auto look = [bytes](const volatile char* at) {
    for (std::size_t i = 0; i < bytes; i += 64) static_cast<void>(at[i]);
    return now_ns();
  };
  const std::uint64_t start = now_ns();
  checked(pread(file.get(), buffer.data(), bytes, 0), "pread");
  const std::uint64_t between = look(buffer.data());
  const Mapping mapping(bytes, PROT_READ, MAP_SHARED, file.get());
  const std::uint64_t end = look(static_cast<const char*>(mapping.data()));
  return {static_cast<double>(between - start), static_cast<double>(end - between)};
}

Steps large_file(const std::function<TimesOfOption(std::size_t)>& measure) {
  const auto measured = [&](std::size_t bytes) { return ratios_in_rounds([&] { return measure(bytes); }); };
  constexpr std::string_view kCall =
      "mmap() of a file of {} in the page cache and a look at it, against read() and the same look";
  Steps steps;
  steps.add(fmt::format(kCall, "16 KiB"), measured(16 << 10).text());
  const std::string call = fmt::format(kCall, "8 MiB");
  const TimeRatios ratios = measured(8 << 20);
  if (ratios.least < 1 && ratios.most > 1) return steps.by_chance(call, ratios.text(), false, "less time");
  return steps.check(call, ratios.text(), ratios.most < 1, "less time");
}

}  // namespace ipcbench
