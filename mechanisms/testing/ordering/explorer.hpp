// Runs a small program of several threads in every way in which it can go: every order of its operations on
// shared memory, and every message that each load may read (memory_model.hpp). Stateless: each execution
// starts anew and repeats the recorded choices up to the last one that has something left to try, depth
// first.
//
// What is left out is only what repeats: of two orders of operations that do not disturb each other one is
// tried (sleep sets: P. Godefroid, "Partial-Order Methods for the Verification of Concurrent Systems", 1996),
// and a load does not read again in another order what it has read in one. A test compares the outcomes with
// those of trying everything.
//
// Threads are coroutines. An execution may be given up in the middle: what a thread's function owns is then
// forgotten without a destructor, so everything that has one belongs to the program.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <linux/futex.h>
#include <ucontext.h>

#include <cerrno>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <source_location>
#include <string>
#include <vector>

#include "mechanisms/testing/ordering/memory_model.hpp"

namespace ipcbench::ordering {

// local: wakes up, or begins; take, give: a counting semaphore.
enum class Kind { local, load, store, update, failed_update, fence, futex_wait, futex_wake, take, give };

constexpr const char* name_of(Kind kind) {
  constexpr std::array kNames{"goes on", "load",       "store",      "update", "failed update",
                              "fence",   "futex wait", "futex wake", "take",   "give"};
  return kNames.at(static_cast<std::size_t>(kind));
}
constexpr const char* name_of(Order order) {
  constexpr std::array kNames{"relaxed", "consume", "acquire", "release", "acq_rel", "seq_cst"};
  return kNames.at(static_cast<std::size_t>(order));
}

// An access in the source that names an order.
struct Site {
  const char* file = "";
  unsigned line = 0;
  Kind kind = Kind::local;
  Order order = Order::relaxed;

  auto operator<=>(const Site&) const = default;
  static Site at(const std::source_location& where, Kind kind, Order order) {
    return {where.file_name(), where.line(), kind, order};
  }
  [[nodiscard]] std::string text() const {
    const std::string path = file;
    return fmt::format("{}:{} {} {}", path.substr(path.rfind('/') + 1), line, name_of(kind), name_of(order));
  }
};

// What to do at a site instead of what stands there. `order` empty: nothing at all (fences and stores).
// `torn`: an update becomes a load and a store.
struct Mutation {
  Site site;
  std::optional<Order> order;
  bool torn = false;

  [[nodiscard]] std::string text() const {
    return fmt::format("{} -> {}", site.text(), torn ? "torn" : order ? name_of(*order) : "left out");
  }
};

struct Options {
  std::optional<Mutation> mutation{};
  bool reduce = true;               // false: also what repeats
  unsigned early_returns = 0;       // of futex waits, as after a signal, in one execution
  std::set<Site>* sites = nullptr;  // receives those that were reached
  std::set<std::string>* outcomes =
      nullptr;  // receives, for each execution, what each thread read and what stands where
};

struct Result {
  std::uint64_t executions = 0;  // run to their end
  std::uint64_t repeated = 0;    // given up, as they would repeat one
  std::uint64_t steps = 0;
  std::string failure;  // the first, with the operations that led to it; empty: none
};

struct Program {
  std::vector<std::function<void()>> threads;  // at most kMaxThreads - 1
  std::function<void()> afterwards = [] {};    // when all are through; sees all that they did
  std::vector<std::string> locations{};        // names, in the order in which they were made
};

class Explorer {
 public:
  // Makes the program anew for each execution: its locations, then its threads. Stops at the first failure: a
  // data race, a requirement that does not hold, or threads that wait for each other for ever.
  using Setup = std::function<Program()>;
  static Result explore(const Setup& setup, const Options& options = {}) {
    Explorer explorer(setup, options);
    active_ = &explorer;
    do {
      explorer.execute();
    } while (explorer.result_.failure.empty() && explorer.next_path());
    if (!explorer.result_.failure.empty()) explorer.repeat_with_trace();
    active_ = nullptr;
    return explorer.result_;
  }
  // The one that runs the caller.
  static Explorer& active() {
    if (active_ == nullptr) throw std::logic_error("the model of memory is used outside of an exploration");
    return *active_;
  }

