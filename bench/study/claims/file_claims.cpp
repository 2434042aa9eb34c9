#include "bench/study/claims/file_claims.hpp"

#include <sys/file.h>
#include <sys/resource.h>

#include <cstring>

#include "bench/study/claims/report_claims.hpp"
#include "bench/study/parts/system_calls.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

constexpr std::size_t kCopied = 4096;

Fd memory_file(std::size_t bytes) {
  Fd file(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create"));
  const int error = bytes == 0 ? 0 : posix_fallocate(file.get(), 0, static_cast<off_t>(bytes));
  if (error != 0) throw_error(error, "posix_fallocate");
  return file;
}

Mapping map(const Fd& file, std::size_t bytes, int flags) {
  return {bytes, PROT_READ | PROT_WRITE, flags, file.get()};
}

// Another process stores `letter` at `at` in its own mapping. Returns what it found there.
char exchange_elsewhere(const Fd& file, std::size_t at, char letter) {
  return in_child<char>([&] {
    const Mapping theirs = map(file, 2 * page_bytes(), MAP_SHARED);
    const char before = theirs.at(at);
    theirs.at(at) = letter;
    return before;
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

}  // namespace

Steps private_mapping(int flags) {
  const Fd file = memory_file(2 * page_bytes());
  const Mapping ours = map(file, 2 * page_bytes(), flags);
  ours.at(0) = 'a';
  const std::string found(1, exchange_elsewhere(file, 0, 'b'));
  exchange_elsewhere(file, page_bytes(), 'b');
  const auto shown = [](bool shows) { return shows ? "seen" : "not seen"; };
  Steps steps;
  steps.add("p[0] = 'a'; another process looks", shown(found == "a"), "not seen")
      .add("the other stores 'b' in the same page", shown(ours.at(0) == 'b'), "not seen")
      .add("the other stores 'b' in a page that this process only mapped",
           shown(ours.at(page_bytes()) == 'b'), "not seen");
  return steps;
}

Steps pages_at_first_touch(int flags) {
  constexpr std::size_t kPages = 64;
  faults_of(flags, page_bytes());  // the code's own faults
  const auto [mapping, first, second] = faults_of(flags, kPages * page_bytes());
  Steps steps;
  steps.add(fmt::format("mmap() of {} pages of a file; page faults", kPages), std::to_string(mapping), "0")
      .check("a store to each page; page faults", std::to_string(first), first > 0, "some")
      .add("another store to each page; page faults", std::to_string(second), "0");
  return steps;
}

Steps mapping_reaches_file(int flags) {
  const Fd file = memory_file(page_bytes());
  Steps steps;
  {
    const Mapping mapping = map(file, page_bytes(), flags);
    mapping.at(0) = 'm';
    steps.add("p[0] = 'm'; pread(fd, buf, 1, 0)", byte_at(file, 0), "m");
    checked(pwrite(file.get(), "w", 1, 1), "pwrite");
    steps.add("pwrite(fd, \"w\", 1, 1); p[1]", std::string(1, mapping.at(1)), "w");
  }
  steps.add("munmap(p, size); pread(fd, buf, 1, 0)", byte_at(file, 0), "m");
  return steps;
}

Steps unshared_after_fork(volatile char& byte) {
  byte = 'p';
  const auto seen = in_child<char>([&] { return std::exchange(const_cast<char&>(byte), 'c'); });
  Steps steps;
  steps.add("x = 'p'; fork(); in the child x is", std::string(1, seen), "p")
      .add("x = 'c' in the child; then in the parent x is", std::string(1, byte), "p");
  return steps;
}

void* map_page(int fd, off_t offset) {
  return mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

Steps offset_and_close(const MapPage& map_it) {
  const auto page = static_cast<off_t>(page_bytes());
  Fd file = memory_file(2 * page_bytes());
  const Fd other = duplicate(file);
  void* const odd = map_it(file.get(), 1);
  Steps steps;
  steps.add("mmap() with offset 1", odd == MAP_FAILED ? came_back(-1) : "mapped", "EINVAL");
  auto* const memory = static_cast<char*>(map_it(file.get(), page));
  if (memory == MAP_FAILED) throw_errno("mmap");
  file.reset();
  *memory = 'c';
  steps.add(fmt::format("p = mmap() with offset {}; close(fd); *p = 'c'; another reads", page),
            byte_at(other, page), "c");
  munmap(memory, page_bytes());
  return steps;
}

void read_and_write(const Fd& from, const Fd& to) { put(to, take(from, kCopied)); }

Steps copies_of_a_file(const CopyFile& copy) {
  const Fd from = memory_file(kCopied);
  const Fd to = memory_file(kCopied);
  const auto times = [](const std::function<void()>& body) {
    return std::to_string(copied_bytes(system_calls_of(body)) / kCopied);
  };
  const std::string by_calls = times([&] { copy(from, to); });
  const std::string mapped = times([&] {
    const Mapping source = map(from, kCopied, MAP_SHARED);
    std::memcpy(map(to, kCopied, MAP_SHARED).data(), source.data(), kCopied);
  });
  Steps steps;
  steps.add("strace: read(), write() from file to file: copies between kernel and process", by_calls, "4")
      .add("strace: mmap() of both, memcpy(): copies besides memcpy()", mapped, "0");
  return steps;
}

Fd inherited(int fd) { return Fd(checked(dup(fd), "dup")); }

Steps shared_file_offset(const std::function<Fd(int)>& childs) {
  const Fd file = memory_file(0);
  checked(pwrite(file.get(), "abcdef", 6, 0), "pwrite");
  in_child<bool>([&] { return take(childs(file.get()), 3) == "abc"; });
  Steps steps;
  steps
      .add("read(fd, buf, 3) by the child; lseek(fd, 0, SEEK_CUR) by the parent",
           came_back(lseek(file.get(), 0, SEEK_CUR)), "3")
      .add("read(fd, buf, 3) by the parent", take(file, 3), "def");
  return steps;
}

PipeEnds open_file_channel() {
  Fd write = memory_file(0);
  const std::string path = fmt::format("/proc/self/fd/{}", write.get());
  return {Fd(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open")), std::move(write)};
}

Steps unsynchronised_file(const OpenChannel& open) {
  const PipeEnds ends = open();
  const std::string much(99'000, 'x');  // more than a pipe holds
  Steps steps;
  steps.attempt("read() before anything was written", "0",
                [&] { return read(ends.read.get(), std::array<char, 1>{}.data(), 1); });
  checked(flock(ends.read.get(), LOCK_EX), "flock");
  steps.attempt("write() while another has locked the file with flock(LOCK_EX)", "1",
                [&] { return write(ends.write.get(), "x", 1); });
  const Attempt unread = attempt([&] { return write(ends.write.get(), much.data(), much.size()); });
  steps.check(fmt::format("write(fd, buf, {}) that nobody reads", much.size()), came_back(unread),
              unread.how != Attempt::How::blocked, "does not wait");
  return steps;
}

}  // namespace ipcbench
