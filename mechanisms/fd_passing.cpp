// Passing descriptors, unix(7) with SCM_RIGHTS. Each message is a sealed file of memory (sealed_message.hpp),
// and only its descriptor goes through the socket.
#include <sys/socket.h>

#include <cstring>
#include <exception>
#include <stdexcept>

#include "harness/base/error.hpp"
#include "mechanisms/parts/descriptor_envelope.hpp"
#include "mechanisms/parts/sealed_message.hpp"
#include "mechanisms/parts/unix_connection.hpp"

namespace ipcbench {
namespace {

class DescriptorSender {
 public:
  DescriptorSender(Fd socket, const LinkSpec& spec)
      : socket_(std::move(socket)), buffer_(spec.message_bytes) {
    set_blocking_for(socket_.get(), spec.wait);
  }

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  // Keeps a message that could not be sent, since it is already sealed.
  bool commit(std::size_t n) {
    if (!sealed_) sealed_ = seal_message({buffer_.data(), n});
    DescriptorEnvelope envelope;
    envelope.enclose(sealed_);
    while (sendmsg(socket_.get(), envelope.header(), MSG_NOSIGNAL) < 0) {
      if (errno == EAGAIN) return false;
      if (errno == ETOOMANYREFS)
        throw_errno("too many descriptors are under way", {{ETOOMANYREFS, "raise ulimit -n"}});
      if (errno != EINTR) throw_errno("sendmsg");
    }
    sealed_.reset();
    return true;
  }
  void park() { wait_for(socket_.get(), POLLOUT); }

 private:
  Fd socket_;
  MessageBuffer buffer_;
  Fd sealed_;
};

class DescriptorReceiver {
 public:
  DescriptorReceiver(Fd socket, const LinkSpec& spec) : socket_(std::move(socket)) {
    set_blocking_for(socket_.get(), spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    DescriptorEnvelope envelope;
    ssize_t got = -1;
    while ((got = recvmsg(socket_.get(), envelope.header(), MSG_CMSG_CLOEXEC)) < 0) {
      if (errno == EAGAIN) return {};
      if (errno != EINTR) throw_errno("recvmsg");
    }
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    message_ = MappedMessage(envelope.open(), n);
    return message_.bytes();
  }
  void release() { message_.reset(); }
  void park() { wait_for(socket_.get(), POLLIN); }

 private:
  Fd socket_;
  MappedMessage message_;
};

constexpr Parameter kFewDescriptors{
    .name = kSocketSendBytes.name,
    .default_text = "1, which the kernel raises to its least: 4608, which 6 descriptors fill",
    .what =
        "send buffer of both ends (SO_SNDBUF), up to net.core.wmem_max; it limits how many messages are "
        "under way, each of them in memory of its own",
    .min = kSocketSendBytes.min,
    .max = kSocketSendBytes.max};

struct FdPassingKind {
  static constexpr Traits kTraits{
      .name = "fd_passing",
      .summary = "descriptor of a sealed memfd for each message, passed over a UNIX socket (SCM_RIGHTS)",
      .kind = MechanismKind::descriptor,
      .made_of = "UNIX socket, memfd",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .in_memory = true,
      .lifetime = Lifetime::file_system};
  static constexpr std::array kParameters{kFewDescriptors, kSocketReceiveBytes};
  static constexpr int kSocketType = SOCK_SEQPACKET;
  using Sender = DescriptorSender;
  using Receiver = DescriptorReceiver;

  static Settings defaults() { return {{std::string(kSocketSendBytes.name), 1}}; }
  static Unavailable available() {
    try {
      constexpr std::byte kAny{};
      const MappedMessage probe(seal_message({&kAny, 1}), 1);
      return std::nullopt;
    } catch (const std::exception& error) {
      return std::string("no memory can be sealed (memfd_create, Linux 3.17): ") + error.what();
    }
  }
};
using FdPassing = UnixConnection<FdPassingKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(FdPassing);
}  // namespace ipcbench
