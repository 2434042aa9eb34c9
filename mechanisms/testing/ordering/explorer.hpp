// Runs a small program of several threads in every possible way: every order of its operations on shared
// memory, and every message that each load may read (memory_model.hpp). It is stateless: each execution
// starts again and repeats the recorded choices up to the last one that has an alternative left, depth first.
//
// Only repetitions are left out: one of two orders of independent operations is tried (sleep sets:
// P. Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996), and a message that
// was read in one order is not read again in another. Tests compare the outcomes with those of a full
// exploration.
//
// Threads are coroutines. An execution may be given up in the middle, without running the destructors of a
// thread's local variables, so everything with a destructor belongs to the program.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/futex.h>

#include <cerrno>
#include <optional>
#include <source_location>
#include <string>
#include <vector>

#include "mechanisms/testing/ordering/choices.hpp"
#include "mechanisms/testing/ordering/memory_model.hpp"
#include "mechanisms/testing/ordering/program.hpp"
#include "mechanisms/testing/ordering/thread.hpp"

namespace ipcbench::ordering {

class Explorer {
 public:
  // Builds the program again for each execution: its locations, then its threads. Stops at the first failure:
  // a data race, a requirement that does not hold, or threads that wait for each other for ever.
  using Setup = std::function<Program()>;
  static Result explore(const Setup& setup, const Options& options = {}) {
    Explorer explorer(setup, options);
    active_ = &explorer;
    do {
      explorer.execute();
    } while (explorer.result_.failure.empty() && explorer.choices_.advance());
    if (!explorer.result_.failure.empty()) explorer.repeat_with_trace();
    active_ = nullptr;
    return explorer.result_;
  }
  // The explorer that runs the caller.
  static Explorer& active() {
    if (active_ == nullptr) throw std::logic_error("the model of memory is used outside of an exploration");
    return *active_;
  }

  // --- What the threads of the program do --------------------------------------------------------------

  std::size_t add_location(std::uint64_t initial) { return memory_.add_location(initial); }
  [[nodiscard]] std::size_t locations() const { return memory_.locations(); }

  std::uint64_t load(std::size_t location, Order order) {
    begin({Kind::load, location, order});
    const Memory::Indices indices = uncovered(current_);
    const std::size_t index = indices[choose(indices.size())];
    const std::uint64_t value = memory_.read(current_, location, index, order);
    has_read(location, value);
    tell([&] { return fmt::format("-> {}{}", value, index == memory_.newest(location) ? "" : ", stale"); });
    return value;
  }

  void store(std::size_t location, std::uint64_t value, Order order) {
    begin({Kind::store, location, order});
    const Memory::Indices places = memory_.places(current_, location, order);
    const std::size_t place = places[places.size() - 1 - choose(places.size())];
    tell([&] { return fmt::format("{}{}", value, place == memory_.newest(location) ? "" : ", overtaken"); });
    memory_.write(current_, location, place, value, order);
  }

  // change: computes the new value from the value read, or returns nothing to write none. Returns the value
  // read.
  template <class Change>
  std::uint64_t update(std::size_t location, Change change, Order order, Order order_if_not) {
    begin({Kind::update, location, order});
    Memory::Indices indices = uncovered(current_);
    const auto impossible = [&](std::size_t i) {
      return !memory_.has_room(location, i) && change(memory_.message(location, i).value);
    };
    indices.erase(std::remove_if(indices.begin(), indices.end(), impossible), indices.end());
    const std::size_t index = indices[choose(indices.size())];
    const std::uint64_t value = memory_.message(location, index).value;
    const std::optional<std::uint64_t> next = change(value);
    has_read(location, value);
    memory_.read(current_, location, index, next ? order : order_if_not);
    if (next) memory_.update(current_, location, index, *next, order);
    tell([&] { return next ? fmt::format("{} -> {}", value, *next) : fmt::format("stays {}", value); });
    return value;
  }

  void fence(Order order) {
    if (order == Order::seq_cst) {  // no other order affects shared state
      begin({Kind::fence, kNowhere, order});
      tell([] { return ""; });
    }
    memory_.fence(current_, order);
  }

  void register_for_heavy_fences() { memory_.register_for_heavy_fences(current_); }
  void light_fence() {
    begin({Kind::light_fence, kNowhere, Order::seq_cst});
    tell([] { return ""; });
    memory_.light_fence(current_);
  }
  void heavy_fence() {
    begin({Kind::heavy_fence, kNowhere, Order::seq_cst});
    tell([] { return ""; });
    memory_.heavy_fence(current_);
  }

  // The next read of the location that was read last must return a newer message, because a loop around that
  // read alone would never end otherwise. This makes spinning loops finite; a thread that waits for a newer
  // message for ever counts as asleep.
  void await_news() { thread().fresh = thread().last_read; }

