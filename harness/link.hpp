// A link with its types erased: once per run, not per message. (Virtual calls per message cost 50 to 70 ns
// on a 600 ns round trip over a ring in a prototype.)
#pragma once

#include <array>
#include <memory>
#include <string>

#include "harness/control_block.hpp"
#include "harness/mechanism.hpp"
#include "harness/workload.hpp"

namespace ipcbench {

// What carries messages from the producer to the consumer and back: one object of a duplex mechanism, two
// of a one-way mechanism.
class Link {
 public:
  virtual ~Link() = default;

  // What the other processes need to join: the way to the consumer, and the way back (one-way only).
  [[nodiscard]] virtual std::array<std::string, 2> addresses() const = 0;

  // Attaches one end, in a process of its own, and runs its part of control's job. Returns when the job is
  // done; throws CheckFailed, std::system_error or std::runtime_error.
  virtual void run(Side side, ControlBlock& control) = 0;
};

template <Mechanism M>
class LinkOf final : public Link {
  static constexpr bool kDuplex = M::kTraits.flow == Flow::duplex;

 public:
  // Creates the kernel objects.
  explicit LinkOf(const LinkSpec& spec) : forward_(M::create(named(spec, "-0"))) {
    if constexpr (!kDuplex) back_ = M::create(named(spec, "-1"));
  }
  // Joins what another process created.
  LinkOf(const LinkSpec& spec, const std::array<std::string, 2>& addresses) requires Joinable<M>
      : forward_(M::join(named(spec, "-0"), addresses[0])) {
    if constexpr (!kDuplex) back_ = M::join(named(spec, "-1"), addresses[1]);
  }

  [[nodiscard]] std::array<std::string, 2> addresses() const override {
    if constexpr (Joinable<M>) {
      return {forward_->address(), kDuplex ? std::string{} : back_->address()};
    } else {
      return {};
    }
  }

  void run(Side side, ControlBlock& control) override {
    control.side(side).phase.store(Phase::attaching, std::memory_order_relaxed);
    if constexpr (kDuplex) {
      auto ends = forward_->attach(side);
      run_attached(side, control, ends.sender, ends.receiver);
    } else {
      M& out = side == Side::producer ? *forward_ : *back_;
      M& in = side == Side::producer ? *back_ : *forward_;
      // Opening some objects waits for the other side (a FIFO): both sides go through them in one order.
      if (side == Side::producer) {
        auto sender = out.sender();
        auto receiver = in.receiver();
        run_attached(side, control, sender, receiver);
      } else {
        auto receiver = in.receiver();
        auto sender = out.sender();
        run_attached(side, control, sender, receiver);
      }
    }
  }

 private:
  static LinkSpec named(LinkSpec spec, const char* suffix) {
    spec.name += suffix;
    return spec;
  }

  template <SenderEnd S, ReceiverEnd R>
  void run_attached(Side side, ControlBlock& control, S& sender, R& receiver) {
    control.barrier.arrive_and_wait();
    if constexpr (Unlinks<M>) {
      forward_->unlink();
      if (back_) back_->unlink();
    }
    if constexpr (ReportsSettings<M>) {
      if (side == Side::producer) control.report_settings(forward_->settings());
    }
    with_wait(side, control, sender, receiver);
  }

  template <SenderEnd S, ReceiverEnd R>
  void with_wait(Side side, ControlBlock& control, S& sender, R& receiver) {
    switch (control.job.wait) {
      case Wait::block:
        return with_payload<Wait::block>(side, control, sender, receiver);
      case Wait::spin:
        return with_payload<Wait::spin>(side, control, sender, receiver);
      case Wait::poll:
        return with_payload<Wait::poll>(side, control, sender, receiver);
      case Wait::adaptive:
        return with_payload<Wait::adaptive>(side, control, sender, receiver);
    }
  }

  template <Wait W, SenderEnd S, ReceiverEnd R>
  void with_payload(Side side, ControlBlock& control, S& sender, R& receiver) {
    if constexpr (!M::kTraits.waits.contains(W)) {
      throw std::runtime_error("a job for a waiting strategy that the mechanism does not have");
    } else if constexpr (!M::kTraits.carries_payload) {
      run_workload<W, Payload::untouched>(side, control, sender, receiver);
    } else {
      switch (control.job.payload) {
        case Payload::copy:
          return run_workload<W, Payload::copy>(side, control, sender, receiver);
        case Payload::scan:
          return run_workload<W, Payload::scan>(side, control, sender, receiver);
        case Payload::untouched:
          return run_workload<W, Payload::untouched>(side, control, sender, receiver);
      }
    }
  }

  template <Wait W, Payload P, SenderEnd S, ReceiverEnd R>
  void run_workload(Side side, ControlBlock& control, S& sender, R& receiver) {
    Workload<W, P, M::kTraits.delivery, S, R>(control, side, sender, receiver).run();
  }

  std::unique_ptr<M> forward_;
  std::unique_ptr<M> back_;
};

}  // namespace ipcbench
