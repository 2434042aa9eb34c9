// A worker of UCX that is connected to one other worker on this machine. Contexts do not survive fork(2), so
// each end makes its own.
#pragma once

#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <ucp/api/ucp.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/contract/mechanism.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/libraries/parts/no_memory.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/parts/named_file_memory.hpp"

namespace ipcbench {

// Throws Error for a call of UCX that failed.
inline void checked_ucx(ucs_status_t status, const char* call) {
  if (status == UCS_OK) return;
  if (status == UCS_ERR_NO_MEMORY) throw_no_memory(call, PosixShm::kMakeRoom);
  throw Error(fmt::format("{}: {}", call, ucs_status_string(status)));
}

// Sends `mine` through a socket to a peer that does the same, and returns what the peer sent.
inline std::vector<std::byte> exchanged(const Fd& socket, std::span<const std::byte> mine) {
  const auto send_whole = [&](const void* from, std::size_t bytes) {
    const auto* at = static_cast<const std::byte*>(from);
    while (bytes > 0) {
      const ssize_t sent = send(socket.get(), at, bytes, MSG_NOSIGNAL);
      if (sent < 0 && errno != EINTR) throw_errno("send");
      if (sent <= 0) continue;
      at += sent;
      bytes -= static_cast<std::size_t>(sent);
    }
  };
  const auto receive_whole = [&](void* to, std::size_t bytes) {
    auto* at = static_cast<std::byte*>(to);
    while (bytes > 0) {
      const ssize_t got = recv(socket.get(), at, bytes, 0);
      if (got == 0) throw Error("the other end is gone");
      if (got < 0 && errno != EINTR) throw_errno("recv");
      if (got < 0) continue;
      at += got;
      bytes -= static_cast<std::size_t>(got);
    }
  };
  std::uint64_t count = mine.size();
  send_whole(&count, sizeof count);
  send_whole(mine.data(), mine.size());
  receive_whole(&count, sizeof count);
  std::vector<std::byte> theirs(count);
  receive_whole(theirs.data(), theirs.size());
  return theirs;
}

// Used by the thread that made it.
class UcxWorker {
 public:
  // transports: UCX's names for them. directory: where they put their memory. feature: UCP_FEATURE_TAG and so
  // on. socket: connected to the process, or the thread, that makes the other worker. Throws Error.
  UcxWorker(const char* transports, const std::string& directory, std::uint64_t feature, const Fd& socket,
            const LinkSpec& spec)
      : one_cpu_(spec.one_cpu) {
    // For the transport cma, where Yama lets a process look into its descendants only (ptrace_scope 1).
    prctl(PR_SET_PTRACER, static_cast<unsigned long>(peer_of(socket.get()).pid));
    if (spec.wait == Wait::block) feature |= UCP_FEATURE_WAKEUP;
    context_.reset(context_with(transports, directory, feature));
    worker_.reset(threads_.started_by([&] { return worker_of(context_.get()); }));
    if (spec.wait == Wait::block) checked_ucx(ucp_worker_get_efd(get(), &event_fd_), "ucp_worker_get_efd");
    endpoint_ = endpoint_to(exchanged(socket, address()));
  }

  // A worker that is connected to nobody. Throws Error, or UCX ends the process, if it cannot work here.
  static void try_out() {
    const Owned<ucp_context_h, CleanUp> context(
        context_with("self", "/dev/shm", UCP_FEATURE_TAG | UCP_FEATURE_WAKEUP));
    const Owned<ucp_worker_h, DestroyWorker> worker(worker_of(context.get()));
    checked_ucx(ucp_worker_arm(worker.get()), "ucp_worker_arm");
  }

  [[nodiscard]] ucp_worker_h get() const { return worker_.get(); }
  [[nodiscard]] ucp_ep_h peer() const { return endpoint_; }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

  void progress() const { ucp_worker_progress(get()); }

  // Sleeps until something happens; returns at once if something has not been looked at yet, if only the
  // datagram that ended the last sleep. UCX has no event for room in the peer's queue: an end that waits for
  // it never sleeps, and has to let its peer run if they share a CPU.
  void sleep() {
    const ucs_status_t armed = ucp_worker_arm(get());
    const bool was_busy = std::exchange(is_busy_, armed == UCS_ERR_BUSY);
    if (is_busy_) {
      if (was_busy && one_cpu_) sched_yield();
      return;
    }
    checked_ucx(armed, "ucp_worker_arm");
    pollfd watched{.fd = event_fd_, .events = POLLIN, .revents = 0};
    if (poll(&watched, 1, -1) < 0 && errno != EINTR) throw_errno("poll");
  }

 private:
  struct CleanUp {
    void operator()(ucp_context_h context) const { ucp_cleanup(context); }
  };
  struct DestroyWorker {
    void operator()(ucp_worker_h worker) const { ucp_worker_destroy(worker); }
  };
  template <class Pointer, class Delete>
  using Owned = std::unique_ptr<std::remove_pointer_t<Pointer>, Delete>;