  // futex(2): compares with a value that is no older than the one that earlier calls on the same word saw.
  // The manual promises no more, so it orders nothing else.
  long futex_wait(std::size_t location, std::uint64_t expected, std::uint32_t bits) {
    begin({Kind::futex_wait, location});
    memory_.under_lock(current_, location, known_to_kernel_[location]);
    const Memory::Indices indices = uncovered(current_);
    const std::size_t index = indices[choose(indices.size())];
    thread().covered = false;
    const bool sleeps = memory_.read(current_, location, index, Order::relaxed) == expected;
    memory_.under_lock(current_, location, known_to_kernel_[location]);
    thread().read.push_back(sleeps ? 1 : 0);
    const bool early = sleeps && early_returns_left_ > 0 && choose(2) == 1;
    tell([&] { return early ? "interrupted" : sleeps ? "falls asleep" : "value has changed"; });
    if (!sleeps || early) {
      if (early) --early_returns_left_;
      errno = early ? EINTR : EAGAIN;
      return -1;
    }
    thread().sleeps_on = location;
    thread().bits = bits;
    begin({});
    return 0;
  }
  long futex_wake(std::size_t location, std::uint32_t count, std::uint32_t bits) {
    begin({Kind::futex_wake, location});
    memory_.under_lock(current_, location, known_to_kernel_[location]);
    long woken = 0;
    for (; woken < static_cast<long>(count); ++woken) {
      ThreadNumbers sleepers;
      for (std::size_t t = 1; t <= count_; ++t) {
        if (threads_[t].sleeps_on == location && (threads_[t].bits & bits) != 0) sleepers.push_back(t);
      }
      if (sleepers.empty()) break;
      threads_[sleepers[choose(sleepers.size())]].sleeps_on = kNowhere;
    }
    tell([&] { return fmt::format("wakes {}", woken); });
    return woken;
  }

  // A counting semaphore that orders no memory: weaker than any real one.
  void take(std::size_t location) {
    begin({Kind::take, location});
    tell([&] { return counts_[location]; });
    --counts_[location];
  }
  void give(std::size_t location) {
    begin({Kind::give, location});
    tell([&] { return counts_[location]; });
    ++counts_[location];
  }
  [[nodiscard]] unsigned count(std::size_t location) const { return counts_[location]; }

  // One byte of plain memory, which two threads must not access at once.
  [[nodiscard]] std::byte read(const std::byte& byte) {
    if (const char* wrong = memory_.read_byte(current_, &byte)) fail(wrong);
    return byte;
  }
  void write(std::byte& byte, std::byte value) {
    if (const char* wrong = memory_.write_byte(current_, &byte)) fail(wrong);
    byte = value;
  }

  void require(bool holds, const std::string& what) {
    if (!holds) fail(what);
  }
  [[nodiscard]] const Options& options() const { return options_; }

 private:
  static constexpr std::uint64_t kMaxSteps = 2000;  // in one execution: more is an endless loop

  enum class State { running, complete, repeats, failed };
  using ThreadNumbers = boost::container::static_vector<std::size_t, kMaxThreads>;

  Explorer(const Setup& setup, const Options& options) : setup_(setup), options_(options) {}

  std::size_t choose(std::size_t options) { return choices_.take(options); }

  // --- One execution -----------------------------------------------------------------------------------

  void execute() {
    reset();
    program_ = setup_();
    count_ = program_.threads.size();
    for (std::size_t t = 1; t <= count_; ++t) start(t);
    current_ = next_thread();
    if (current_ != 0) threads_[0].coroutine.switch_to(threads_[current_].coroutine);
    if (state_ == State::repeats) ++result_.repeated;
    if (state_ != State::complete) return;
    ++result_.executions;
    current_ = 0;
    memory_.join_all();
    program_.afterwards();
    if (options_.outcomes != nullptr) options_.outcomes->insert(outcome());
  }

  [[nodiscard]] std::string outcome() const {
    std::string text;
    for (std::size_t t = 1; t <= count_; ++t) text += fmt::format("{} | ", fmt::join(threads_[t].read, " "));
    for (std::size_t location = 0; location < memory_.locations(); ++location) {
      text += fmt::format("{} | ", fmt::join(memory_.values(location), " "));
    }
    return text;
  }

  void reset() {
    memory_.reset();
    choices_.rewind();
    steps_ = 0;
    current_ = 0;
    state_ = State::running;
    early_returns_left_ = options_.early_returns;
    known_to_kernel_.fill(0);
    counts_.fill(0);
  }

  void start(std::size_t number) {
    memory_.start(number);
    threads_[number].begin_again();
    threads_[number].coroutine.prepare([] { active().run_thread(); });
  }

  void run_thread() {
    std::string error;
    try {
      program_.threads[current_ - 1]();
    } catch (const std::exception& thrown) {
      error = thrown.what();
    }
    require(error.empty(), error);
    thread().finished = true;
    go_on_with(next_thread());
  }

  // Announces the operation that the calling thread is about to perform, and returns when it is its turn.
  void begin(const Operation& operation) {
    thread().next = operation;
    if (current_ == 0) return;  // set-up, or the check at the end
    go_on_with(next_thread());
    if (!reads(operation.kind)) thread().covered = false;
  }

