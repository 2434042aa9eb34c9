// ZeroMQ: PUSH sockets that send to one PULL socket over ipc://.
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/libraries/parts/zmq_ends.hpp"

namespace ipcbench {
namespace {

// The receiver binds, so that there can be several senders. PUSH could also deal out messages to several
// receivers, but then it would be the one that binds.
class ZmqPushPullIpc : public ZmqLink {
 public:
  static constexpr Traits kTraits{
      .name = "zmq_push_pull_ipc",
      .summary = "ZeroMQ, PUSH sockets to one PULL socket over ipc:// (zmq_msg_send, zmq_msg_recv)",
      .kind = MechanismKind::library,
      .made_of = "ZeroMQ, UNIX socket, eventfd, epoll",
      .in_between =
          "ZMTP 3.1; an I/O thread an end, woken through an eventfd; copies what waits into batches of 8 "
          "KiB; "
          "takes the senders' messages in turn",
      .kinship = Kinship::named,
      .waits = {Wait::block, Wait::spin},
      .sharing = {.senders = true}};

  static std::unique_ptr<ZmqPushPullIpc> create(const LinkSpec& spec) {
    return std::make_unique<ZmqPushPullIpc>(spec, socket_path(spec));
  }
  static std::unique_ptr<ZmqPushPullIpc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<ZmqPushPullIpc>(spec, address);
  }

  ZmqPushPullIpc(const LinkSpec& spec, std::string path) : ZmqLink(spec), path_(std::move(path)) {}

  [[nodiscard]] std::string address() const { return path_; }

  ZmqSender sender() {
    const auto socket = make_socket(ZMQ_PUSH);
    connect_to_file(*socket, path_);
    return {socket, spec().wait};
  }
  ZmqLoneReceiver receiver() {
    const auto socket = make_socket(ZMQ_PULL);
    bind_to_file(*socket, path_);
    return {socket, spec().wait};
  }

 private:
  std::string path_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(ZmqPushPullIpc);
}  // namespace ipcbench
