// gRPC: one call a message, with an empty answer, from a client to a server at a UNIX socket.
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/grpc_call.hpp"
#include "mechanisms/libraries/parts/grpc_message.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {
namespace {

class GrpcUnarySender {
 public:
  GrpcUnarySender(const std::string& path, Wait wait) : client_(path, wait) {}
  ~GrpcUnarySender() {
    if (call_) context_->TryCancel();
  }
  GrpcUnarySender(const GrpcUnarySender&) = delete;
  GrpcUnarySender& operator=(const GrpcUnarySender&) = delete;

  std::span<std::byte> loan(std::size_t n) { return outgoing_.loan(n); }

  // True: the answer is here.
  bool commit(std::size_t) {
    if (!call_) call();
    if (!client_.queue().has_done(calling_)) return false;
    if (!status_.ok()) throw Error("a gRPC call failed: " + status_.error_message());
    call_.reset();
    return true;
  }

  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return client_.threads_cpu_ns(); }

 private:
  void call() {
    context_.emplace();
    context_->set_wait_for_ready(true);  // for the first one, which connects
    call_ =
        client_.stub().PrepareUnaryCall(&*context_, kGrpcMethod, outgoing_.message(), client_.queue().get());
    call_->StartCall();
    call_->Finish(&answer_, &status_, calling_.begin());
  }

  GrpcOutgoing outgoing_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> call_;
  GrpcOperation calling_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  GrpcClient client_;  // its queue is emptied first
};

class GrpcUnaryReceiver {
 public:
  GrpcUnaryReceiver(const std::string& path, Wait wait)
      : server_(path, grpc::internal::RpcMethod::NORMAL_RPC, wait) {
    request();
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (!incoming_.is_shown()) {
      // One call after the other: the next is taken when the answer to the last one is on its way.
      if (is_answered_) {
        if (!server_.queue().has_done(answering_)) return {};
        request();
      }
      if (!server_.queue().has_done(receiving_)) return {};
    }
    return incoming_.peek(n);
  }
  void release() {
    if (!incoming_.release()) return;
    answer_->Finish(empty_, grpc::Status::OK, answering_.begin());
    is_answered_ = true;
  }

  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return server_.threads_cpu_ns(); }

 private:
  void request() {
    answer_.reset();
    context_.emplace();
    answer_.emplace(&*context_);
    server_.request(*context_, incoming_.buffer(), *answer_, receiving_);
    is_answered_ = false;
  }

  grpc::Slice nothing_;
  grpc::ByteBuffer empty_{&nothing_, 1};
  GrpcIncoming incoming_;
  std::optional<grpc::ServerContext> context_;
  std::optional<grpc::ServerAsyncResponseWriter<grpc::ByteBuffer>> answer_;
  GrpcOperation receiving_;
  GrpcOperation answering_;
  bool is_answered_ = false;
  GrpcServer server_;  // its queue is emptied first
};

class GrpcUnary {
 public:
  static constexpr Traits kTraits{
      .name = "grpc_unary",
      .summary =
          "gRPC, a unary call for each message, which its answer ends (completion queues, messages as bytes)",
      .kind = MechanismKind::library,
      .made_of = "gRPC, UNIX socket, epoll",
      .in_between =
          "HTTP/2, by the calling threads; timers and executors beside them, idle; headers of each call",
      .kinship = Kinship::named,
      .waits = {Wait::block, Wait::spin}};

  static Unavailable available() { return why_grpc_would_wait(); }

  static std::unique_ptr<GrpcUnary> create(const LinkSpec& spec) {
    return std::make_unique<GrpcUnary>(spec, socket_path(spec));
  }
  static std::unique_ptr<GrpcUnary> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<GrpcUnary>(spec, address);
  }

  GrpcUnary(const LinkSpec& spec, std::string path) : wait_(spec.wait), path_(std::move(path)) {}

  [[nodiscard]] std::string address() const { return path_; }

  GrpcUnarySender sender() { return {path_, wait_}; }
  GrpcUnaryReceiver receiver() { return {path_, wait_}; }

 private:
  Wait wait_;
  std::string path_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(GrpcUnary);
}  // namespace ipcbench
