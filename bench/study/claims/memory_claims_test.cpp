// Each experiment on objects that behave in opposite ways, and the judgement of every possible evidence.
#include "bench/study/claims/memory_claims.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "bench/study/claims/key_claims.hpp"
#include "bench/testing/try_to_make.hpp"
#include "harness/base/error.hpp"
#include "harness/base/mapping.hpp"
#include "harness/base/unpredictable.hpp"
#include "harness/cleanup/launch_directory.hpp"
#include "harness/contract/owned_name.hpp"

namespace ipcbench {
namespace {

namespace fs = std::filesystem;

std::size_t page_bytes() { return static_cast<std::size_t>(sysconf(_SC_PAGESIZE)); }

// A page and a byte take two pages, both of them usable to the end and shared to the end.
TEST(SegmentPages, RoundsUpToWholePages) {
  IPCBENCH_MAKE_OR_SKIP(pages, segment_pages(page_bytes() + 1));
  EXPECT_EQ(pages.reported_bytes, page_bytes() + 1);
  EXPECT_EQ(pages.accessible_bytes, 2 * page_bytes());
  EXPECT_EQ(pages.pages(), 2U);
  EXPECT_TRUE(pages.rest_is_shared);
}

// A segment of whole pages has no rest. Catches a page that counts because something else is mapped behind
// the segment.
TEST(SegmentPages, GivesNoMoreThanThat) {
  IPCBENCH_MAKE_OR_SKIP(pages, segment_pages(page_bytes()));
  EXPECT_EQ(pages.accessible_bytes, page_bytes());
  EXPECT_FALSE(pages.rest_is_shared);
}

// Memory that ends earlier, and none at all.
TEST(AccessibleBytes, EndsAtTheFirstPageThatKills) {
  const std::size_t page = page_bytes();
  const Mapping memory(4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
  auto* const bytes = static_cast<char*>(memory.data());
  EXPECT_EQ(accessible_bytes(bytes, 4 * page), 4 * page);
  ASSERT_EQ(mprotect(bytes + 3 * page, page, PROT_NONE), 0);
  EXPECT_EQ(accessible_bytes(bytes, 4 * page), 3 * page);
  EXPECT_EQ(accessible_bytes(bytes + 3 * page, page), 0U);
}

// The counter-example: a POSIX object cannot be reached without its name.
class PosixSegment final : public RemovableSegment {
 public:
  PosixSegment() {
    const Fd fd(checked(shm_open(name_.c_str(), O_RDWR | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR), "shm_open"));
    checked(ftruncate(fd.get(), static_cast<off_t>(page_bytes())), "ftruncate");
  }

  char* attach() override {
    const Fd fd(shm_open(name_.c_str(), O_RDWR, 0));
    if (!fd) return nullptr;
    void* const memory = mmap(nullptr, page_bytes(), PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    return memory == MAP_FAILED ? nullptr : static_cast<char*>(memory);
  }
  void detach(char* memory) override { munmap(memory, page_bytes()); }
  void mark_for_removal() override { name_.unlink(); }
  int look_up() override { return Fd(shm_open(name_.c_str(), O_RDWR, 0)) ? 0 : errno; }

 private:
  OwnedName name_{ObjectKind::posix_shm, "/" + unpredictable_name(), true};
};

std::unique_ptr<RemovableSegment> make_posix_segment() { return std::make_unique<PosixSegment>(); }

// Linux keeps the identifier of a marked segment valid until the last process has detached.
TEST(ShmRemoval, SysvSegmentIsAttachedAgainByItsIdentifier) {
  IPCBENCH_MAKE_OR_SKIP(segment, make_sysv_segment());
  const ShmRemoval removal = shm_removal(*segment);
  EXPECT_EQ(removal.attach_again, 0);
  EXPECT_EQ(removal.attach_elsewhere, 0);
  EXPECT_TRUE(removal.is_the_same);
  EXPECT_EQ(removal.look_up, ENOENT);
  EXPECT_NE(removal.attach_after_detach, 0);
}

// Catches an experiment that attaches something else.
TEST(ShmRemoval, PosixObjectIsNot) {
  IPCBENCH_MAKE_OR_SKIP(segment, make_posix_segment());
  const ShmRemoval removal = shm_removal(*segment);
  EXPECT_EQ(removal.attach_again, ENOENT);
  EXPECT_EQ(removal.attach_elsewhere, ENOENT);
  EXPECT_FALSE(removal.is_the_same);
  EXPECT_EQ(removal.look_up, ENOENT);
}

// Like the shell's "> file": the inode stays.
void truncate(const fs::path& file) { const std::ofstream emptied(file, std::ios::trunc); }

// The old file still exists while the new one is created, so the inodes differ. The key uses their low 16
// bits, which differ on every file system that numbers its files consecutively.
void replace_by_another(const fs::path& file) {
  const fs::path other = file.string() + "-other";
  truncate(other);
  fs::rename(other, file);
}

TEST(FtokOfRecreatedFile, TellsAnotherInodeFromTheSame) {
  const LaunchDirectory directory;
  const auto replaced = ftok_of_recreated_file(directory.path(), replace_by_another);
  EXPECT_EQ(replaced.tries, 16U);
  EXPECT_EQ(replaced.other_inode, 16U);
  EXPECT_EQ(replaced.other_key, 16U);
  const auto kept = ftok_of_recreated_file(directory.path(), truncate);
  EXPECT_EQ(kept.other_inode, 0U);
  EXPECT_EQ(kept.other_key, 0U);
}

// The result depends on the file system, but a key never changes without the inode. Nothing is left behind.
TEST(FtokOfRecreatedFile, FollowsTheInode) {
  const LaunchDirectory directory;
  const auto recreated = ftok_of_recreated_file(directory.path());
  EXPECT_LE(recreated.other_key, recreated.other_inode);
  EXPECT_FALSE(recreated.file_system.empty());
  EXPECT_TRUE(fs::is_empty(directory.path()));
}

TEST(FtokOfRecreatedFile, NeedsADirectoryToWriteIn) {
  EXPECT_THROW(ftok_of_recreated_file("/nowhere"), KernelError);
}

TEST(JudgeShmRemoval, ConfirmsOnlyIfNeitherWayLeadsBack) {
  EXPECT_EQ(judge_shm_removal({.attach_again = EIDRM, .attach_elsewhere = EIDRM}).verdict,
            ClaimVerdict::confirmed);
  EXPECT_EQ(judge_shm_removal({.look_up = ENOENT, .is_the_same = true}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_shm_removal(shm_removal(*make_posix_segment())).verdict, ClaimVerdict::confirmed);
}

TEST(JudgeSegmentPages, TellsPromisedFromAccessible) {
  SegmentPages pages{.asked_bytes = 4097,
                     .reported_bytes = 4097,
                     .page_bytes = 4096,
                     .accessible_bytes = 8192,
                     .rest_is_shared = true};
  EXPECT_EQ(judge_segment_pages(pages).verdict, ClaimVerdict::depends);
  pages.accessible_bytes = 16384;
  EXPECT_EQ(judge_segment_pages(pages).verdict, ClaimVerdict::refuted);
  pages = {.asked_bytes = 8192,
           .reported_bytes = 8192,
           .page_bytes = 4096,
           .accessible_bytes = 8192,
           .rest_is_shared = false};
  EXPECT_EQ(judge_segment_pages(pages).verdict, ClaimVerdict::confirmed);
}

TEST(JudgeFtok, DependsOnTheFileSystem) {
  const FtokOfRecreatedFile other{.file_system = "tmpfs", .tries = 16, .other_inode = 16, .other_key = 16};
  const FtokOfRecreatedFile same{.file_system = "ext4", .tries = 16, .other_inode = 0, .other_key = 0};
  EXPECT_EQ(judge_ftok({.done = {{"/a", other}}, .refused = {}}).verdict, ClaimVerdict::confirmed);
  EXPECT_EQ(judge_ftok({.done = {{"/a", same}}, .refused = {}}).verdict, ClaimVerdict::refuted);
  EXPECT_EQ(judge_ftok({.done = {{"/a", same}, {"/b", other}}, .refused = {}}).verdict,
            ClaimVerdict::depends);
  EXPECT_EQ(judge_ftok({.done = {}, .refused = {{"/a", "read-only"}}}).verdict, ClaimVerdict::untested);
}

}  // namespace
}  // namespace ipcbench
