// The floor of the harness: a round trip over nothing. Only the loop, the clock and the histogram remain.
#include "mechanisms/parts/floor.hpp"

namespace ipcbench {
namespace {

struct NullKind {
  static constexpr Traits kTraits{
      .name = "null",
      .summary = "floor: nothing is moved; the price of the harness's loop and clock",
      .kind = MechanismKind::floor,
      .flow = Flow::duplex,
      .delivery = Delivery::none,
      .carries_payload = false};
};
using Null = Floor<NullKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Null);
}  // namespace ipcbench
