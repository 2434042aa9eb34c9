#include "bench/study/probe/puppet_show.hpp"

#include <sched.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <exception>

#include "harness/base/clock.hpp"
#include "harness/base/error.hpp"

namespace ipcbench {
namespace {

volatile std::sig_atomic_t sigpipes = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

// On a busy machine a look can come late: idleness takes some looks besides its time.
constexpr int kEmptyLooks = 20;

std::uint64_t after(std::chrono::milliseconds time) {
  return now_ns() + static_cast<std::uint64_t>(std::chrono::nanoseconds(time).count());
}

// The number that a message of this length can carry.
std::uint64_t number_in(std::span<const std::byte> message) {
  std::uint64_t number = 0;
  std::memcpy(&number, message.data(), std::min(message.size(), sizeof number));
  return number;
}

bool is_of_one_letter(std::span<const std::byte> message) {
  return std::ranges::all_of(message, [&](std::byte byte) { return byte == message.front(); });
}

}  // namespace

void fill_message(std::span<std::byte> message, const PuppetOrder& order, std::uint64_t number) {
  std::ranges::fill(message, static_cast<std::byte>(order.letter));
  if (order.letter == '\0') std::memcpy(message.data(), &number, std::min(message.size(), sizeof number));
}

void PuppetShow::carry_out(const PuppetOrder& order) noexcept {
  // Counted rather than ignored or deadly.
  std::signal(SIGPIPE, [](int) { sigpipes = sigpipes + 1; });
  report_.messages = 0;
  report_.full = report_.late = report_.threw = false;
  report_.in_order = true;
  report_.mixed = 0;
  report_.error = 0;
  try {
    dispatch(order);
  } catch (const KernelError& error) {
    report_.threw = true;
    report_.error = error.number();
    report_.text.assign(error.what());
  } catch (const std::exception& error) {
    report_.threw = true;
    report_.text.assign(error.what());
  }
  report_.sigpipes = sigpipes;
  report_.end_ns = now_ns();
}

Trial& PuppetShow::object() {
  if (!object_) object_ = open_();
  return *object_;
}

void PuppetShow::dispatch(const PuppetOrder& order) {
  switch (order.what) {
    case PuppetOrder::What::attach:
      return object().attach(order.side);
    case PuppetOrder::What::send:
      return send(order);
    case PuppetOrder::What::receive:
      return receive(order);
    case PuppetOrder::What::stream:
      return stream(order);
    case PuppetOrder::What::await:
      return await(order);
  }
}

void PuppetShow::send(const PuppetOrder& order) {
  std::vector<std::byte> message(std::max<std::size_t>(order.message_bytes, 1));
  const auto bytes = std::span(message).first(order.message_bytes);
  const std::uint64_t deadline_ns = after(order.limit);
  for (std::uint64_t number = 0; number < order.messages && now_ns() < deadline_ns; ++number) {
    fill_message(bytes, order, order.first_number + number);
    report_.full = !object().try_send(bytes);
    if (report_.full) return;
    ++report_.messages;
  }
}

void PuppetShow::stream(const PuppetOrder& order) {
  std::vector<std::byte> message(std::max<std::size_t>(order.message_bytes, 1));
  const auto bytes = std::span(message).first(order.message_bytes);
  const std::uint64_t deadline_ns = after(order.limit);
  for (std::uint64_t number = 0; number < order.messages && now_ns() < deadline_ns; ++number) {
    fill_message(bytes, order, order.first_number + number);
    object().send(bytes);
    ++report_.messages;
  }
}

void PuppetShow::await(const PuppetOrder& order) {
  std::vector<std::byte> message(std::max<std::size_t>(order.message_bytes, 1));
  const auto bytes = std::span(message).first(order.message_bytes);
  const std::uint64_t deadline_ns = after(order.limit);
  while (report_.messages < order.messages && report_.mixed == 0 && now_ns() < deadline_ns) {
    object().receive(bytes);
    count(bytes, order);
  }
}

// False: none has arrived.
bool PuppetShow::take_piece(std::size_t message_bytes) {
  const std::size_t before = arrived_.size();
  arrived_.resize(std::max<std::size_t>(message_bytes, 1));
  const auto got = object().try_receive(std::span(arrived_).subspan(before, message_bytes - before));
  const std::size_t usable = std::min(got.value_or(0), message_bytes - before);
  if (got) {
    report_.piece_bytes = *got;
    std::memcpy(report_.piece.data(), arrived_.data() + before, std::min(usable, report_.piece.size()));
  }
  arrived_.resize(before + usable);
  return got.has_value();
}

void PuppetShow::receive(const PuppetOrder& order) {
  const std::uint64_t deadline_ns = after(order.limit);
  const auto idle_ns = static_cast<std::uint64_t>(std::chrono::nanoseconds(order.idle).count());
  arrived_.reserve(order.message_bytes + 1);
  std::uint64_t idle_since_ns = now_ns();
  int empty_looks = 0;
  while (report_.messages < order.messages && report_.mixed == 0) {
    const bool got = take_piece(order.message_bytes);
    if (got && arrived_.size() == order.message_bytes) {
      count(arrived_, order);
      arrived_.clear();
    }
    const std::uint64_t now = now_ns();
    report_.late = now >= deadline_ns;
    if (report_.late) return;
    if (got) {
      idle_since_ns = now;
      empty_looks = 0;
    } else if (++empty_looks > kEmptyLooks && now - idle_since_ns >= idle_ns) {
      return;
    } else {
      sched_yield();
    }
  }
}

void PuppetShow::count(std::span<const std::byte> message, const PuppetOrder& order) {
  if (order.letter != '\0') {
    if (!message.empty() && !is_of_one_letter(message)) ++report_.mixed;
  } else if (!message.empty()) {
    std::vector<std::byte> due(std::min(message.size(), sizeof(std::uint64_t)));
    fill_message(due, order, order.first_number + report_.messages);
    if (number_in(message) != number_in(due)) report_.in_order = false;
  }
  ++report_.messages;
}

}  // namespace ipcbench