  static ucp_context_h context_with(const char* transports, const std::string& directory,
                                    std::uint64_t features) {
    ucp_config_t* read = nullptr;
    checked_ucx(ucp_config_read(nullptr, nullptr, &read), "ucp_config_read");
    const std::unique_ptr<ucp_config_t, decltype([](ucp_config_t* config) { ucp_config_release(config); })>
        config(read);
    checked_ucx(ucp_config_modify(read, "TLS", transports), "ucp_config_modify(TLS)");
    // 1.13 looks for the names of a transport's settings without its prefix.
    for (const char* const name : {"DIR", "POSIX_DIR"})
      checked_ucx(ucp_config_modify(read, name, directory.c_str()), "ucp_config_modify(POSIX_DIR)");
    ucp_params_t params{};
    params.field_mask = UCP_PARAM_FIELD_FEATURES | UCP_PARAM_FIELD_ESTIMATED_NUM_EPS;
    params.features = features;
    params.estimated_num_eps = 1;
    ucp_context_h made = nullptr;
    checked_ucx(ucp_init(&params, read, &made), "ucp_init");
    return made;
  }

  static ucp_worker_h worker_of(ucp_context_h context) {
    ucp_worker_params_t params{};
    params.field_mask = UCP_WORKER_PARAM_FIELD_THREAD_MODE;
    params.thread_mode = UCS_THREAD_MODE_SINGLE;
    ucp_worker_h made = nullptr;
    checked_ucx(ucp_worker_create(context, &params, &made), "ucp_worker_create");
    return made;
  }

  [[nodiscard]] std::vector<std::byte> address() const {
    ucp_address_t* address = nullptr;
    std::size_t bytes = 0;
    checked_ucx(ucp_worker_get_address(get(), &address, &bytes), "ucp_worker_get_address");
    const auto* const begin = reinterpret_cast<const std::byte*>(address);
    std::vector<std::byte> copy(begin, begin + bytes);
    ucp_worker_release_address(get(), address);
    return copy;
  }

  [[nodiscard]] ucp_ep_h endpoint_to(const std::vector<std::byte>& address) const {
    ucp_ep_params_t params{};
    params.field_mask = UCP_EP_PARAM_FIELD_REMOTE_ADDRESS;
    params.address = reinterpret_cast<const ucp_address_t*>(address.data());
    ucp_ep_h made = nullptr;
    checked_ucx(ucp_ep_create(get(), &params, &made), "ucp_ep_create");
    return made;
  }

  bool one_cpu_;
  bool is_busy_ = false;
  LibraryThreads threads_;
  Owned<ucp_context_h, CleanUp> context_;
  Owned<ucp_worker_h, DestroyWorker> worker_;
  int event_fd_ = -1;            // the worker's
  ucp_ep_h endpoint_ = nullptr;  // ends with the worker, which does not wait for a peer that is gone
};

// An operation that UCX has begun and may not have finished.
class UcxRequest {
 public:
  explicit UcxRequest(std::shared_ptr<UcxWorker> worker) : worker_(std::move(worker)) {}
  ~UcxRequest() {
    if (request_ == nullptr) return;
    ucp_request_cancel(worker_->get(), request_);
    ucp_request_free(request_);
  }
  UcxRequest(UcxRequest&& other) noexcept
      : worker_(std::move(other.worker_)), request_(std::exchange(other.request_, nullptr)) {}
  UcxRequest(const UcxRequest&) = delete;
  UcxRequest& operator=(const UcxRequest&) = delete;
  UcxRequest& operator=(UcxRequest&&) = delete;

  [[nodiscard]] UcxWorker& worker() const { return *worker_; }

  // begin() starts an operation and returns what UCX returns; status_of() asks UCX about it. False: it goes
  // on, so call again; begin() is called once for each operation. Throws Error if it failed.
  template <class Begin, class StatusOf>
  bool has_done(const char* call, Begin begin, StatusOf status_of) {
    if (request_ == nullptr) {
      const ucs_status_ptr_t begun = begin();
      if (!UCS_PTR_IS_PTR(begun)) {
        checked_ucx(UCS_PTR_STATUS(begun), call);
        return true;
      }
      request_ = begun;
    }
    ucs_status_t status = status_of(request_);
    if (status == UCS_INPROGRESS) {
      worker_->progress();
      status = status_of(request_);
      if (status == UCS_INPROGRESS) return false;
    }
    ucp_request_free(std::exchange(request_, nullptr));
    checked_ucx(status, call);
    return true;
  }

 private:
  std::shared_ptr<UcxWorker> worker_;
  void* request_ = nullptr;
};

}  // namespace ipcbench
