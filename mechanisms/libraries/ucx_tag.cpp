// UCX: messages that carry a tag, by which the receiver asks for them (UCP tag matching).
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/ucx_link.hpp"

namespace ipcbench {
namespace {

constexpr ucp_tag_t kTag = 1;
constexpr ucp_tag_t kWholeTag = UINT64_MAX;

struct SendTagged {
  static constexpr const char* kCall = "ucp_tag_send_nbx";
  static ucs_status_ptr_t begin(ucp_ep_h peer, std::span<const std::byte> message,
                                const ucp_request_param_t& params) {
    return ucp_tag_send_nbx(peer, message.data(), message.size(), kTag, &params);
  }
};

// It asks before the message is there, as the library's own benchmark does, so that a message need not wait
// in the library.
class UcxTagReceiver {
 public:
  UcxTagReceiver(const std::shared_ptr<UcxWorker>& worker, const LinkSpec& spec)
      : receiving_(worker), buffer_(spec.message_bytes) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (!receive_into({buffer_.data(), n})) return {};
    return {buffer_.data(), n};
  }
  void release() {}
  // Not completed at once: the length of a message that had been waiting, UCX 1.13 tells by a request only.
  bool receive_into(std::span<std::byte> into) {
    const auto begin = [&] {
      ucp_request_param_t params{};
      params.op_attr_mask = UCP_OP_ATTR_FLAG_NO_IMM_CMPL;
      return ucp_tag_recv_nbx(receiving_.worker().get(), into.data(), into.size(), kTag, kWholeTag, &params);
    };
    const auto status_of = [&](void* request) { return ucp_tag_recv_request_test(request, &arrived_); };
    if (!receiving_.has_done("ucp_tag_recv_nbx", begin, status_of)) return false;
    if (arrived_.length != into.size()) throw_wrong_length(arrived_.length, into.size());
    return true;
  }
  void park() { receiving_.worker().sleep(); }

 private:
  UcxRequest receiving_;
  MessageBuffer buffer_;
  ucp_tag_recv_info_t arrived_{};
};

struct UcxTagKind {
  static constexpr Traits kTraits{
      .name = "ucx_tag",
      .summary = "UCX, messages matched by tag over posix and cma (ucp_tag_send_nbx, ucp_tag_recv_nbx)",
      .in_between =
          "UCP protocol; an end moves messages when it calls, in pieces of 8 KiB; a long one is fetched "
          "by process_vm_readv; a blocked sender without room spins",
      .direct = true,
      .min_message_bytes = 0};
  static constexpr std::uint64_t kFeature = UCP_FEATURE_TAG;
  using Sender = UcxSender<SendTagged>;
  using Receiver = UcxTagReceiver;
};
using UcxTag = UcxLink<UcxTagKind>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(UcxTag);
}  // namespace ipcbench
