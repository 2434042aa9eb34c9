#include "harness/loops/message_numbers.hpp"

#include <fmt/format.h>

namespace ipcbench {

void MessageNumbers::restart(NumberOrder order, std::uint32_t producer) {
  *this = {};
  order_ = order;
  if (order != NumberOrder::of_producer) return;
  next_ = fan_sequence(producer, 0);
  for (std::uint32_t i = 0; i < kMaxFan; ++i) due_[i] = fan_sequence(i, 0);
}

// Goes on after the number that arrived, so that one fault is not reported for all messages behind it.
void MessageNumbers::note_wrong(std::uint64_t number, std::uint64_t last, std::uint64_t& due) {
  if (mismatches_++ == 0) first_ = {number, last, due};
  due = number == last && number >> 32 == due >> 32 ? number + 1 : due + 1;
}

std::optional<std::string> MessageNumbers::wrong() const {
  if (mismatches_ == 0) return std::nullopt;
  const auto name = [&](std::uint64_t number) {
    if (order_ != NumberOrder::of_producer) return fmt::format("message {}", number);
    return fmt::format("message {} of producer {}", number & UINT32_MAX, (number >> 32) + 1);
  };
  const std::string others = mismatches_ == 1 ? "" : fmt::format(" ({} such messages)", mismatches_);
  if (first_.number != first_.last) {
    return fmt::format("{} is torn: it ends as {}{}", name(first_.number), name(first_.last), others);
  }
  return fmt::format("{} arrived where {} was due: lost, repeated or out of order{}", name(first_.number),
                     name(first_.due), others);
}

}  // namespace ipcbench