  // --- What the threads of the program do
  // ---------------------------------------------------------------------------

  std::size_t add_location(std::uint64_t initial) { return memory_.add_location(initial); }
  [[nodiscard]] std::size_t locations() const { return memory_.locations(); }

  std::uint64_t load(std::size_t location, Order order) {
    begin({Kind::load, location, order});
    const Memory::Indices indices = uncovered(current_);
    const std::size_t index = indices[choose(indices.size())];
    has_read(location);
    const std::uint64_t value = memory_.read(current_, location, index, order);
    if (options_.outcomes != nullptr) thread().read.push_back(value);
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

  // change: the new value for what was read, or nothing if there is none to be written. Returns what was
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
    has_read(location);
    memory_.read(current_, location, index, next ? order : order_if_not);
    if (options_.outcomes != nullptr) thread().read.push_back(value);
    if (next) memory_.update(current_, location, index, *next, order);
    tell([&] { return next ? fmt::format("{} -> {}", value, *next) : fmt::format("stays {}", value); });
    return value;
  }

  void fence(Order order) {
    if (order == Order::seq_cst) {  // no other one touches what is shared
      begin({Kind::fence, kNowhere, order});
      tell([] { return ""; });
    }
    memory_.fence(current_, order);
  }

  // The next read of the location that was read last has to bring news, as a loop of nothing but that read
  // would go round and round without. Makes loops that spin finite; a thread that waits for news for ever
  // counts as asleep.
  void await_news() { thread().fresh = thread().last_read; }

  // futex(2): compares with a value that is no older than what earlier calls on the same word knew, which is
  // all that the manual promises; orders nothing else.
  long futex_wait(std::size_t location, std::uint64_t expected, std::uint32_t bits) {
    begin({Kind::futex_wait, location});
    memory_.under_lock(current_, location, known_to_kernel_[location]);
    const Memory::Indices indices = uncovered(current_);
    const std::size_t index = indices[choose(indices.size())];
    thread().covered = false;
    const bool sleeps = memory_.read(current_, location, index, Order::relaxed) == expected;
    memory_.under_lock(current_, location, known_to_kernel_[location]);
    if (options_.outcomes != nullptr) thread().read.push_back(sleeps ? 1 : 0);
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
      boost::container::static_vector<std::size_t, kMaxThreads> sleepers;
      for (std::size_t t = 1; t <= count_; ++t) {
        if (threads_[t].sleeps_on == location && (threads_[t].bits & bits) != 0) sleepers.push_back(t);
      }
      if (sleepers.empty()) break;
      threads_[sleepers[choose(sleepers.size())]].sleeps_on = kNowhere;
    }
    tell([&] { return fmt::format("wakes {}", woken); });
    return woken;
  }

  // A counting semaphore that orders no memory, less than any real one.
  void take(std::size_t location) {
    begin({Kind::take, location});
    --counts_[location];
    tell([] { return ""; });
  }
  void give(std::size_t location) {
    begin({Kind::give, location});
    ++counts_[location];
    tell([] { return ""; });
  }
  [[nodiscard]] unsigned count(std::size_t location) const { return counts_[location]; }

  // Plain memory of one byte, which must not be touched by two threads at once.
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

  // The mutation's order for what stands at `where`, if it is the one that is mutated; nothing: leave it out.
  std::optional<Order> order_at(const std::source_location& where, Kind kind, Order order) {
    if (options_.sites != nullptr) options_.sites->insert(Site::at(where, kind, order));
    return is_mutated(where, kind, order) && !options_.mutation->torn ? options_.mutation->order : order;
  }
  [[nodiscard]] bool is_torn(const std::source_location& where, Kind kind, Order order) const {
    return is_mutated(where, kind, order) && options_.mutation->torn;
  }

 private:
  static constexpr std::size_t kNowhere = kMaxLocations;
  static constexpr std::size_t kStackBytes = 128 * 1024;
  static constexpr std::uint64_t kMaxSteps = 2000;  // of one execution: more is a loop without end

