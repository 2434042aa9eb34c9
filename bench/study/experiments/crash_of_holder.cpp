#include "bench/study/experiments/crash_of_holder.hpp"

#include <array>
#include <stdexcept>

#include "bench/study/experiments/channel.hpp"
#include "harness/base/child.hpp"
#include "harness/base/error.hpp"
#include "harness/base/in_child.hpp"

namespace ipcbench {

std::string_view name_of(AfterCrash after) {
  constexpr std::array<std::string_view, 3> kNames{"freed", "freed and told", "held for ever"};
  return kNames[static_cast<std::size_t>(after)];
}

AfterCrash crash_of_holder(SharedLock& lock) {
  Channel says = open_pipe_channel();
  Child holder = fork_child(0, [&] {
    try {
      lock.take();
    } catch (const std::exception&) {
      _exit(1);
    }
    if (write(says.write_end.get(), "h", 1) == 1) pause();
  });
  says.write_end.reset();
  pollfd watched{.fd = says.read_end.get(), .events = POLLIN, .revents = 0};
  char held = '\0';
  if (poll(&watched, 1, static_cast<int>(kAttemptLimit.count())) <= 0 ||
      read(says.read_end.get(), &held, 1) != 1) {
    throw std::runtime_error("the holder did not get the lock");
  }
  holder.kill();
  holder.reap();
  switch (const int error = lock.try_take()) {
    case 0:
      return AfterCrash::freed;
    case EOWNERDEAD:
      return AfterCrash::freed_and_told;
    case EBUSY:
    case EAGAIN:
      return AfterCrash::held_for_ever;
    default:
      throw_error(error, "the lock cannot be tried");
  }
}

}  // namespace ipcbench
