// Cap'n Proto RPC: each side calls a streaming method of the other over a UNIX socket.
#include <poll.h>

#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/capnp_headers.hpp"
#include "mechanisms/libraries/parts/one_link.hpp"
#include "mechanisms/parts/message_buffer.hpp"
#include "mechanisms/parts/socket_options.hpp"
#include "mechanisms/parts/unix_address.hpp"

namespace ipcbench {
namespace {

using capnp_schema::Mailbox;
using VatSide = capnp::rpc::twoparty::Side;

// The library neither sends nor takes messages that are longer than a receiver may read in them, 64 MiB by
// default, against attacks (capnp/message.h, traversalLimitInWords). The rest is for what is around the
// payload.
constexpr std::size_t kMaxMessageBytes = 8 * capnp::ReaderOptions().traversalLimitInWords - 4096;

// Runs what calls the library, whose exceptions are of several lines.
template <class Call>
auto in_one_line(Call call) {
  try {
    return call();
  } catch (const kj::Exception& exception) {
    throw Error(fmt::format("Cap'n Proto: {}", exception.getDescription().cStr()));
  }
}

// The library destroys its objects as what they were made as, and so needs no virtual destructors.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"
// Takes the other side's calls, one at a time: the library holds the next one back until this one is
// answered.
class Inbox final : public Mailbox::Server {
 public:
  kj::Promise<void> put(PutContext context) override {
    payload_ = context.getParams().getPayload();
    is_full_ = true;
    wake();
    auto answer = kj::newPromiseAndFulfiller<void>();
    answer_ = kj::mv(answer.fulfiller);
    return kj::mv(answer.promise);
  }

  [[nodiscard]] bool is_full() const { return is_full_; }
  // In the message that the library received; until it is answered.
  [[nodiscard]] capnp::Data::Reader payload() const { return payload_; }
  void answer() {
    is_full_ = false;
    answer_->fulfill();
  }

  // Resolves at the next wake().
  kj::Promise<void> awake() {
    auto waking = kj::newPromiseAndFulfiller<void>();
    waking_ = kj::mv(waking.fulfiller);
    return kj::mv(waking.promise);
  }
  void wake() {
    if (waking_) waking_->fulfill();
  }

 private:
  bool is_full_ = false;
  capnp::Data::Reader payload_;
  kj::Own<kj::PromiseFulfiller<void>> answer_;
  kj::Own<kj::PromiseFulfiller<void>> waking_;
};
#pragma GCC diagnostic pop

// One side of the connection. Its event loop belongs to the thread that makes it, which calls the verbs too:
// the library does everything in them.
class CapnpSide {
 public:
  CapnpSide(Fd socket, Side side, Wait wait)
      : wait_(wait),
        fd_(socket.get()),
        stream_(io_.lowLevelProvider->wrapSocketFd(kj::AutoCloseFd(socket.release()))),
        network_(*stream_, side == Side::producer ? VatSide::CLIENT : VatSide::SERVER),
        // A client is a reference: what is cut off only types its calls.
        // NOLINTNEXTLINE(cppcoreguidelines-slicing)
        rpc_(capnp::makeRpcServer(network_, Mailbox::Client(kj::mv(inbox_)))),
        peer_(mailbox_of(side == Side::producer ? VatSide::SERVER : VatSide::CLIENT)),
        disconnected_(network_.onDisconnect().then([this] { leave(); }).eagerlyEvaluate(nullptr)) {}

  capnp::Data::Builder lend(std::size_t n) {
    request_ = peer_.putRequest(capnp::MessageSize{(n + 7) / 8 + kParamsWords, 0});
    return request_->initPayload(static_cast<unsigned>(n));
  }

  // True: the socket has the whole message, because nobody runs the event loop once this end does something
  // else.
  bool send() {
    if (request_) {
      if (!may_send()) return false;
      window_ = request_->send();
      request_.reset();
      kj::evalLast([] {}).wait(io_.waitScope);  // all that is ready
    } else {
      io_.waitScope.poll();
    }
    while (network_.getCurrentQueueSize() != 0) {
      throw_if_gone();
      if (wait_ != Wait::block) return false;
      pollfd socket{.fd = fd_, .events = POLLIN | POLLOUT, .revents = 0};
      poll(&socket, 1, -1);
      io_.waitScope.poll();
    }
    return true;
  }

  // Answers the last call only now, as a method does that calls back before it returns.
  bool receive() {
    if (is_released_) inbox().answer();
    is_released_ = false;
    if (inbox().is_full()) return true;
    if (wait_ != Wait::block) io_.waitScope.poll();
    while (!inbox().is_full()) {
      throw_if_gone();
      if (wait_ != Wait::block) return false;
      inbox().awake().wait(io_.waitScope);
    }
    return true;
  }
  [[nodiscard]] capnp::Data::Reader received() { return inbox().payload(); }
  void release() { is_released_ = true; }