  enum class State { running, complete, repeats, failed };
  struct Operation {
    Kind kind = Kind::local;
    std::size_t location = kNowhere;
    Order order = Order::relaxed;
  };
  struct Thread {
    ucontext_t context{};
    std::unique_ptr<std::byte[]> stack = std::make_unique<std::byte[]>(kStackBytes);
    Operation next;
    bool finished = false;
    // Sleep set: what it does next was tried before, and nothing has happened since that it could notice; if
    // it is a load, with the messages up to that serial number.
    bool covered = false;
    std::uint64_t covered_up_to = 0;
    std::size_t sleeps_on = kNowhere;  // a futex
    std::uint32_t bits = 0;
    std::size_t last_read = kNowhere;
    std::size_t fresh = kNowhere;  // where the next read has to bring news
    std::vector<std::uint64_t> read;
  };
  struct Choice {
    std::size_t taken = 0;
    std::size_t options = 0;
  };
  using Candidates = boost::container::static_vector<std::size_t, kMaxThreads>;

  Explorer(const Setup& setup, const Options& options) : setup_(setup), options_(options) {}

  // --- Choices
  // --------------------------------------------------------------------------------------------------------

  std::size_t choose(std::size_t options) {
    if (options <= 1) return 0;
    if (depth_ == path_.size()) path_.push_back({0, options});
    if (path_[depth_].options != options) throw std::logic_error("the program does not repeat itself");
    return path_[depth_++].taken;
  }
  bool next_path() {
    while (!path_.empty() && ++path_.back().taken == path_.back().options) path_.pop_back();
    return !path_.empty();
  }

  // --- One execution
  // --------------------------------------------------------------------------------------------------

  void execute() {
    reset();
    const Program program = setup_();
    program_ = &program;
    count_ = program.threads.size();
    for (std::size_t t = 1; t <= count_; ++t) start(t);
    current_ = next_thread();
    if (current_ != 0) swapcontext(&threads_[0].context, &threads_[current_].context);
    if (state_ == State::repeats) ++result_.repeated;
    if (state_ != State::complete) return;
    ++result_.executions;
    current_ = 0;
    memory_.join_all();
    program.afterwards();
    if (options_.outcomes != nullptr) options_.outcomes->insert(outcome());
  }

  [[nodiscard]] std::string outcome() const {
    std::string text;
    for (std::size_t t = 1; t <= count_; ++t) text += fmt::format("{} | ", fmt::join(threads_[t].read, " "));
    for (std::size_t location = 0; location < memory_.locations(); ++location) {
      for (std::size_t i = 0; i <= memory_.newest(location); ++i) {
        text += fmt::format("{} ", memory_.message(location, i).value);
      }
      text += "| ";
    }
    return text;
  }

  void reset() {
    memory_.reset();
    depth_ = 0;
    steps_ = 0;
    current_ = 0;
    state_ = State::running;
    early_returns_left_ = options_.early_returns;
    known_to_kernel_.fill(0);
    counts_.fill(0);
  }

  void start(std::size_t number) {
    Thread& thread = threads_[number];
    memory_.start(number);
    thread.next = {};
    thread.finished = thread.covered = false;
    thread.read.clear();
    thread.sleeps_on = thread.last_read = thread.fresh = kNowhere;
    getcontext(&thread.context);
    thread.context.uc_stack.ss_sp = thread.stack.get();
    thread.context.uc_stack.ss_size = kStackBytes;
    makecontext(
        &thread.context, [] { active().run_thread(); }, 0);
  }

  void run_thread() {
    std::string error;
    try {
      program_->threads[current_ - 1]();
    } catch (const std::exception& thrown) {
      error = thrown.what();
    }
    require(error.empty(), error);
    thread().finished = true;
    go_on_with(next_thread());
  }

  // Tells what the calling thread is about to do, and returns when it is its turn.
  void begin(const Operation& operation) {
    thread().next = operation;
    if (current_ == 0) return;  // setting up, or looking at the end
    go_on_with(next_thread());
    if (!reads(operation.kind)) thread().covered = false;
  }

  void go_on_with(std::size_t number) {
    if (number == current_) return;
    Thread& self = thread();
    current_ = number;
    swapcontext(&self.context, &threads_[number].context);
  }

  [[nodiscard]] Thread& thread() { return threads_[current_]; }

  void fail(const std::string& what) {
    if (result_.failure.empty()) result_.failure = what;
    state_ = State::failed;
    if (current_ != 0) go_on_with(0);
  }

