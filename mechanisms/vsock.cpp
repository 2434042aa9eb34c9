// vsock(7): the sockets between a virtual machine and its host, here over the loopback (CID 1). A byte stream
// both ways without a network stack.
#include <linux/vm_sockets.h>
#include <sys/socket.h>

#include "mechanisms/parts/loopback_connection.hpp"
#include "mechanisms/parts/stream_ends.hpp"

namespace ipcbench {
namespace {

struct VsockLoopback {
  using Address = sockaddr_vm;
  using Port = std::uint32_t;
  static constexpr Port kAnyPort = VMADDR_PORT_ANY;
  static constexpr bool kSharesPorts = false;
  static constexpr const char* kCannotBind = "cannot bind to the loopback of vsock (CID 1)";

  static Fd open(int socket_type) { return open_socket(AF_VSOCK, socket_type); }
  static Address address(Port port) {
    Address address{};
    address.svm_family = AF_VSOCK;
    address.svm_cid = VMADDR_CID_LOCAL;
    address.svm_port = port;
    return address;
  }
  static Port port_of(const Address& address) { return address.svm_port; }
  static bool is_same(const Address& one, const Address& other) {
    return one.svm_cid == other.svm_cid && one.svm_port == other.svm_port;
  }
};

// Whether the loopback answers: a port where nobody listens refuses a connection at once. Without an answer,
// connect(2) would wait for seconds.
void require_answer() {
  constexpr int kPatienceMs = 200;
  const Fd fd = bind_loopback<VsockLoopback>(SOCK_STREAM | SOCK_NONBLOCK, VMADDR_PORT_ANY);
  VsockLoopback::Address own{};
  socklen_t bytes = sizeof own;
  checked(getsockname(fd.get(), reinterpret_cast<sockaddr*>(&own), &bytes), "getsockname");
  if (connect(fd.get(), generic(own), sizeof own) == 0 || errno != EINPROGRESS) return;
  pollfd answer{.fd = fd.get(), .events = POLLOUT, .revents = 0};
  if (poll(&answer, 1, kPatienceMs) == 0) throw_error(ETIMEDOUT, "the loopback of vsock does not answer");
}

struct VsockKind {
  static constexpr Traits kTraits{.name = "vsock",
                                  .summary = "vsock connection over the loopback (CID 1)",
                                  .kind = MechanismKind::socket,
                                  .made_of = "vsock socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::stream,
                                  .flow = Flow::duplex,
                                  .direct = true,
                                  .batches = true};
  static constexpr std::array<Parameter, 0> kParameters{};
  using Net = VsockLoopback;

  static Unavailable available() {
    try {
      require_answer();
      return std::nullopt;
    } catch (const KernelError& error) {
      return KernelError(error.number(), error.cause(),
                         "load it (modprobe vsock_loopback, from Linux 5.6 on)")
          .what();
    }
  }

  static void prepare(int, const Settings&) {}
  static Settings set_up(int, const Settings&) { return {}; }
  static Ends<StreamSender, StreamReceiver> ends(Fd fd, const LinkSpec& spec) {
    return stream_ends(std::move(fd), spec);
  }
  struct Batched;
};
struct VsockKind::Batched : VsockKind {
  static constexpr Traits kTraits = batched(VsockKind::kTraits);
  static Ends<BatchedStreamSender, BatchedStreamReceiver> ends(Fd fd, const LinkSpec& spec) {
    return stream_ends<BatchedStreamSender, BatchedStreamReceiver>(std::move(fd), spec);
  }
};
using Vsock = LoopbackConnection<VsockKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Vsock);
}  // namespace ipcbench
