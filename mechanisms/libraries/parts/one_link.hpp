// Of libraries by which a process, or a thread, can take part in one link only.
#pragma once

#include <fmt/format.h>

#include <string_view>

#include "harness/contract/abilities.hpp"

namespace ipcbench {

// For refuses(): the consumers of a chain take part in two links, and one consumer in those of all producers.
// why: without the full stop.
inline Unavailable why_not_in_two_links(const Cell& cell, std::string_view why) {
  if (has_chain(cell)) return fmt::format("{}, and an end of a chain needs two; use --chain 2", why);
  if (!has_own_links(cell) || cell.fan == 1) return std::nullopt;
  return fmt::format("{}, and a consumer of several links needs one for each", why);
}

}  // namespace ipcbench
