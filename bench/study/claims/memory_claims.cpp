// Claims about shared memory, mapped files and the keys of files.
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cstdlib>
#include <set>

#include "bench/study/claims/experiment_claims.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {
namespace {

std::string outcome(int error) {
  return error == 0 ? "worked" : fmt::format("failed with {}", error_name(error));
}

// Where files are likely to be, one directory of each file system.
std::vector<std::filesystem::path> directories() {
  const char* const temporary = std::getenv("TMPDIR");
  std::set<dev_t> seen;
  std::vector<std::filesystem::path> chosen;
  for (const char* directory : {temporary != nullptr ? temporary : "/tmp", "/dev/shm", "."}) {
    struct stat facts {};
    if (stat(directory, &facts) == 0 && seen.insert(facts.st_dev).second) chosen.emplace_back(directory);
  }
  return chosen;
}

}  // namespace

Answer judge_shm_removal(const ShmRemoval& removal) {
  Answer answer;
  answer.evidence = {
      fmt::format(
          "Attached, marked with IPC_RMID, attached again by its identifier: {} in the same process, {} in "
          "another; {} memory.",
          outcome(removal.attach_again), outcome(removal.attach_elsewhere),
          removal.is_the_same ? "the same" : "not the same"),
      fmt::format("Looked up by its key once marked: {}.", outcome(removal.look_up)),
      fmt::format("Attached by its identifier after the last process had detached: {}.",
                  outcome(removal.attach_after_detach))};
  if (removal.attach_again != 0 && removal.attach_elsewhere != 0) {
    answer.verdict = ClaimVerdict::confirmed;
    answer.finding = fmt::format("attaching again {}", outcome(removal.attach_again));
  } else {
    answer.verdict = ClaimVerdict::refuted;
    answer.finding = fmt::format(
        "by its identifier it can, until the last process has detached; only its key is lost at once "
        "(looking it up {})",
        outcome(removal.look_up));
  }
  return answer;
}

Answer judge_segment_pages(const SegmentPages& pages) {
  Answer answer;
  answer.evidence = {
      fmt::format("shmget() of {} B: shm_segsz is {} B; a page is {} B.", pages.asked_bytes,
                  pages.reported_bytes, pages.page_bytes),
      fmt::format("A process that writes at byte {} survives, at byte {} it is killed by SIGSEGV.",
                  pages.accessible_bytes - 1, pages.accessible_bytes),
      fmt::format("What one process wrote at byte {}, another {}.", pages.accessible_bytes - 1,
                  pages.rest_is_shared ? "read" : "did not read")};
  const bool two_pages = pages.pages() == 2;
  if (pages.reported_bytes != pages.asked_bytes || !two_pages) {
    answer.verdict = ClaimVerdict::refuted;
    answer.finding = fmt::format("{} B in {} pages", pages.reported_bytes, pages.pages());
  } else if (pages.accessible_bytes == pages.reported_bytes) {
    answer.verdict = ClaimVerdict::confirmed;
    answer.finding = "not a byte more can be touched";
  } else {
    answer.verdict = ClaimVerdict::depends;
    answer.finding = fmt::format(
        "on what counts as usable: {} B are promised, but all {} B of both pages can be "
        "written{}",
        pages.reported_bytes, pages.accessible_bytes, pages.rest_is_shared ? " and are shared" : "");
  }
  return answer;
}

Answer judge_private_mapping(const PrivateMapping& mapping) {
  const auto seen = [](bool shows) { return shows ? "seen" : "not seen"; };
  Answer answer;
  answer.evidence = {
      fmt::format("What another process wrote to the file before: {} in the mapping.",
                  seen(mapping.sees_others_before_writing)),
      fmt::format("Written through the mapping: {} by the other process.",
                  seen(mapping.own_write_seen_by_others)),
      fmt::format(
          "What the other process wrote to the same page then: {}; to a page that had not been written: {}.",
          seen(mapping.sees_others_after_writing), seen(mapping.other_page_sees_others))};
  const bool shares = mapping.own_write_seen_by_others || mapping.sees_others_after_writing;
  if (shares) {
    answer.verdict = ClaimVerdict::refuted;
    answer.finding = "the page that was written is still shared";
  } else if (mapping.other_page_sees_others) {
    answer.verdict = ClaimVerdict::depends;
    answer.finding =
        "on the page: the one that was written is private, the others still show what is written to the file";
  } else {
    answer.verdict = ClaimVerdict::confirmed;
    answer.finding = "neither the page that was written nor the others";
  }
  return answer;
}

Answer judge_ftok(const Trials<FtokOfRecreatedFile>& trials) {
  Answer answer;
  std::size_t always = 0;
  std::size_t never = 0;
  std::vector<std::string> found;
  for (const auto& [directory, ftok] : trials.done) {
    answer.evidence.push_back(
        fmt::format("{} ({}): deleted and made again {} times, another inode {} times, another key {}.",
                    directory, ftok.file_system, ftok.tries, ftok.other_inode, ftok.other_key));
    found.push_back(
        fmt::format("another key {} of {} times on {}", ftok.other_key, ftok.tries, ftok.file_system));
    if (ftok.other_key == ftok.tries) ++always;
    if (ftok.other_key == 0) ++never;
  }
  for (const auto& [directory, reason] : trials.refused) {
    answer.evidence.push_back(fmt::format("{}: not tried: {}.", directory, reason));
  }
  if (found.empty()) return untested("no directory to make a file in");
  answer.verdict = always == found.size()  ? ClaimVerdict::confirmed
                   : never == found.size() ? ClaimVerdict::refuted
                                           : ClaimVerdict::depends;
  answer.finding = fmt::format(
      "{}{}", answer.verdict == ClaimVerdict::depends ? "on the inode that the file system gives: " : "",
      fmt::join(found, "; "));
  return answer;
}

Answer marked_segments_cannot_be_attached() { return judge_shm_removal(shm_removal(*make_sysv_segment())); }
Answer segment_gives_what_was_asked() { return judge_segment_pages(segment_pages()); }
Answer private_mappings_share_nothing() { return judge_private_mapping(private_mapping(MAP_PRIVATE)); }

Answer ftok_gives_another_key() {
  Trials<FtokOfRecreatedFile> trials;
  for (const auto& directory : directories()) {
    trials.add(directory.string(), [&] { return ftok_of_recreated_file(directory); });
  }
  return judge_ftok(trials);
}

}  // namespace ipcbench
