#include "bench/study/claims/file_claims.hpp"

#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "bench/study/claims/report_claims.hpp"
#include "bench/study/parts/temporary_path.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

std::size_t page_size() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

// A file of two pages. Both processes write to the first; only the other process writes to the second.
struct Pages {
  Fd file{checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create")};

  Pages() { checked(ftruncate(file.get(), static_cast<off_t>(2 * page_size())), "ftruncate"); }
  [[nodiscard]] Mapping map(int flag) const {
    return {2 * page_size(), PROT_READ | PROT_WRITE, flag, file.get()};
  }
};

// Another process writes `letter` at `at`. Returns the previous content.
char exchange_elsewhere(const Pages& pages, std::size_t at, char letter) {
  return in_child<char>([&] {
    const Mapping theirs = pages.map(MAP_SHARED);
    const char before = theirs.at(at);
    theirs.at(at) = letter;
    return before;
  });
}

Fd memory_file(std::size_t bytes) {
  Fd file(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create"));
  checked(ftruncate(file.get(), static_cast<off_t>(bytes)), "ftruncate");
  return file;
}

// A second open file of the same file, with an offset of its own.
Fd reopened(int fd, int flags) {
  return Fd(checked(open(fmt::format("/proc/self/fd/{}", fd).c_str(), flags | O_CLOEXEC), "open"));
}

std::string text_at(const Fd& file, off_t offset) {
  char byte = 0;
  const ssize_t got = pread(file.get(), &byte, 1, offset);
  return got == 1 ? std::string(1, byte) : came_back(got);
}

long page_faults() {
  rusage usage{};
  checked(getrusage(RUSAGE_SELF, &usage), "getrusage");
  return usage.ru_minflt + usage.ru_majflt;
}

void store_in_each_page(const Mapping& mapping) {
  for (std::size_t at = 0; at < mapping.bytes(); at += page_bytes()) mapping.at(at) = 'x';
}

struct Faults {
  long mapping = 0;
  long first = 0;
  long second = 0;
};
Faults faults_of(int mmap_flags, std::size_t bytes) {
  const Fd file = memory_file(bytes);
  checked(posix_fallocate(file.get(), 0, static_cast<off_t>(bytes)) == 0 ? 0 : -1, "posix_fallocate");
  const long before = page_faults();
  const Mapping mapping(bytes, PROT_READ | PROT_WRITE, mmap_flags, file.get());
  const long mapped = page_faults();
  store_in_each_page(mapping);
  const long touched = page_faults();
  store_in_each_page(mapping);
  return {mapped - before, touched - mapped, page_faults() - touched};
}

}  // namespace

PrivateMapping private_mapping(int flag) {
  const Pages pages;
  const Mapping ours = pages.map(flag);
  PrivateMapping seen;
  exchange_elsewhere(pages, 0, 'a');
  seen.sees_others_before_writing = ours.at(0) == 'a';
  ours.at(0) = 'b';
  seen.own_write_seen_by_others = exchange_elsewhere(pages, 0, 'c') == 'b';
  seen.sees_others_after_writing = ours.at(0) == 'c';
  exchange_elsewhere(pages, page_size(), 'd');
  seen.other_page_sees_others = ours.at(page_size()) == 'd';
  return seen;
}

Answer judge_private_mapping(const PrivateMapping& mapping) {
  const auto seen = [](bool shows) { return shows ? "seen" : "not seen"; };
  std::vector<std::string> evidence{
      fmt::format("Written to the file by another process before: {} in the mapping.",
                  seen(mapping.sees_others_before_writing)),
      fmt::format("Written through the mapping: {} by the other process.",
                  seen(mapping.own_write_seen_by_others)),
      fmt::format("Written by the other process to the same page afterwards: {}; to a page that this process "
                  "had not written: {}.",
                  seen(mapping.sees_others_after_writing), seen(mapping.other_page_sees_others))};
  if (mapping.own_write_seen_by_others || mapping.sees_others_after_writing)
    return {ClaimVerdict::refuted, "the page that was written is still shared", std::move(evidence)};
  if (!mapping.other_page_sees_others)
    return {ClaimVerdict::confirmed, "neither the page that was written nor the others", std::move(evidence)};
  return {ClaimVerdict::depends,
          "on the page: the one that was written is private, the others still show what is written to "
          "the file",
          std::move(evidence)};
}

Steps pages_at_first_touch(int mmap_flags) {
  constexpr std::size_t kPages = 64;
  faults_of(mmap_flags, page_bytes());  // the code's own faults
  const Faults faults = faults_of(mmap_flags, kPages * page_bytes());
  Steps steps;
  steps
      .add(fmt::format("mmap() of {} pages of a file: page faults (getrusage)", kPages),
           std::to_string(faults.mapping), "0")
      .check("a first store to each page: page faults", std::to_string(faults.first), faults.first > 0,
             "some")
      .add("a second store to each page: page faults", std::to_string(faults.second), "0");
  return steps;
}

Steps mapping_reaches_file(int mmap_flags) {
  const TemporaryPath path;
  const Fd file(
      checked(open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR), "open"));
  checked(pwrite(file.get(), "--", 2, 0), "write");
  const Fd other(checked(open(path.c_str(), O_RDONLY | O_CLOEXEC), "open"));
  Steps steps;
  {
    const Mapping mapping(page_bytes(), PROT_READ | PROT_WRITE, mmap_flags, file.get());
    mapping.at(0) = 'm';
    steps.add("p[0] = 'm' through the mapping, then pread(other_fd, buf, 1, 0)", text_at(other, 0), "m");
    checked(pwrite(other.get() < 0 ? -1 : file.get(), "w", 1, 1), "write");
    steps.add("pwrite(fd, \"w\", 1, 1), then p[1]", std::string(1, mapping.at(1)), "w");
  }
  steps.add("pread(other_fd, buf, 1, 0) after munmap()", text_at(other, 0), "m");
  return steps;
}