  void go_on_with(std::size_t number) {
    if (number == current_) return;
    Thread& self = thread();
    current_ = number;
    self.coroutine.switch_to(threads_[number].coroutine);
  }

  [[nodiscard]] Thread& thread() { return threads_[current_]; }
  void fail(const std::string& what) {
    if (result_.failure.empty()) result_.failure = what;
    state_ = State::failed;
    if (current_ != 0) go_on_with(0);
  }

  // Repeats the failed path and records its operations as text.
  void repeat_with_trace() {
    tracing_ = true;
    execute();
    result_.failure += "\n" + trace_;
  }
  template <class Text>
  void tell(Text text) {
    if (!tracing_ || current_ == 0) return;
    const Operation& done = thread().next;
    trace_ += fmt::format("  thread {}: {} {} {} {}\n", current_, name_of(done.kind), name_of(done.order),
                          program_.name_of(done.location), text());
  }

  // --- Whose turn it is --------------------------------------------------------------------------------

  // 0: the execution is over.
  std::size_t next_thread() {
    if (state_ != State::running) return 0;
    ++result_.steps;
    if (++steps_ > kMaxSteps) return end(State::failed, "the program goes on without end");
    bool anybody = false;
    bool unfinished = false;
    ThreadNumbers candidates;
    for (std::size_t t = 1; t <= count_; ++t) {
      if (threads_[t].finished) continue;
      unfinished = true;
      if (!is_able(t)) continue;
      if (threads_[t].next.kind == Kind::local) return t;
      anybody = true;
      if (!is_repetition(t)) candidates.push_back(t);
    }
    if (!unfinished) return end(State::complete, "");
    if (!anybody) return end(State::failed, "all threads wait for ever");
    if (candidates.empty()) return end(State::repeats, "");
    return choose_thread(candidates);
  }

  std::size_t end(State state, const char* failure) {
    state_ = state;
    if (state == State::failed) result_.failure = describe(failure);
    return 0;
  }

  std::size_t choose_thread(const ThreadNumbers& candidates) {
    const std::size_t chosen = choose(candidates.size());
    if (options_.reduce) {
      for (std::size_t earlier = 0; earlier < chosen; ++earlier) {
        threads_[candidates[earlier]].covered = true;
        threads_[candidates[earlier]].covered_up_to = memory_.last_serial();
      }
    }
    const Operation& next = threads_[candidates[chosen]].next;
    for (std::size_t t = 1; t <= count_; ++t) {
      if (disturbs(next, threads_[t].next)) threads_[t].covered = false;
    }
    return candidates[chosen];
  }

  [[nodiscard]] bool is_able(std::size_t number) const {
    const Thread& thread = threads_[number];
    const Operation& next = thread.next;
    if (thread.sleeps_on != kNowhere) return false;
    if (next.kind == Kind::take) return counts_[next.location] > 0;
    if (thread.fresh == kNowhere || thread.fresh != next.location) return true;
    return !memory_.readable(number, next.location, next.order, true).empty();
  }
  [[nodiscard]] bool is_repetition(std::size_t number) const {
    const Thread& thread = threads_[number];
    return thread.covered && (!reads(thread.next.kind) || uncovered(number).empty());
  }
  // The messages that the thread's next operation can read and has not read in another order already.
  [[nodiscard]] Memory::Indices uncovered(std::size_t number) const {
    const Thread& thread = threads_[number];
    const Operation& next = thread.next;
    Memory::Indices found =
        memory_.readable(number, next.location, next.order, thread.fresh == next.location);
    const auto known = [&](std::size_t i) {
      const Message& message = memory_.message(next.location, i);
      if (next.kind == Kind::futex_wait && message.time < known_to_kernel_[next.location]) return true;
      return thread.covered && message.serial <= thread.covered_up_to;
    };
    found.erase(std::remove_if(found.begin(), found.end(), known), found.end());
    return found;
  }
  void has_read(std::size_t location, std::uint64_t value) {
    thread().read.push_back(value);
    thread().covered = false;
    thread().fresh = kNowhere;
    thread().last_read = location;
  }

  [[nodiscard]] std::string describe(const char* failure) const {
    std::string text = failure;
    for (std::size_t t = 1; t <= count_; ++t) {
      if (!threads_[t].finished)
        text += fmt::format("; thread {} waits for {}", t, threads_[t].awaited(program_));
    }
    return text;
  }

  static inline Explorer* active_ = nullptr;

  const Setup& setup_;
  const Options& options_;
  Result result_;
  Memory memory_;
  std::array<Thread, kMaxThreads> threads_;
  std::size_t count_ = 0;
  std::size_t current_ = 0;  // 0: setting up, or looking at the end
  Program program_;
  State state_ = State::running;
  std::uint64_t steps_ = 0;
  Choices choices_;
  unsigned early_returns_left_ = 0;
  std::array<Time, kMaxLocations> known_to_kernel_{};
  std::array<unsigned, kMaxLocations> counts_{};
  bool tracing_ = false;
  std::string trace_;
};

}  // namespace ipcbench::ordering
