// sctp(7) over the loopback network, one-to-one style: a connection both ways through the whole network stack
// that keeps messages apart, as SOCK_SEQPACKET does without one.
#include <netinet/in.h>
#include <sys/socket.h>

// Needs the types of both.
#include <linux/sctp.h>

#include "mechanisms/parts/datagram_ends.hpp"
#include "mechanisms/parts/loopback_connection.hpp"

namespace ipcbench {
namespace {

// SCTP's timers are made for networks. The kernel acknowledges every second packet or after 200 ms, for which
// a small message waits (Nagle's algorithm), and repeats what the receiver had no room for after a second,
// and then ever later. Here all of that happens at once, or after 2 ms: in an emulated machine, a
// stream of 4 KiB carries 11 MB/s instead of 0.3.
struct SctpLoopback : InetLoopback {
  static Fd open(int socket_type) {
    Fd fd = open_socket(AF_INET, socket_type, IPPROTO_SCTP);
    set_option(fd, SCTP_NODELAY, 1);
    set_option(fd, SCTP_DELAYED_SACK, sctp_sack_info{.sack_assoc_id = 0, .sack_delay = 0, .sack_freq = 1});
    constexpr std::uint32_t kSoonMs = 2;
    set_option(
        fd, SCTP_RTOINFO,
        sctp_rtoinfo{.srto_assoc_id = 0, .srto_initial = kSoonMs, .srto_max = kSoonMs, .srto_min = kSoonMs});
    return fd;
  }

 private:
  template <class Value>
  static void set_option(const Fd& fd, int option, const Value& value) {
    checked(setsockopt(fd.get(), IPPROTO_SCTP, option, &value, sizeof value), "setsockopt");
  }
};

constexpr Parameter kSctpSendBytes{.name = kSocketSendBytes.name,
                                   .default_text = "the kernel's: net.core.wmem_default",
                                   .what = kSocketSendBytes.what,
                                   .min = kSocketSendBytes.min,
                                   .max = kSocketSendBytes.max};
constexpr Parameter kSctpReceiveBytes{
    .name = kSocketReceiveBytes.name,
    .default_text = "the kernel's: net.core.rmem_default, of which a packet takes up to 64 KiB",
    .what = kSocketReceiveBytes.what,
    .min = kSocketReceiveBytes.min,
    .max = kSocketReceiveBytes.max,
    .tuned = std::uint64_t{1} << 20};
constexpr Parameter kSctpNodelay{
    .name = "sctp_nodelay",
    .default_text = "1; the kernel's is 0",
    .what =
        "1: small messages leave at once (SCTP_NODELAY), 0: they may wait for the "
        "acknowledgement of earlier ones (Nagle's algorithm)",
    .min = 0,
    .max = 1};

// A message longer than what the kernel has room for arrives in parts; the last of them is marked.
class SctpReceiver {
 public:
  SctpReceiver(Fd fd, const LinkSpec& spec) : fd_(std::move(fd)), buffer_(spec.message_bytes) {
    set_blocking_for(fd_.get(), spec.wait);
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (!receive_into({buffer_.data(), n})) return {};
    return {buffer_.data(), n};
  }
  bool receive_into(std::span<std::byte> into) {
    while (true) {
      iovec rest{.iov_base = into.data() + filled_, .iov_len = into.size() - filled_};
      msghdr part{};
      part.msg_iov = &rest;
      part.msg_iovlen = 1;
      const ssize_t got = recvmsg(fd_.get(), &part, 0);
      if (got < 0 && errno == EAGAIN) return false;
      if (got < 0 && errno != EINTR) throw_errno("recvmsg");
      if (got == 0) throw std::runtime_error("end of file: the other end is gone");
      if (got > 0) filled_ += static_cast<std::size_t>(got);
      const bool whole = got > 0 && (part.msg_flags & MSG_EOR) != 0;
      if (whole && filled_ == into.size()) break;
      if (whole || filled_ == into.size()) throw_wrong_length(filled_ + (whole ? 0 : 1), into.size());
    }
    filled_ = 0;
    return true;
  }
  void release() {}
  void park() { wait_for(fd_.get(), POLLIN); }
  [[nodiscard]] int pollable_fd() const { return fd_.get(); }

 private:
  Fd fd_;
  MessageBuffer buffer_;
  std::size_t filled_ = 0;
};

struct SctpKind {
  static constexpr Traits kTraits{.name = "sctp",
                                  .summary = "SCTP association over 127.0.0.1, that keeps messages apart",
                                  .kind = MechanismKind::socket,
                                  .made_of = "SCTP socket",
                                  .kinship = Kinship::named,
                                  .flow = Flow::duplex,
                                  .direct = true};
  static constexpr std::array kParameters{kSctpSendBytes, kSctpReceiveBytes, kSctpNodelay};
  using Net = SctpLoopback;

  static Unavailable available() {
    try {
      static_cast<void>(bind_loopback<SctpLoopback>(SOCK_STREAM, SctpLoopback::kAnyPort));
      return loopback_available();
    } catch (const KernelError& error) {
      return KernelError(error.number(), "cannot make an SCTP socket",
                         "load it (modprobe sctp), or take a kernel that has it (CONFIG_IP_SCTP)")
          .what();
    }
  }
  // The kernel (net/sctp/socket.c, sctp_sendmsg_parse) refuses with EMSGSIZE what is longer than the buffer.
  static MessageLimit message_limit(const Settings& parameters) {
    try {
      const Fd fd = SctpLoopback::open(SOCK_STREAM);
      set_socket_buffers(fd.get(), parameters);
      return {.bytes = socket_option(fd.get(), SOL_SOCKET, SO_SNDBUF),
              .remedy = "raise socket_send_bytes, and net.core.wmem_max (sysctl) where that is too small"};
    } catch (const std::exception& error) {
      return {.bytes = 0, .remedy = std::string("the kernel could not be asked: ") + error.what()};
    }
  }

  // The window is announced while the two connect.
  static void prepare(int fd, const Settings& parameters) { set_socket_buffers(fd, parameters); }
  static Settings set_up(int fd, const Settings& parameters) {
    const auto nodelay = parameters.find(kSctpNodelay.name);
    if (nodelay != parameters.end())
      set_socket_option(fd, IPPROTO_SCTP, SCTP_NODELAY, static_cast<int>(nodelay->second));
    Settings settings = socket_buffers(fd);
    settings.emplace(kSctpNodelay.name, socket_option(fd, IPPROTO_SCTP, SCTP_NODELAY));
    return settings;
  }
  static Ends<DatagramSender, SctpReceiver> ends(Fd fd, const LinkSpec& spec) {
    Fd copy = duplicate(fd);
    return {DatagramSender(std::move(copy), spec), SctpReceiver(std::move(fd), spec)};
  }
};
using Sctp = LoopbackConnection<SctpKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Sctp);
}  // namespace ipcbench
