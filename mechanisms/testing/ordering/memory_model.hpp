// The memory model of C++20 as a machine that executes one operation at a time.
//
// A location is the list of all messages written to it, in modification order, each with a timestamp. A
// thread is a view: for each location, the oldest message that it may still read. A message carries a view,
// which an acquiring reader joins to its own: that is how "happens before" spreads. A load reads any message
// that its view allows. A store goes anywhere behind the message in its view, a read-modify-write directly
// behind the message that it read.
//
// Sources: J. Kang et al., "A Promising Semantics for Relaxed-Memory Concurrency", POPL 2017 (views,
// timestamps, the view of sequentially consistent fences), without its promises; O. Lahav et al., "Repairing
// Sequential Consistency in C/C++11", PLDI 2017 (what those fences order); P0982R1 (release sequences of
// C++20: read-modify-writes only); C. Flanagan and S. Freund, "FastTrack", PLDI 2009 (races by epochs).
//
// It differs from C++ in two ways. Without promises no load reads a later write, so "load buffering" does not
// occur; C++ allows it for relaxed accesses, but no hardware shows it where the store depends on the load.
// And the single order of sequentially consistent accesses (not fences) is the order of execution, which
// leaves out a few outcomes of programs that mix them with weaker accesses to the same location.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/container/static_vector.hpp>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace ipcbench::ordering {

inline constexpr std::size_t kMaxLocations = 12;
inline constexpr std::size_t kMaxThreads = 5;  // number 0 sets up, and checks at the end
inline constexpr std::size_t kMaxMessages = 64;

using Order = std::memory_order;
constexpr bool acquires(Order order) {
  return order == Order::acquire || order == Order::acq_rel || order == Order::seq_cst;
}
constexpr bool releases(Order order) {
  return order == Order::release || order == Order::acq_rel || order == Order::seq_cst;
}

using Time = double;  // there is always one between two others

struct View {
  std::array<Time, kMaxLocations> at{};
  std::array<unsigned, kMaxThreads> epochs{};  // the accesses to plain memory that happened before, by thread

  void join(const View& other) {
    join_times(other);
    for (std::size_t i = 0; i < kMaxThreads; ++i) epochs[i] = std::max(epochs[i], other.epochs[i]);
  }
  void join_times(const View& other) {
    for (std::size_t i = 0; i < kMaxLocations; ++i) at[i] = std::max(at[i], other.at[i]);
  }
};

struct Message {
  Time time = 0;
  std::uint64_t value = 0;
  View view{};
  std::uint64_t serial = 0;  // in the order of execution, over all locations
  bool attached = false;     // written by a read-modify-write: nothing comes between it and the one before
};

class Memory {
 public:
  using Indices = boost::container::static_vector<std::size_t, kMaxMessages>;  // into a location's messages

  void reset() {
    locations_ = 0;
    serial_ = 0;
    threads_.fill({});
    fences_ = {};
    heavy_fences_ = {};
    bytes_.clear();
  }

  // Called by thread 0, before the others start.
  std::size_t add_location(std::uint64_t initial) {
    if (locations_ == kMaxLocations) throw std::length_error("the model has no more locations");
    messages_[locations_] = {Message{.value = initial, .serial = ++serial_}};
    return locations_++;
  }
  [[nodiscard]] std::size_t locations() const { return locations_; }
  void start(std::size_t thread) { threads_[thread] = threads_[0]; }
  void join_all() {
    for (const Thread& thread : threads_) threads_[0].current.join(thread.current);
    threads_[0].acquired = threads_[0].current;
  }

  [[nodiscard]] std::uint64_t last_serial() const { return serial_; }
  [[nodiscard]] const Message& message(std::size_t location, std::size_t index) const {
    return messages_[location][index];
  }
  [[nodiscard]] std::size_t newest(std::size_t location) const { return messages_[location].size() - 1; }

  [[nodiscard]] std::vector<std::uint64_t> values(std::size_t location) const {
    std::vector<std::uint64_t> found;
    for (const Message& message : messages_[location]) found.push_back(message.value);
    return found;
  }

  // The messages that a load can read; with `fresh` only those newer than any that the thread knows.
  [[nodiscard]] Indices readable(std::size_t thread, std::size_t location, Order order,
                                 bool fresh = false) const {
    Indices found;
    const Time bound = oldest(thread, location, order);
    for (std::size_t i = 0; i <= newest(location); ++i) {
      const Time time = message(location, i).time;
      if (time > bound || (time == bound && !fresh)) found.push_back(i);
    }
    return found;
  }
  // The messages behind which a store can insert its own.
  [[nodiscard]] Indices places(std::size_t thread, std::size_t location, Order order) const {
    Indices found = readable(thread, location, order);
    found.erase(
        std::remove_if(found.begin(), found.end(), [&](std::size_t i) { return !has_room(location, i); }),
        found.end());
    return found;
  }
  [[nodiscard]] bool has_room(std::size_t location, std::size_t behind) const {
    return behind == newest(location) || !message(location, behind + 1).attached;
  }

  std::uint64_t read(std::size_t thread, std::size_t location, std::size_t index, Order order) {
    const Message& read = message(location, index);
    Thread& self = threads_[thread];
    self.see(location, read.time);
    self.acquired.join(read.view);
    if (acquires(order)) self.current.join(read.view);
    return read.value;
  }

