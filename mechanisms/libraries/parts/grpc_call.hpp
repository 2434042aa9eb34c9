// What the ends of gRPC share: its completion queue, its client and its server over a UNIX socket. The
// service is made by hand in the way of generated code, and its messages are bytes. Channels do not survive
// fork(2), so each end makes its own.
#pragma once

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/service_type.h>
#include <sys/stat.h>

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/shortage.hpp"
#include "harness/contract/abilities.hpp"
#include "harness/contract/mechanism.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/parts/token.hpp"

namespace ipcbench {

inline constexpr auto kGrpcConnectLimit = std::chrono::seconds(20);
inline constexpr const char* kGrpcMethod = "/ipcbench/message";
inline constexpr int kGrpcUnlimitedBytes = -1;

// What has been asked of the library; its address is the tag on the completion queue.
struct GrpcOperation {
  bool is_under_way = false;
  bool is_ok = false;

  // The tag of an operation that begins now.
  GrpcOperation* begin() {
    is_under_way = true;
    return this;
  }
};

// The thread that asks a queue for completions does the reading and writing of its connection meanwhile.
class GrpcQueue {
 public:
  GrpcQueue(std::unique_ptr<grpc::CompletionQueue> queue, Wait wait)
      : queue_(std::move(queue)), wait_(wait) {}
  ~GrpcQueue() {
    queue_->Shutdown();
    void* tag = nullptr;
    bool is_ok = false;
    while (queue_->Next(&tag, &is_ok)) {
    }
  }
  GrpcQueue(const GrpcQueue&) = delete;
  GrpcQueue& operator=(const GrpcQueue&) = delete;

  [[nodiscard]] grpc::CompletionQueue* get() const { return queue_.get(); }

  // Whether the operation has completed; waits for it under `block`. Throws Error if it failed.
  bool has_done(const GrpcOperation& operation) {
    while (operation.is_under_way) {
      if (!complete_one(wait_ == Wait::block ? gpr_inf_future(GPR_CLOCK_REALTIME)
                                             : gpr_inf_past(GPR_CLOCK_REALTIME)))
        return false;
    }
    if (!operation.is_ok) throw Error("the other end of the gRPC connection is gone");
    return true;
  }

  // Waits under every strategy, for what connecting takes.
  void finish(const GrpcOperation& operation) {
    const auto limit = grpc::TimePoint(std::chrono::system_clock::now() + kGrpcConnectLimit).raw_time();
    while (operation.is_under_way) {
      if (!complete_one(limit)) throw Error("the other end has not connected by gRPC in time");
    }
    if (!operation.is_ok) throw Error("the other end of the gRPC connection is gone");
  }

 private:
  bool complete_one(gpr_timespec deadline) {
    void* tag = nullptr;
    bool is_ok = false;
    if (queue_->AsyncNext(&tag, &is_ok, deadline) != grpc::CompletionQueue::GOT_EVENT) return false;
    auto* const operation = static_cast<GrpcOperation*>(tag);
    operation->is_under_way = false;
    operation->is_ok = is_ok;
    return true;
  }

  std::unique_ptr<grpc::CompletionQueue> queue_;
  Wait wait_;
};

// For available(). The library waits for ever for threads that it does not get: with 12 for two processes on
// two CPUs it did, with 16 it did not.
inline Unavailable why_grpc_would_wait() {
  constexpr std::size_t kThreads = 16;
  const auto shortage = too_few_threads(kThreads);
  if (!shortage) return std::nullopt;
  return Error(fmt::format("gRPC waits for ever for threads that it does not get, and {}", shortage->cause),
               shortage->remedy)
      .what();
}

// The library logs to stderr what the ends report as errors. What it says before it ends the process stays.
inline void silence_grpc() {
  gpr_set_log_function([](gpr_log_func_args* said) {
    if (std::string_view(said->message).starts_with("assertion failed"))
      fmt::print(stderr, "gRPC: {}\n", said->message);
  });
}

// The producer's side.
class GrpcClient {
 public:
  GrpcClient(const std::string& path, Wait wait)
      : queue_(std::make_unique<grpc::CompletionQueue>(), wait),
        channel_(channel_to(path)),
        stub_(channel_) {}

  [[nodiscard]] GrpcQueue& queue() { return queue_; }
  [[nodiscard]] grpc::GenericStub& stub() { return stub_; }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

 private:
  // The library connects when it is first asked, and again after 100 ms at the earliest: the socket should be
  // there by then.
  static std::shared_ptr<grpc::Channel> channel_to(const std::string& path) {
    silence_grpc();
    const auto limit = std::chrono::steady_clock::now() + kGrpcConnectLimit;
    struct stat found {};
    while (stat(path.c_str(), &found) != 0) {
      if (std::chrono::steady_clock::now() > limit) throw Error("no gRPC server has appeared at " + path);
      nap();
    }
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kGrpcUnlimitedBytes);
    arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
    return grpc::CreateCustomChannel("unix:" + path, grpc::InsecureChannelCredentials(), arguments);
  }

  NamedThreads threads_;
  GrpcQueue queue_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
};

// The consumer's side: a server with one method.
class GrpcServer {
 public:
  GrpcServer(const std::string& path, grpc::internal::RpcMethod::RpcType type, Wait wait)
      : service_(type),
        listening_(builder_.AddCompletionQueue().release()),
        queue_(std::unique_ptr<grpc::CompletionQueue>(listening_), wait) {
    silence_grpc();
    builder_.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
    builder_.SetMaxReceiveMessageSize(kGrpcUnlimitedBytes);
    builder_.RegisterService(&service_);
    server_ = builder_.BuildAndStart();
    if (!server_) throw Error("gRPC cannot listen at " + path);
  }
  // Ends the calls: the queue is empty only then.
  ~GrpcServer() {
    if (server_) server_->Shutdown(std::chrono::system_clock::now());
  }
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  [[nodiscard]] GrpcQueue& queue() { return queue_; }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

  // Asks for the next call, with its message if it has but one.
  void request(grpc::ServerContext& context, grpc::ByteBuffer& message,
               grpc::internal::ServerAsyncStreamingInterface& answer, GrpcOperation& operation) {
    service_.RequestAsyncUnary(0, &context, &message, &answer, listening_, listening_, operation.begin());
  }
  void request(grpc::ServerContext& context, grpc::internal::ServerAsyncStreamingInterface& stream,
               GrpcOperation& operation) {
    service_.RequestAsyncBidiStreaming(0, &context, &stream, listening_, listening_, operation.begin());
  }

 private:
  class Service : public grpc::Service {
   public:
    explicit Service(grpc::internal::RpcMethod::RpcType type) {
      AddMethod(new grpc::internal::RpcServiceMethod(kGrpcMethod, type, nullptr));  // takes ownership
      MarkMethodRaw(0);
    }
    using grpc::Service::RequestAsyncBidiStreaming;
    using grpc::Service::RequestAsyncUnary;
  };

  NamedThreads threads_;
  Service service_;
  grpc::ServerBuilder builder_;
  grpc::ServerCompletionQueue* listening_;  // is queue_
  std::unique_ptr<grpc::Server> server_;
  GrpcQueue queue_;
};

}  // namespace ipcbench
