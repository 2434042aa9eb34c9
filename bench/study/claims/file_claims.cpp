#include "bench/study/claims/file_claims.hpp"

#include <sys/mman.h>

#include "bench/study/claims/report_claims.hpp"
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
            15}};
  return kClaims;
}

}  // namespace ipcbench
