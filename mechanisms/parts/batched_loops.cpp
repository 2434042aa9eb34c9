// The loops of all ends that hand over batches. In the file of a mechanism they would change what the
// compiler inlines into its loops for single messages: of UDP's 157 functions, 98 came out otherwise.
#include "mechanisms/parts/datagram_batches.hpp"
#include "mechanisms/parts/memory_with_events.hpp"
#include "mechanisms/parts/ring_mechanism.hpp"
#include "mechanisms/parts/stream_ends.hpp"
#include "mechanisms/parts/udp_batches.hpp"

namespace ipcbench {

template class EndLoops<kBatchedStreamLoops, BatchedStreamSender, BatchedStreamReceiver>;
template class EndLoops<kBatchedDatagramLoops, BatchedDatagramSender, BatchedDatagramReceiver>;
template class EndLoops<kBatchedUdpLoops, BatchedUdpSender, BatchedUdpReceiver>;
template class EndLoops<kSleepingRingLoops, BatchedRingSender<FutexSleep>, RingReceiver<FutexSleep>>;
template class EndLoops<kSleepingRingLoops, BatchedRingSender<EventSleep>, RingReceiver<EventSleep>>;
template class EndLoops<kSpinningRingLoops, BatchedRingSender<NoSleep>, RingReceiver<NoSleep>>;

}  // namespace ipcbench
