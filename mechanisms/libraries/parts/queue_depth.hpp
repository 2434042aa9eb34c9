// How many messages a queue of a library holds where the library leaves that to its user.
#pragma once

#include <algorithm>
#include <cstddef>

#include "harness/contract/abilities.hpp"

namespace ipcbench {

inline constexpr Parameter kQueueDepth{
    .name = "queue_depth",
    .default_text = "as many as make 64 KiB, at least 2 and at most 100",
    .what = "messages that the queue holds; at least 2, and no more than make 64 MiB",
    .min = 2,
    .max = 65536,
    .tuned = 64};

// 64 KiB is what a pipe holds, and 100 what the examples of Boost and of moodycamel ask for.
inline std::size_t queue_depth_of(const LinkSpec& spec) {
  constexpr std::size_t kUsualBytes = 64 << 10;
  constexpr std::size_t kMostBytes = 64 << 20;
  constexpr std::size_t kLeast = 2;
  const std::size_t message_bytes = std::max<std::size_t>(spec.message_bytes, 1);
  if (const auto asked = spec.parameter(kQueueDepth.name))
    return std::clamp<std::size_t>(*asked, kLeast, std::max(kLeast, kMostBytes / message_bytes));
  return std::clamp<std::size_t>(kUsualBytes / message_bytes, kLeast, 100);
}

}  // namespace ipcbench