  void write(std::size_t thread, std::size_t location, std::size_t behind, std::uint64_t value, Order order) {
    insert(thread, location, behind, order, {.value = value});
  }
  // For a read-modify-write that read the message at `behind`; it continues that message's release sequence.
  void update(std::size_t thread, std::size_t location, std::size_t behind, std::uint64_t value,
              Order order) {
    insert(thread, location, behind, order,
           {.value = value, .view = message(location, behind).view, .attached = true});
  }

  void fence(std::size_t thread, Order order) {
    Thread& self = threads_[thread];
    if (acquires(order)) self.current = self.acquired;
    if (order == Order::seq_cst) {
      self.current.join_times(fences_);  // not the epochs: two fences alone do not synchronise
      fences_.join_times(self.current);
      self.acquired.join_times(fences_);
    }
    if (releases(order)) self.released = self.current;
  }

  // An asymmetric pair (P1202R5). Fences are ordered by their execution; a heavy one is ordered with all
  // others, a light one with heavy ones only. So what happened before a light fence is published by the next
  // heavy one, and a light fence learns only what heavy ones have published. The processor's fence comes
  // where the interrupted thread happens to be; only what lies before its last light fence is promised. A
  // thread that has not registered is not interrupted.
  void register_for_heavy_fences(std::size_t thread) { threads_[thread].registered = true; }
  void light_fence(std::size_t thread) {
    Thread& self = threads_[thread];
    if (!self.registered) return;
    self.current.join_times(heavy_fences_);
    self.acquired.join_times(heavy_fences_);
    self.before_light_fence = self.current;
  }
  void heavy_fence(std::size_t thread) {
    for (const Thread& other : threads_) fences_.join_times(other.before_light_fence);
    fence(thread, Order::seq_cst);
    heavy_fences_ = fences_;
  }

  // Two system calls that hold the lock of one futex's queue: the later call sees the value of the word that
  // the earlier one knew.
  void under_lock(std::size_t thread, std::size_t location, Time& known_to_kernel) {
    known_to_kernel = std::max(known_to_kernel, threads_[thread].current.at[location]);
    threads_[thread].see(location, known_to_kernel);
  }

  // Plain memory: the error of the access, or nullptr.
  const char* read_byte(std::size_t thread, const void* address) {
    Byte& byte = byte_at(address);
    View& view = threads_[thread].current;
    if (byte.written == 0) return "a byte is read that nobody has written";
    if (view.epochs[byte.writer] < byte.written)
      return "data race: a read that its byte's last write does not happen before";
    byte.read[thread] = next_epoch(thread);
    return nullptr;
  }
  const char* write_byte(std::size_t thread, const void* address) {
    Byte& byte = byte_at(address);
    const View& view = threads_[thread].current;
    if (view.epochs[byte.writer] < byte.written)
      return "data race: a write that its byte's last write does not happen before";
    for (std::size_t reader = 0; reader < kMaxThreads; ++reader) {
      if (view.epochs[reader] < byte.read[reader])
        return "data race: a write that its byte's last read does not happen before";
    }
    byte.writer = thread;
    byte.written = next_epoch(thread);
    return nullptr;
  }

 private:
  struct Thread {
    View current;   // what happened before
    View acquired;  // joined with the views of all messages read: takes effect at the next acquire fence
    View released;  // published by a relaxed store: everything before the last release fence
    View before_light_fence;
    bool registered = false;

    void see(std::size_t location, Time time) {
      current.at[location] = std::max(current.at[location], time);
      acquired.at[location] = std::max(acquired.at[location], time);
    }
  };
  struct Byte {
    const void* address = nullptr;
    std::size_t writer = 0;
    unsigned written = 0;  // the writer's epoch; 0: never
    std::array<unsigned, kMaxThreads> read{};
  };

  [[nodiscard]] Time oldest(std::size_t thread, std::size_t location, Order order) const {
    const Time known = threads_[thread].current.at[location];
    return order == Order::seq_cst ? std::max(known, fences_.at[location]) : known;
  }

  void insert(std::size_t thread, std::size_t location, std::size_t behind, Order order, Message message) {
    std::vector<Message>& all = messages_[location];
    if (all.size() == kMaxMessages) throw std::length_error("a location is written to without end");
    const Time before = all[behind].time;
    message.time = behind + 1 == all.size() ? before + 1 : (before + all[behind + 1].time) / 2;
    message.serial = ++serial_;
    Thread& self = threads_[thread];
    self.see(location, message.time);
    message.view.join(releases(order) ? self.current : self.released);
    message.view.at[location] = message.time;
    if (order == Order::seq_cst) fences_.at[location] = message.time;
    all.insert(all.begin() + static_cast<std::ptrdiff_t>(behind) + 1, message);
  }

  unsigned next_epoch(std::size_t thread) {
    const unsigned epoch = ++threads_[thread].current.epochs[thread];
    threads_[thread].acquired.epochs[thread] = epoch;
    return epoch;
  }
  Byte& byte_at(const void* address) {
    for (Byte& byte : bytes_) {
      if (byte.address == address) return byte;
    }
    return bytes_.emplace_back(Byte{.address = address});
  }

  std::size_t locations_ = 0;
  std::uint64_t serial_ = 0;
  std::array<std::vector<Message>, kMaxLocations> messages_;
  std::array<Thread, kMaxThreads> threads_{};
  View fences_;        // order established by sequentially consistent fences and stores so far; times only
  View heavy_fences_;  // the same, as of the last heavy fence
  std::vector<Byte> bytes_;
};

}  // namespace ipcbench::ordering