 private:
  // Beside the payload: the parameters' one pointer, and room for what leads to it.
  static constexpr std::uint64_t kParamsWords = 4;

  Mailbox::Client mailbox_of(VatSide side) {
    capnp::MallocMessageBuilder message;
    auto id = message.initRoot<capnp::rpc::twoparty::VatId>();
    id.setSide(side);
    return rpc_.bootstrap(id).castAs<Mailbox>();
  }

  // Whether the library's window has room for another call.
  bool may_send() {
    if (!window_) return true;
    if (wait_ != Wait::block && !window_->poll(io_.waitScope)) return false;
    std::exchange(window_, std::nullopt)->wait(io_.waitScope);
    return true;
  }

  void leave() {
    is_gone_ = true;
    inbox().wake();
  }
  void throw_if_gone() const {
    if (is_gone_) throw Error("the other end of Cap'n Proto's connection is gone");
  }
  Inbox& inbox() { return *inbox_here_; }

  Wait wait_;
  int fd_;
  bool is_gone_ = false;
  bool is_released_ = false;
  kj::AsyncIoContext io_ = kj::setupAsyncIo();
  kj::Own<Inbox> inbox_ = kj::heap<Inbox>();
  Inbox* inbox_here_ = inbox_.get();  // the RPC system owns it
  kj::Own<kj::AsyncIoStream> stream_;
  capnp::TwoPartyVatNetwork network_;
  capnp::RpcSystem<capnp::rpc::twoparty::VatId> rpc_;
  Mailbox::Client peer_;
  std::optional<capnp::StreamingRequest<Mailbox::PutParams>> request_;
  std::optional<kj::Promise<void>> window_;
  kj::Promise<void> disconnected_;
};

class CapnpSender {
 public:
  explicit CapnpSender(std::shared_ptr<CapnpSide> side) : side_(std::move(side)) {}
  std::span<std::byte> loan(std::size_t n) {
    capnp::Data::Builder payload = side_->lend(n);
    return std::as_writable_bytes(std::span(payload.begin(), payload.size()));
  }
  bool commit(std::size_t) {
    return in_one_line([this] { return side_->send(); });
  }

 private:
  std::shared_ptr<CapnpSide> side_;
};

class CapnpReceiver {
 public:
  explicit CapnpReceiver(std::shared_ptr<CapnpSide> side) : side_(std::move(side)) {}
  std::span<const std::byte> peek(std::size_t n) {
    if (!in_one_line([this] { return side_->receive(); })) return {};
    const capnp::Data::Reader payload = side_->received();
    if (payload.size() != n) throw_wrong_length(payload.size(), n);
    return std::as_bytes(std::span(payload.begin(), payload.size()));
  }
  void release() { side_->release(); }

 private:
  std::shared_ptr<CapnpSide> side_;
};

class CapnpRpc {
 public:
  static constexpr Traits kTraits{
      .name = "capnp_rpc",
      .summary = "Cap'n Proto, a streaming call for each message over a UNIX socket",
      .kind = MechanismKind::library,
      .made_of = "Cap'n Proto, UNIX socket, epoll",
      .in_between =
          "Cap'n Proto's RPC; each call is answered and then finished; as many as the socket's send buffer "
          "are under way",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin},
      .max_message_bytes = kMaxMessageBytes};

  static Unavailable refuses(const Cell& cell) {
    return why_not_in_two_links(cell, "the library has one event loop for each thread");
  }

  static std::unique_ptr<CapnpRpc> create(const LinkSpec& spec) {
    return std::make_unique<CapnpRpc>(spec, spec.path(), true);
  }
  static std::unique_ptr<CapnpRpc> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<CapnpRpc>(spec, address, false);
  }

  CapnpRpc(const LinkSpec& spec, const std::string& path, bool owner)
      : wait_(spec.wait), path_(path, owner), unix_address_(path) {}

  [[nodiscard]] std::string address() const { return path_.str(); }

  Ends<CapnpSender, CapnpReceiver> attach(Side side) {
    auto one = in_one_line([&] { return std::make_shared<CapnpSide>(connected(side), side, wait_); });
    return {CapnpSender(one), CapnpReceiver(one)};
  }

 private:
  // The consumer listens. The path is in a directory that is this user's alone.
  Fd connected(Side side) {
    Fd fd = open_socket(AF_UNIX, SOCK_STREAM);
    if (side == Side::producer) {
      unix_address_.connect_to(fd.get());
      return fd;
    }
    unix_address_.bind_to(fd.get());
    checked(listen(fd.get(), 1), "listen");
    return accept_peer(fd, [](int) { return true; });
  }

  Wait wait_;
  OwnedPath path_;
  UnixAddress unix_address_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(CapnpRpc);
}  // namespace ipcbench
