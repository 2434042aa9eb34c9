// What the system has too little of at this moment, found out by taking it and giving it back. A library that
// fails seldom says which limit it met: it speaks of memory where threads are lacking, waits for ever, or
// ends its process.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace ipcbench {

struct Shortage {
  std::string cause;        // "only 3 further threads can be started here"
  std::string_view remedy;  // "raise ulimit -u, and pids.max of the container"
};

// The first of these: address space, length of a file, descriptors, threads, or a call that a filter refuses
// or the kernel lacks. Short is what would not suffice for a library with two ends in this process. Empty:
// there is enough of everything. Takes half a millisecond.
std::optional<Shortage> what_is_short();

// Empty: so many threads more can be started now.
std::optional<Shortage> too_few_threads(std::size_t needed);

// The text and what is short, unless the text names that remedy itself. In one line.
std::string with_shortage(std::string_view text);

}  // namespace ipcbench
