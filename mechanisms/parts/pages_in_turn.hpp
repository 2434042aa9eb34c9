// Pages that are lent out in turn to messages which go into a pipe as they are, vmsplice(2).
//
// A page must not be written to before the reader has copied it, and nothing says when it has. But the pipe
// holds a fixed number of pages, so a page that was followed by as many others has left it. Between two loans
// of a page all others are lent, except those of the later message itself and those that were skipped at the
// end because a message did not fit there: fewer than two of the longest messages.
#pragma once

#include <cstddef>

#include "harness/base/mapping.hpp"

namespace ipcbench {

class PagesInTurn {
 public:
  // held: pages that the pipe can hold.
  PagesInTurn(std::size_t held, std::size_t longest_message_bytes)
      : memory_(held * page_bytes() + 2 * whole_pages(longest_message_bytes), PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE) {}

  // Where a message of `n` bytes goes, on pages of its own; the same until next().
  [[nodiscard]] std::byte* place(std::size_t n) {
    if (memory_.bytes() - at_ < n) at_ = 0;
    return static_cast<std::byte*>(memory_.data()) + at_;
  }
  // That message is in the pipe as a whole.
  void next(std::size_t n) { at_ += whole_pages(n); }

 private:
  Mapping memory_;
  std::size_t at_ = 0;
};

}  // namespace ipcbench
