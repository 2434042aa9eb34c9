// The floor of moving data: the payload is copied into a buffer and out of it within one process. A copying
// mechanism makes no round trip faster than these four copies, nor streams faster than one copy per message.
#include "mechanisms/parts/floor.hpp"

namespace ipcbench {
namespace {

struct MemcpyKind {
  static constexpr Traits kTraits{
      .name = "memcpy",
      .summary = "floor: the payload copied in and out of a buffer of one process",
      .kind = MechanismKind::floor,
      .flow = Flow::duplex,
      .in_place = true,
      .delivery = Delivery::none};
};
using Memcpy = Floor<MemcpyKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Memcpy);
}  // namespace ipcbench