void* map_page(int fd, off_t offset) {
  return mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
}

Steps offset_and_close(const MapPage& map) {
  const auto page = static_cast<off_t>(page_bytes());
  Fd file = memory_file(3 * page_bytes());
  const Fd other = duplicate(file);
  const auto mapped = [&](off_t offset) {
    return map(file.get(), offset) == MAP_FAILED ? came_back(-1) : "mapped";
  };
  Steps steps;
  steps.add("mmap(NULL, size, ..., fd, 1)", mapped(1), "EINVAL")
      .add(fmt::format("mmap(NULL, size, ..., fd, {})", 2 * page), mapped(2 * page), "mapped");
  auto* const memory = static_cast<char*>(map(file.get(), page));
  if (memory == MAP_FAILED) throw_errno("mmap");
  file.reset();
  *memory = 'c';
  steps.add("p[0] = 'c' after close(fd), then pread(other_fd)", text_at(other, page), "c");
  return steps;
}

Steps stores_after_fork(volatile char& byte) {
  byte = 'p';
  const char seen_by_child = in_child<char>([&] {
    const char before = byte;
    byte = 'c';
    return before;
  });
  Steps steps;
  steps.add("x = 'p'; fork(); the child reads x", std::string(1, seen_by_child), "p")
      .add("the child sets x = 'c'; the parent reads x", std::string(1, byte), "p");
  return steps;
}

Steps private_after_fork(int mmap_flags) {
  const Mapping memory(page_bytes(), PROT_READ | PROT_WRITE, mmap_flags | MAP_ANONYMOUS);
  return stores_after_fork(memory.at(0));
}

Fd inherited(int fd) { return Fd(checked(dup(fd), "dup")); }

Steps variables_of_their_own() {
  volatile char variable = 0;
  return stores_after_fork(variable);
}

Steps shared_file_offset(const std::function<Fd(int)>& childs) {
  const Fd file = memory_file(0);
  checked(pwrite(file.get(), "abcdef", 6, 0), "write");
  const long got = in_child<long>([&] {
    std::array<char, 3> bytes{};
    return read(childs(file.get()).get(), bytes.data(), bytes.size());
  });
  char next = 0;
  Steps steps;
  steps.add("read(fd, buf, 3) of \"abcdef\" by the child", came_back(got), "3")
      .add("lseek(fd, 0, SEEK_CUR) by the parent", came_back(lseek(file.get(), 0, SEEK_CUR)), "3")
      .add("read(fd, buf, 1) by the parent",
           read(file.get(), &next, 1) == 1 ? std::string(1, next) : "nothing", "d");
  return steps;
}

PipeEnds open_file_channel() {
  Fd write = memory_file(0);
  return {reopened(write.get(), O_RDONLY), std::move(write)};
}

Steps unsynchronised_file(const OpenChannel& open) {
  const PipeEnds ends = open();
  std::array<char, 8> bytes{};
  Steps steps;
  steps.attempt("read() before anything was written", "0",
                [&] { return read(ends.read.get(), bytes.data(), bytes.size()); });
  checked(flock(ends.read.get(), LOCK_EX), "flock");
  steps
      .attempt("write(fd, buf, 1) while another process holds flock(LOCK_EX)", "1",
               [&] { return write(ends.write.get(), "x", 1); })
      .attempt("write(fd, buf, 1) while nobody reads, 100,000 times", "100000", [&] {
        long written = 0;
        while (written < 100'000 && write(ends.write.get(), "x", 1) == 1) ++written;
        return written;
      });
  return steps;
}

std::span<const Claim> file_claims() {
  static constexpr std::array kClaims{
      Claim{"mapped_file_cheaper",
            {100},
            "A mapped file moves data more cheaply than read and write.",
            ReportTest{.contest = &kMappedFilesAgainstFiles},
            10},
      Claim{"private_mapping",
            {103},
            "A MAP_PRIVATE mapping shares nothing after a write.",
            [] { return judge_private_mapping(private_mapping(MAP_PRIVATE)); },
            15},
      Claim{"mapping_first_touch",
            {101},
            "mmap() moves nothing; the data come with the page fault of the first touch.",
            [] {
              return pages_at_first_touch().answer(
                  {.confirmed = "a page comes at its first touch; of a MAP_SHARED mapping it is the page of "
                                "the file, so that nothing is copied"});
            }},
      Claim{"mapping_reaches_file",
            {102},
            "What is stored in a MAP_SHARED mapping reaches the file.",
            [] {
              return mapping_reaches_file().answer(
                  {.confirmed = "another process reads it at once, without munmap() or msync()"});
            }},
      Claim{"private_after_fork",
            {104},
            "After fork() nobody else sees what is stored in a MAP_PRIVATE mapping.",
            [] { return private_after_fork().answer(); }},
      Claim{"mmap_offset_and_close",
            {106},
            "The offset of mmap() is a multiple of a page, and the descriptor may be closed afterwards.",
            [] { return offset_and_close().answer(); }},
      Claim{"variables_after_fork",
            {107},
            "After fork() parent and child no longer share variables.",
            [] { return variables_of_their_own().answer(); }},
      Claim{"file_offset_shared",
            {109},
            "Parent and child share the files that are open at fork(), and their offsets.",
            [] { return shared_file_offset().answer(); }},
      Claim{"file_unsynchronised", {110}, "Processes that share a file have to synchronise themselves.", [] {
              return unsynchronised_file().answer(
                  {.confirmed = "no call waits: not for data, not for a reader, not for a lock"});
            }}};
  return kClaims;
}

}  // namespace ipcbench