  // The failed path once more, with words.
  void repeat_with_trace() {
    const std::string failure = result_.failure;
    tracing_ = true;
    execute();
    result_.failure = fmt::format("{}\n{}", failure, trace_);
  }
  template <class Text>
  void tell(Text text) {
    if (!tracing_ || current_ == 0) return;
    const Operation& done = thread().next;
    trace_ += fmt::format("  thread {}: {} {} {} {}\n", current_, name_of(done.kind), name_of(done.order),
                          name_of_location(done.location), text());
  }
  [[nodiscard]] std::string name_of_location(std::size_t location) const {
    return location < program_->locations.size() ? program_->locations[location]
                                                 : fmt::format("#{}", location);
  }

  // --- Whose turn it is
  // -----------------------------------------------------------------------------------------------

  // 0: the execution is over.
  std::size_t next_thread() {
    if (state_ != State::running) return 0;
    ++result_.steps;
    if (++steps_ > kMaxSteps) return end(State::failed, "the program goes on without end");
    bool anybody = false;
    bool unfinished = false;
    Candidates candidates;
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

  std::size_t choose_thread(const Candidates& candidates) {
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

  // Whether `later` may turn out differently after `done`. A store finds its place in the modification order,
  // and a load the message that it read, whether before or after other accesses; to what reads, others add
  // messages, but these covered_up_to tells apart.
  static bool disturbs(const Operation& done, const Operation& later) {
    if (done.order == Order::seq_cst && later.order == Order::seq_cst) return true;
    if (done.location == kNowhere || done.location != later.location) return false;
    return enters_kernel(done.kind) && enters_kernel(later.kind);
  }
  static bool enters_kernel(Kind kind) { return kind >= Kind::futex_wait; }
  static bool reads(Kind kind) {
    return kind == Kind::load || kind == Kind::update || kind == Kind::futex_wait;
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
  // What the thread's next operation can read and has not read in another order already.
  [[nodiscard]] Memory::Indices uncovered(std::size_t number) const {
    const Thread& thread = threads_[number];
    const Operation& next = thread.next;
    Memory::Indices found =
        memory_.readable(number, next.location, next.order, thread.fresh == next.location);
    if (thread.covered) {
      const auto known = [&](std::size_t i) {
        return memory_.message(next.location, i).serial <= thread.covered_up_to;
      };
      found.erase(std::remove_if(found.begin(), found.end(), known), found.end());
    }
    return found;
  }
  void has_read(std::size_t location) {
    thread().covered = false;
    thread().fresh = kNowhere;
    thread().last_read = location;
  }

  [[nodiscard]] std::string describe(const char* failure) const {
    std::string text = failure;
    for (std::size_t t = 1; t <= count_; ++t) {
      const Thread& thread = threads_[t];
      if (thread.finished) continue;
      if (thread.sleeps_on != kNowhere) {
        text += fmt::format("; thread {} sleeps on {}", t, name_of_location(thread.sleeps_on));
      } else {
        text += fmt::format("; thread {} waits to {} {}", t, name_of(thread.next.kind),
                            name_of_location(thread.next.location));
      }
    }
    return text;
  }

  [[nodiscard]] bool is_mutated(const std::source_location& where, Kind kind, Order order) const {
    if (!options_.mutation || options_.mutation->site.line != where.line()) return false;
    return options_.mutation->site == Site::at(where, kind, order);
  }

  static inline Explorer* active_ = nullptr;

  const Setup& setup_;
  const Options& options_;
  Result result_;
  Memory memory_;
  std::array<Thread, kMaxThreads> threads_;
  std::size_t count_ = 0;
  std::size_t current_ = 0;  // 0: setting up, or looking at the end
  const Program* program_ = nullptr;
  State state_ = State::running;
  std::uint64_t steps_ = 0;
  std::vector<Choice> path_;
  std::size_t depth_ = 0;
  unsigned early_returns_left_ = 0;
  std::array<Time, kMaxLocations> known_to_kernel_{};
  std::array<unsigned, kMaxLocations> counts_{};
  bool tracing_ = false;
  std::string trace_;
};

}  // namespace ipcbench::ordering
