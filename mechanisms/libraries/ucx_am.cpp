// UCX: active messages, which call a function of the receiver's as they arrive. It keeps what UCX shows it,
// so that a short message is read where UCX put it.
#include <cstring>
#include <vector>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/ucx_link.hpp"

namespace ipcbench {
namespace {

constexpr unsigned kFunction = 1;

struct SendAm {
  static constexpr const char* kCall = "ucp_am_send_nbx";
  static ucs_status_ptr_t begin(ucp_ep_h peer, std::span<const std::byte> message,
                                const ucp_request_param_t& params) {
    return ucp_am_send_nbx(peer, kFunction, nullptr, 0, message.data(), message.size(), &params);
  }
};

// The messages that have arrived and not been received, in order. UCX calls for at most as many as it looks
// for at a time, and the receiver has it look only when there are none.
class Arrivals {
 public:
  struct Message {
    void* data = nullptr;  // of UCX
    std::size_t size = 0;
    bool is_elsewhere = false;  // still in the sender's memory
  };

  explicit Arrivals(ucp_worker_h worker) {
    ucp_am_handler_param_t params{};
    params.field_mask = UCP_AM_HANDLER_PARAM_FIELD_ID | UCP_AM_HANDLER_PARAM_FIELD_FLAGS |
                        UCP_AM_HANDLER_PARAM_FIELD_CB | UCP_AM_HANDLER_PARAM_FIELD_ARG;
    params.id = kFunction;
    params.flags = UCP_AM_FLAG_WHOLE_MSG | UCP_AM_FLAG_PERSISTENT_DATA;
    params.cb = note;
    params.arg = this;
    checked_ucx(ucp_worker_set_am_recv_handler(worker, &params), "ucp_worker_set_am_recv_handler");
  }

  [[nodiscard]] bool empty() const { return next_ == messages_.size(); }
  [[nodiscard]] const Message& front() const { return messages_[next_]; }
  void pop() {
    if (++next_ < messages_.size()) return;
    messages_.clear();
    next_ = 0;
  }

 private:
  static ucs_status_t note(void* self, const void* /*header*/, std::size_t /*header_bytes*/, void* data,
                           std::size_t size, const ucp_am_recv_param_t* params) {
    static_cast<Arrivals*>(self)->messages_.push_back(
        {data, size, (params->recv_attr & UCP_AM_RECV_ATTR_FLAG_RNDV) != 0});
    return UCS_INPROGRESS;  // UCX keeps the data until it is told otherwise
  }

  std::vector<Message> messages_;
  std::size_t next_ = 0;
};

class UcxAmReceiver {
 public:
  UcxAmReceiver(const std::shared_ptr<UcxWorker>& worker, const LinkSpec& spec)
      : receiving_(worker),
        buffer_(spec.message_bytes),
        arrivals_(std::make_unique<Arrivals>(worker->get())) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (!has_message(n)) return {};
    const Arrivals::Message& message = arrivals_->front();
    if (!message.is_elsewhere) {
      shown_ = message.data;
      return {static_cast<const std::byte*>(shown_), n};
    }
    if (!fetch_into({buffer_.data(), n})) return {};
    return {buffer_.data(), n};
  }
  void release() {
    if (void* const done = std::exchange(shown_, nullptr))
      ucp_am_data_release(receiving_.worker().get(), done);
    arrivals_->pop();
  }
  bool receive_into(std::span<std::byte> into) {
    if (!has_message(into.size())) return false;
    if (arrivals_->front().is_elsewhere) {
      if (!fetch_into(into)) return false;
    } else {
      std::memcpy(into.data(), arrivals_->front().data, into.size());
      shown_ = arrivals_->front().data;
    }
    release();
    return true;
  }
  void park() { receiving_.worker().sleep(); }

 private:
  bool has_message(std::size_t n) {
    if (arrivals_->empty()) receiving_.worker().progress();
    if (arrivals_->empty()) return false;
    if (arrivals_->front().size != n) throw_wrong_length(arrivals_->front().size, n);
    return true;
  }
  bool fetch_into(std::span<std::byte> into) {
    constexpr ucp_request_param_t kUsual{};
    const auto begin = [&] {
      return ucp_am_recv_data_nbx(receiving_.worker().get(), arrivals_->front().data, into.data(),
                                  into.size(), &kUsual);
    };
    return receiving_.has_done("ucp_am_recv_data_nbx", begin, ucp_request_check_status);
  }

  UcxRequest receiving_;
  MessageBuffer buffer_;
  std::unique_ptr<Arrivals> arrivals_;  // where UCX finds it
  void* shown_ = nullptr;
};

struct UcxAmKind {
  static constexpr Traits kTraits{
      .name = "ucx_am",
      .summary = "UCX, active messages over posix and cma (ucp_am_send_nbx, ucp_am_recv_data_nbx)",
      .in_between =
          "UCP protocol; an end moves messages when it calls, in pieces of 8 KiB, which the receiver "
          "puts together; a long one is fetched by process_vm_readv; a blocked sender without room "
          "spins",
      .direct = true};
  static constexpr std::uint64_t kFeature = UCP_FEATURE_AM;
  using Sender = UcxSender<SendAm>;
  using Receiver = UcxAmReceiver;
};
using UcxAm = UcxLink<UcxAmKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(UcxAm);
}  // namespace ipcbench
