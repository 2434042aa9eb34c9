// process_vm_writev(2): the sender puts a message into the memory of the receiver, which reads it there. As
// in process_vm.cpp the kernel copies once, but here it is the sender who pays for that.
#include "mechanisms/parts/process_memory.hpp"

namespace ipcbench {
namespace {

class PushingSender : public LengthSender {
 public:
  PushingSender(const SlotControl& control, const LinkSpec& spec)
      : LengthSender(control, spec), place_(control.place()), buffer_(spec.message_bytes) {}

  // Not before the receiver has announced its slots.
  std::span<std::byte> loan(std::size_t n) {
    if (place_.address.load(std::memory_order_acquire) == 0 || !has_room()) return {};
    return {buffer_.data(), n};
  }
  bool commit(std::size_t n) {
    copy_whole(process_vm_writev, "process_vm_writev", place_.owner.load(std::memory_order_relaxed),
               buffer_.data(), place_.address.load(std::memory_order_relaxed) + offset(), n);
    pass_on(n);
    return true;
  }

 private:
  SlotPlace& place_;
  MessageBuffer buffer_;
};

class PushedReceiver : public LengthReceiver {
 public:
  PushedReceiver(const SlotControl& control, const LinkSpec& spec)
      : LengthReceiver(control, spec), slots_(layout().bytes()) {
    control.place().announce(slots_);
  }

  std::span<const std::byte> peek(std::size_t n) {
    return has_message(n) ? std::span<const std::byte>(slots_.data() + offset(), n)
                          : std::span<const std::byte>{};
  }
  void release() { free_slot(); }

 private:
  MessageBuffer slots_;
};

struct PushKind {
  static constexpr Traits kTraits{
      .name = "process_vm_push",
      .summary = "messages put into the receiver's memory by the sender (process_vm_writev)",
      .variant_of = "process_vm",
      .kind = MechanismKind::process_memory,
      .made_of = "process_vm_writev, memfd, futex",
      .waits = kAllButPoll};
  using Sender = PushingSender;
  using Receiver = PushedReceiver;

  static Unavailable available() { return why_not_between_processes(process_vm_writev, "process_vm_writev"); }
};
using ProcessVmPush = ProcessMemory<PushKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ProcessVmPush);
}  // namespace ipcbench
