// Passing descriptors, unix(7) with SCM_RIGHTS. Each message is a sealed file of memory (sealed_message.hpp),
// and only its descriptor goes through the socket.
#include "mechanisms/parts/descriptor_envelope.hpp"
#include "mechanisms/parts/sealed_ends.hpp"
#include "mechanisms/parts/unix_connection.hpp"

namespace ipcbench {
namespace {

struct SendsDescriptors {
  explicit SendsDescriptors(const Fd&) {}

  static bool give(const Fd& socket, const Fd& sealed) {
    DescriptorEnvelope envelope;
    envelope.enclose(sealed);
    while (sendmsg(socket.get(), envelope.header(), MSG_NOSIGNAL) < 0) {
      if (errno == EAGAIN) return false;
      if (errno == ETOOMANYREFS)
        throw_errno("too many descriptors are under way", {{ETOOMANYREFS, "raise ulimit -n"}});
      if (errno != EINTR) throw_errno("sendmsg");
    }
    return true;
  }
};

struct ReceivesDescriptors {
  explicit ReceivesDescriptors(const Fd&) {}

  static Fd take(const Fd& socket) {
    DescriptorEnvelope envelope;
    ssize_t got = -1;
    while ((got = recvmsg(socket.get(), envelope.header(), MSG_CMSG_CLOEXEC)) < 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_errno("recvmsg");
    }
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    return envelope.open();
  }
};

struct FdPassingKind : SealedMessages {
  static constexpr Traits kTraits{
      .name = "fd_passing",
      .summary = "descriptor of a sealed memfd for each message, passed over a UNIX socket (SCM_RIGHTS)",
      .kind = MechanismKind::descriptor,
      .made_of = "UNIX socket, memfd",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .in_memory = true,
      .lifetime = Lifetime::file_system};
  using Sender = SealingSender<SendsDescriptors>;
  using Receiver = MappingReceiver<ReceivesDescriptors>;
};
using FdPassing = UnixConnection<FdPassingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(FdPassing);
}  // namespace ipcbench
