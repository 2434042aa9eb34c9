// process_vm_readv(2): a message stays where its sender wrote it, and the receiver fetches it from there. The
// kernel copies once, from process to process, where a pipe copies in and out.
#include "mechanisms/parts/process_memory.hpp"

namespace ipcbench {
namespace {

class PulledSender : public LengthSender {
 public:
  PulledSender(const SlotControl& control, const LinkSpec& spec)
      : LengthSender(control, spec), slots_(layout().bytes()) {
    control.place().announce(slots_);
  }

  std::span<std::byte> loan(std::size_t n) {
    return has_room() ? std::span(slots_.data() + offset(), n) : std::span<std::byte>{};
  }
  bool commit(std::size_t n) {
    pass_on(n);
    return true;
  }

 private:
  MessageBuffer slots_;
};

class PullingReceiver : public LengthReceiver {
 public:
  PullingReceiver(const SlotControl& control, const LinkSpec& spec)
      : LengthReceiver(control, spec), place_(control.place()), buffer_(spec.message_bytes) {}

  // The slot is free once its message has been fetched, before the receiver has read it.
  std::span<const std::byte> peek(std::size_t n) {
    if (!has_message(n)) return {};
    copy_whole(process_vm_readv, "process_vm_readv", place_.owner.load(std::memory_order_relaxed),
               buffer_.data(), place_.address.load(std::memory_order_relaxed) + offset(), n);
    free_slot();
    return {buffer_.data(), n};
  }
  void release() {}

 private:
  SlotPlace& place_;
  MessageBuffer buffer_;
};

struct PullKind {
  static constexpr Traits kTraits{
      .name = "process_vm",
      .summary = "messages fetched from the sender's memory by the receiver (process_vm_readv)",
      .kind = MechanismKind::process_memory,
      .made_of = "process_vm_readv, memfd, futex",
      .waits = kAllButPoll};
  using Sender = PulledSender;
  using Receiver = PullingReceiver;

  static Unavailable available() { return why_not_between_processes(process_vm_readv, "process_vm_readv"); }
};
using ProcessVm = ProcessMemory<PullKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ProcessVm);
}  // namespace ipcbench
