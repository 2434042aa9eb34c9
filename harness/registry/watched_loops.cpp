// The loops of ends that wait on a set of descriptors.
#include "harness/registry/end_loops.hpp"
#include "harness/registry/watched_ends.hpp"

namespace ipcbench {
namespace {

constexpr LoopTraits watched_loops(Delivery delivery) {
  return {.waits = {Wait::poll}, .delivery = delivery, .fans = true, .direct = true};
}

template <Delivery kDelivery>
void run(EndId end, ControlBlock& control, WatchedSender* sender, WatchedReceiver* receiver) {
  EndLoops<watched_loops(kDelivery), WatchedSender, WatchedReceiver>::template run_by<Wait::poll>(
      end, control, sender, receiver);
}

}  // namespace

void run_watched(Delivery delivery, EndId end, ControlBlock& control, WatchedSender* sender,
                 WatchedReceiver* receiver) {
  delivery == Delivery::lossy ? run<Delivery::lossy>(end, control, sender, receiver)
                              : run<Delivery::reliable>(end, control, sender, receiver);
}

}  // namespace ipcbench
