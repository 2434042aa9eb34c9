// A thread of an explored program: its state, and the operations that it may perform next.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mechanisms/testing/ordering/coroutine.hpp"
#include "mechanisms/testing/ordering/program.hpp"

namespace ipcbench::ordering {

struct Thread {
  Coroutine coroutine;
  Operation next;
  bool finished = false;
  // Sleep set: its next operation was tried before, and nothing that it could notice has happened since. A
  // read was tried with the messages up to that serial number.
  bool covered = false;
  std::uint64_t covered_up_to = 0;
  std::size_t sleeps_on = kNowhere;  // a futex
  std::uint32_t bits = 0;
  std::size_t last_read = kNowhere;
  std::size_t fresh = kNowhere;  // the location whose next read must return a newer message
  std::vector<std::uint64_t> read;

  void begin_again() {
    next = {};
    finished = covered = false;
    read.clear();
    sleeps_on = last_read = fresh = kNowhere;
  }
  // "futex_wake word": what it waits for.
  [[nodiscard]] std::string awaited(const Program& program) const {
    const bool sleeps = sleeps_on != kNowhere;
    return fmt::format("{} {}", name_of(sleeps ? Kind::futex_wake : next.kind),
                       program.name_of(sleeps ? sleeps_on : next.location));
  }
};

}  // namespace ipcbench::ordering
