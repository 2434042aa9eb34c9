// gRPC: one bidirectional call whose messages go both ways, between a client and a server at a UNIX socket.
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/grpc_call.hpp"
#include "mechanisms/libraries/parts/grpc_message.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {
namespace {

// What both sides of the call have in common. Its operations and its buffer are the library's until the call
// is over, so they are here and not in the ends.
class GrpcStream {
 public:
  virtual ~GrpcStream() = default;
  GrpcStream(const GrpcStream&) = delete;
  GrpcStream& operator=(const GrpcStream&) = delete;

  // True: the socket has the message. By default a write is done when HTTP/2's flow control has let it pass,
  // but what the socket then has no room for goes out only while this end asks the queue, which it may not do
  // again.
  bool write(const GrpcOutgoing& outgoing) {
    if (!is_writing_)
      writer_->Write(outgoing.message(), grpc::WriteOptions().set_write_through(), writing_.begin());
    is_writing_ = !queue_->has_done(writing_);
    return !is_writing_;
  }

  std::span<const std::byte> peek(std::size_t n) {
    if (!incoming_.is_shown() && !queue_->has_done(reading_)) return {};
    return incoming_.peek(n);
  }
  void release() {
    if (incoming_.release()) read();
  }

  [[nodiscard]] virtual std::uint64_t threads_cpu_ns() const = 0;

 protected:
  GrpcStream() = default;

  // Waits until `opening` is done, and awaits the first message in advance.
  template <class Stream>
  void open(GrpcQueue& queue, Stream& stream, const GrpcOperation& opening) {
    queue_ = &queue;
    reader_ = &stream;
    writer_ = &stream;
    queue.finish(opening);
    read();
  }

 private:
  void read() { reader_->Read(&incoming_.buffer(), reading_.begin()); }

  GrpcQueue* queue_ = nullptr;
  grpc::internal::AsyncReaderInterface<grpc::ByteBuffer>* reader_ = nullptr;
  grpc::internal::AsyncWriterInterface<grpc::ByteBuffer>* writer_ = nullptr;
  GrpcOperation reading_;
  GrpcOperation writing_;
  bool is_writing_ = false;
  GrpcIncoming incoming_;
};

class CallingStream final : public GrpcStream {
 public:
  CallingStream(const std::string& path, Wait wait) : client_(path, wait) {
    context_.set_wait_for_ready(true);
    stream_ = client_.stub().PrepareCall(&context_, kGrpcMethod, client_.queue().get());
    stream_->StartCall(opening_.begin());
    open(client_.queue(), *stream_, opening_);
  }
  ~CallingStream() override { context_.TryCancel(); }
  CallingStream(const CallingStream&) = delete;
  CallingStream& operator=(const CallingStream&) = delete;

  [[nodiscard]] std::uint64_t threads_cpu_ns() const override { return client_.threads_cpu_ns(); }

 private:
  GrpcOperation opening_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
  GrpcClient client_;  // its queue is emptied first
};

class ServingStream final : public GrpcStream {
 public:
  ServingStream(const std::string& path, Wait wait)
      : server_(path, grpc::internal::RpcMethod::BIDI_STREAMING, wait) {
    server_.request(context_, stream_, opening_);
    open(server_.queue(), stream_, opening_);
  }

  [[nodiscard]] std::uint64_t threads_cpu_ns() const override { return server_.threads_cpu_ns(); }

 private:
  GrpcOperation opening_;
  grpc::ServerContext context_;
  grpc::ServerAsyncReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer> stream_{&context_};
  GrpcServer server_;
};

class GrpcStreamSender {
 public:
  explicit GrpcStreamSender(std::shared_ptr<GrpcStream> stream) : stream_(std::move(stream)) {}
  std::span<std::byte> loan(std::size_t n) { return outgoing_.loan(n); }
  bool commit(std::size_t) { return stream_->write(outgoing_); }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return stream_->threads_cpu_ns(); }

 private:
  std::shared_ptr<GrpcStream> stream_;
  GrpcOutgoing outgoing_;
};

class GrpcStreamReceiver {
 public:
  explicit GrpcStreamReceiver(std::shared_ptr<GrpcStream> stream) : stream_(std::move(stream)) {}
  std::span<const std::byte> peek(std::size_t n) { return stream_->peek(n); }
  void release() { stream_->release(); }

 private:
  std::shared_ptr<GrpcStream> stream_;
};

class GrpcStreamConnection {
 public:
  static constexpr Traits kTraits{
      .name = "grpc_stream",
      .summary = "gRPC, one bidirectional stream over a UNIX socket (completion queues, messages as bytes)",
      .kind = MechanismKind::library,
      .made_of = "gRPC, UNIX socket, epoll",
      .in_between = "HTTP/2, by the calling threads; timers and executors beside them, idle; flow control",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin}};

  static Unavailable available() { return why_grpc_would_wait(); }

  static std::unique_ptr<GrpcStreamConnection> create(const LinkSpec& spec) {
    return std::make_unique<GrpcStreamConnection>(spec, socket_path(spec));
  }
  static std::unique_ptr<GrpcStreamConnection> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<GrpcStreamConnection>(spec, address);
  }

  GrpcStreamConnection(const LinkSpec& spec, std::string path) : wait_(spec.wait), path_(std::move(path)) {}

  [[nodiscard]] std::string address() const { return path_; }

  Ends<GrpcStreamSender, GrpcStreamReceiver> attach(Side side) {
    std::shared_ptr<GrpcStream> stream;
    if (side == Side::producer) {
      stream = std::make_shared<CallingStream>(path_, wait_);
    } else {
      stream = std::make_shared<ServingStream>(path_, wait_);
    }
    return {GrpcStreamSender(stream), GrpcStreamReceiver(stream)};
  }

 private:
  Wait wait_;
  std::string path_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(GrpcStreamConnection);
}  // namespace ipcbench
