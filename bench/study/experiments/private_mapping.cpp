#include "bench/study/experiments/private_mapping.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>

#include "harness/base/fd.hpp"
#include "harness/base/in_child.hpp"
#include "harness/base/mapping.hpp"

namespace ipcbench {
namespace {

// A page each for the byte that both write, and for one that only the other process writes.
struct Pages {
  Fd file;
  std::size_t page_bytes;
  [[nodiscard]] std::size_t bytes() const { return 2 * page_bytes; }
  [[nodiscard]] Mapping map(int flag) const { return {bytes(), PROT_READ | PROT_WRITE, flag, file.get()}; }
};

Pages make_pages() {
  Pages pages{Fd(checked(memfd_create("ipcbench", MFD_CLOEXEC), "memfd_create")),
              static_cast<std::size_t>(sysconf(_SC_PAGESIZE))};
  checked(ftruncate(pages.file.get(), static_cast<off_t>(pages.bytes())), "ftruncate");
  return pages;
}

// Another process writes `letter` at `at`; what stood there before is returned.
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
  const Pages pages = make_pages();
  const Mapping ours = pages.map(flag);
  PrivateMapping seen;
  exchange_elsewhere(pages, 0, 'a');
  seen.sees_others_before_writing = ours.at(0) == 'a';
  ours.at(0) = 'b';
  seen.own_write_seen_by_others = exchange_elsewhere(pages, 0, 'c') == 'b';
  seen.sees_others_after_writing = ours.at(0) == 'c';
  exchange_elsewhere(pages, pages.page_bytes, 'd');
  seen.other_page_sees_others = ours.at(pages.page_bytes) == 'd';
  return seen;
}

}  // namespace ipcbench
