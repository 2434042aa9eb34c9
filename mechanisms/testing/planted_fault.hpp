// The fault that most tests plant with Faulty<> (faulty.hpp): a chosen deed at a chosen moment, described by
// data. A launch describes it by the cell's parameters, a test without a launch by PresetFault::plan.
#pragma once

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/cell.hpp"
#include "harness/base/error.hpp"
#include "mechanisms/testing/faulty.hpp"

namespace ipcbench {

enum class Deed : std::uint64_t {
  none,
  // Faults of an end in its own process.
  segfault,
  abort,
  kill,
  exit_0,
  exit_1,
  throws,
  throw_and_linger,  // goes on to live for 20 ms, so that its peer reports first
  wait,              // until a signal interrupts it
  hang,              // whatever signals arrive
  spin,
  ignore_sigterm,  // and hang
  stop,
  stop_and_go,     // stopped, and continued by another process 20 ms later
  widen_affinity,  // as another process may do from outside
  hang_up,         // shuts the connection down and goes on
  // Faults of a sender.
  lose,
  repeat,
  swap,  // sends it after the next one
  alter,
  shorten,
  lengthen,
  garble,
  tear,             // its second half is the previous message's
  send_old,         // sends the content of the message before the first that was struck
  throw_when_full,  // instead of waiting for room
  // Faults of a receiver.
  not_read,  // takes messages away and shows the content of the message before the first that was struck
  invent,    // shows a token that nobody sent
};

enum class Moment : std::uint64_t { creating, attaching, message, leaving };

struct PlannedDeed {
  Deed deed = Deed::none;
  Moment moment = Moment::message;
  std::uint64_t at_message = 0;  // counted from 0 by each end
  std::uint64_t every = 0;       // then strikes once per this many messages; 0: once in the launch
  bool by_receiver = false;
};

class PlantedFault {
 public:
  static constexpr std::array kParameters{
      Parameter{.name = "deed", .default_text = "0", .what = "what is done: a number of Deed"},
      Parameter{.name = "moment", .default_text = "2", .what = "when: a number of Moment"},
      Parameter{.name = "at_message", .default_text = "0", .what = "the first message that is struck"},
      Parameter{.name = "every", .default_text = "0", .what = "then every so many; 0: none"},
      Parameter{.name = "by_receiver", .default_text = "0", .what = "1: the receiver does it"}};

  // A buffer so small that 64 messages of 64 bytes are enough to verify it.
  static Settings settings() { return {{"planted_bytes", 64}}; }

  static void before_create(const LinkSpec& spec) { do_before_create(plan_in(spec), spec); }

  PlantedFault(const LinkSpec& spec, EndRole role) : PlantedFault(plan_in(spec), spec, role) {}
  ~PlantedFault();
  PlantedFault(const PlantedFault&) = delete;
  PlantedFault& operator=(const PlantedFault&) = delete;

  void attached() { do_to_process(deed_at(Moment::attaching)); }
  void leaving() { do_to_process(deed_at(Moment::leaving)); }

  template <class Sender>
  bool commit(Sender& inner, std::span<std::byte> message) {
    const Deed deed = deed_at(Moment::message);
    do_to_process(deed);
    const bool taken = send(inner, message, deed);
    if (taken) ++number_;
    return taken;
  }

  template <class Receiver>
  std::span<const std::byte> peek(Receiver& inner, std::size_t n) {
    const Deed deed = deed_at(Moment::message);
    ++number_;
    do_to_process(deed);
    if (deed == Deed::hang_up) hang_up(inner);
    if (deed == Deed::invent) return {old_.data(), 0};
    const std::span<const std::byte> shown = inner.peek(n);
    if (deed == Deed::not_read) return std::span(old_).first(shown.size());
    std::ranges::copy(shown, old_.begin());
    return shown;
  }

 protected:
  PlantedFault(const PlannedDeed& plan, const LinkSpec& spec, EndRole role);

  static void do_before_create(const PlannedDeed& plan, const LinkSpec& spec);

 private:
  static PlannedDeed plan_in(const LinkSpec& spec);
  // Ignores deeds that concern messages.
  void do_to_process(Deed deed);
  // The fault to commit now.
  [[nodiscard]] Deed deed_at(Moment moment) const;

  template <class Sender>
  bool send(Sender& inner, std::span<std::byte> message, Deed deed) {
    switch (deed) {
      case Deed::lose:
        return true;
      case Deed::swap:
        held_.emplace(message.begin(), message.end());
        return true;
      case Deed::repeat:
        held_.emplace(message.begin(), message.end());
        break;
      case Deed::alter:
        message[message.size() / 2] ^= std::byte{1};
        break;
      case Deed::tear: {
        const std::size_t half = message.size() / 2;
        std::ranges::copy(std::span(old_).subspan(half, message.size() - half),
                          message.begin() + static_cast<std::ptrdiff_t>(half));
        break;
      }
      case Deed::garble:
        std::ranges::fill(message, std::byte{0xa5});
        break;
      case Deed::send_old:
        std::ranges::copy(std::span(old_).first(message.size()), message.begin());
        break;
      case Deed::shorten:
        return inner.commit(message.size() - 1);
      case Deed::lengthen:
        return inner.commit(message.size() + 1);
      case Deed::hang_up:
        hang_up(inner);
        break;
      default:
        break;
    }
    std::ranges::copy(message, old_.begin());
    if (!inner.commit(message.size())) {
      if (deed == Deed::throw_when_full) throw_error(ENOBUFS, "send");
      return false;
    }
    send_held(inner);
    return true;
  }

  template <class Sender>
  void send_held(Sender& inner) {
    if (!held_) return;
    std::span<std::byte> room = inner.loan(held_->size());
    while (room.data() == nullptr) room = inner.loan(held_->size());
    std::ranges::copy(*held_, room.begin());
    while (!inner.commit(room.size())) {
    }
    held_.reset();
  }

  template <class End>
  static void hang_up(End& inner) {
    if constexpr (requires { inner.hang_up(); }) inner.hang_up();
  }

  PlannedDeed plan_;
  bool concerned_;
  std::string claim_;  // a file that the first end to strike creates
  std::uint64_t number_ = 0;
  std::vector<std::byte> old_;
  std::optional<std::vector<std::byte>> held_;  // is sent after the next message
  bool lingers_ = false;
};

// The fault of a test without a launch, which sets the plan and then calls the mechanism; forked ends inherit
// it. Data rather than a template argument, since each decorated mechanism takes seconds to compile.
class PresetFault : public PlantedFault {
 public:
  static constexpr std::array<Parameter, 0> kParameters{};
  static inline PlannedDeed plan;

  static void before_create(const LinkSpec& spec) { do_before_create(plan, spec); }
  PresetFault(const LinkSpec& spec, EndRole role) : PlantedFault(plan, spec, role) {}
};

// Messages of 64 bytes between ends that sleep, through planted_pair. The deed is done by the end that sends
// from the producer to the consumer, or by the one that receives from it; if there are several, by the first
// to get there.
Cell planted_cell(const PlannedDeed& plan, Pattern pattern = Pattern::latency, Peers peers = Peers::fork);

}  // namespace ipcbench
