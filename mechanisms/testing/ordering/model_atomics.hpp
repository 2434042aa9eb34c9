// The declarations of mechanisms/parts/atomics.hpp on the model. Compiled in its place, they put the
// lock-free code itself through the explorer.
#pragma once

#include <bit>
#include <cstdint>
#include <source_location>

#include "mechanisms/testing/ordering/explorer.hpp"

namespace ipcbench {

template <class T>
class Atomic {
  using Order = std::memory_order;
  using Where = std::source_location;
  using Explorer = ordering::Explorer;
  using Kind = ordering::Kind;
  using Site = ordering::Site;

 public:
  static constexpr bool is_always_lock_free = true;

  Atomic(T initial) : location_(Explorer::active().add_location(initial)) {}  // NOLINT: as std::atomic

  T load(Order order, Where where = Where::current()) const {
    Explorer& explorer = Explorer::active();
    const Site site = Site::at(where, Kind::load, order);
    return static_cast<T>(explorer.load(location_, explorer.options().order_at(site).value()));
  }

  void store(T value, Order order, Where where = Where::current()) {
    Explorer& explorer = Explorer::active();
    if (const auto mutated = explorer.options().order_at(Site::at(where, Kind::store, order))) {
      explorer.store(location_, value, *mutated);
    }
  }

  T exchange(T value, Order order, Where where = Where::current()) {
    return change([value](T) { return std::optional(value); }, order, Order::relaxed, where);
  }
  T fetch_add(T amount, Order order, Where where = Where::current()) {
    return change([amount](T old) { return std::optional(static_cast<T>(old + amount)); }, order,
                  Order::relaxed, where);
  }
  bool compare_exchange_strong(T& expected, T desired, Order order, Order order_if_not,
                               Where where = Where::current()) {
    const auto if_expected = [&](T old) { return old == expected ? std::optional(desired) : std::nullopt; };
    const T old = change(if_expected, order, order_if_not, where);
    const bool changed = old == expected;
    expected = old;
    return changed;
  }
  bool compare_exchange_strong(T& expected, T desired, Order order, Where where = Where::current()) {
    return compare_exchange_strong(expected, desired, order, if_not(order), where);
  }
  // Never fails spuriously: that would only be another load of the same message.
  bool compare_exchange_weak(T& expected, T desired, Order order, Order order_if_not,
                             Where where = Where::current()) {
    return compare_exchange_strong(expected, desired, order, order_if_not, where);
  }

  [[nodiscard]] std::size_t location() const { return location_; }

 private:
  // A compare-and-swap that fails writes nothing.
  static constexpr Order if_not(Order order) {
    if (order == Order::acq_rel) return Order::acquire;
    return order == Order::release ? Order::relaxed : order;
  }

  template <class Change>
  T change(Change to, Order order, Order order_if_not, const Where& where) {
    Explorer& explorer = Explorer::active();
    if (explorer.options().tears(Site::at(where, Kind::update, order))) {
      const T old = static_cast<T>(explorer.load(location_, order));
      if (const auto next = to(old)) explorer.store(location_, *next, order);
      return old;
    }
    const Order first = explorer.options().order_at(Site::at(where, Kind::update, order)).value();
    const Order second =
        explorer.options().order_at(Site::at(where, Kind::failed_update, order_if_not)).value();
    const auto widened = [&](std::uint64_t old) {
      return std::optional<std::uint64_t>(to(static_cast<T>(old)));
    };
    return static_cast<T>(explorer.update(location_, widened, first, second));
  }

  std::size_t location_;
};

inline void full_fence(Atomic<std::uint32_t>&, std::source_location where = std::source_location::current()) {
  ordering::Explorer& explorer = ordering::Explorer::active();
  const auto order = explorer.options().order_at(
      ordering::Site::at(where, ordering::Kind::fence, std::memory_order_seq_cst));
  if (order) explorer.fence(*order);
}

// A waker changes to light fences at its first hand-over already, so that a few messages show all changes.
inline constexpr std::uint32_t kAwakeBeforeLight = 0;

inline bool has_heavy_fence() { return true; }
inline void register_for_heavy_fences() { ordering::Explorer::active().register_for_heavy_fences(); }

inline void light_fence(std::source_location where = std::source_location::current()) {
  ordering::Explorer& explorer = ordering::Explorer::active();
  const auto site = ordering::Site::at(where, ordering::Kind::light_fence, std::memory_order_seq_cst);
  if (explorer.options().order_at(site)) explorer.light_fence();
}
inline void heavy_fence(std::source_location where = std::source_location::current()) {
  ordering::Explorer& explorer = ordering::Explorer::active();
  const auto site = ordering::Site::at(where, ordering::Kind::heavy_fence, std::memory_order_seq_cst);
  if (const auto order = explorer.options().order_at(site)) {
    *order == std::memory_order_seq_cst ? explorer.heavy_fence() : explorer.fence(std::memory_order_seq_cst);
  }
}

inline long futex_call(Atomic<std::uint32_t>& word, int operation, std::uint32_t value,
                       std::uint32_t bits = 0) {
  ordering::Explorer& explorer = ordering::Explorer::active();
  switch (operation) {
    case FUTEX_WAIT:
      return explorer.futex_wait(word.location(), value, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAIT_BITSET:
      return explorer.futex_wait(word.location(), value, bits);
    case FUTEX_WAKE:
      return explorer.futex_wake(word.location(), value, FUTEX_BITSET_MATCH_ANY);
    case FUTEX_WAKE_BITSET:
      return explorer.futex_wake(word.location(), value, bits);
    default:
      throw std::logic_error("the model does not know this futex operation");
  }
}

}  // namespace ipcbench
