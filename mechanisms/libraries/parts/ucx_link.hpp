// What the mechanisms over UCX have in common: its transports for one machine, and how two workers meet.
//
// Transports (`ucx_info -d`): posix, queues and buffers in shared memory that the receiver makes; and cma, by
// which the receiver copies a long message out of the sender's memory (process_vm_readv). UCX chooses by
// length. Its memory has a name until it has been filled, a millisecond or so; that name is in a directory of
// ours, which is removed whatever happens to the ends.
#pragma once

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <memory>
#include <string>
#include <utility>

#include "harness/contract/owned_name.hpp"
#include "harness/contract/owned_path.hpp"
#include "mechanisms/libraries/parts/starts_here.hpp"
#include "mechanisms/libraries/parts/ucx_worker.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/parts/message_buffer.hpp"
#include "mechanisms/parts/process_memory.hpp"

namespace ipcbench {

// Call: what begins to send a message.
//   static constexpr const char* kCall;   its name
//   static ucs_status_ptr_t begin(ucp_ep_h peer, std::span<const std::byte> message,
//                                 const ucp_request_param_t& params);
template <class Call>
class UcxSender {
 public:
  UcxSender(const std::shared_ptr<UcxWorker>& worker, const LinkSpec& spec)
      : sending_(worker), buffer_(spec.message_bytes) {}

  std::span<std::byte> loan(std::size_t n) { return {buffer_.data(), n}; }
  bool commit(std::size_t n) { return send_from({buffer_.data(), n}); }
  bool send_from(std::span<const std::byte> message) {
    constexpr ucp_request_param_t kUsual{};
    const auto begin = [&] { return Call::begin(sending_.worker().peer(), message, kUsual); };
    return sending_.has_done(Call::kCall, begin, ucp_request_check_status);
  }
  void park() { sending_.worker().sleep(); }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return sending_.worker().threads_cpu_ns(); }

 private:
  UcxRequest sending_;
  MessageBuffer buffer_;
};

// Completes the traits of a mechanism over UCX.
constexpr Traits ucx_traits(Traits traits) {
  traits.kind = MechanismKind::library;
  traits.made_of = "UCX, POSIX shared memory, process_vm_readv, UNIX socket, epoll";
  traits.kinship = Kinship::named;
  traits.flow = Flow::duplex;
  traits.waits = {Wait::block, Wait::spin};
  traits.lifetime = Lifetime::kernel;
  return traits;
}

// `Kind` says what differs:
//   static constexpr Traits kTraits: name, summary, in_between, and what its messages can be
//   static constexpr std::uint64_t kFeature: UCP_FEATURE_TAG and so on
//   Sender, Receiver: ends, made of a shared worker and a LinkSpec
template <class Kind>
class UcxLink {
 public:
  static constexpr Traits kTraits = ucx_traits(Kind::kTraits);

  static Unavailable available() {
    if (auto reason = PosixShm::available()) return reason;
    if (auto reason = why_not_between_processes(process_vm_readv, "process_vm_readv")) return reason;
    static const Unavailable why_not_started = why_it_does_not_start();
    return why_not_started;
  }

  static std::unique_ptr<UcxLink> create(const LinkSpec& spec) {
    return std::make_unique<UcxLink>(spec, socket_path(spec), true);
  }
  static std::unique_ptr<UcxLink> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<UcxLink>(spec, address, false);
  }

  UcxLink(const LinkSpec& spec, const std::string& path, bool owner)
      : spec_(spec),
        path_(path, owner),
        directory_(ObjectKind::directory, "/dev/shm" + spec.slash_name(), owner) {
    if (!owner) return;
    require_room();
    if (mkdir(directory_.c_str(), S_IRWXU) != 0)
      throw_errno("cannot make a directory in /dev/shm", {{ENOSPC, PosixShm::kMakeRoom}});
  }

  [[nodiscard]] std::string address() const { return path_.str(); }
  // Not the directory, where UCX may make more memory at any time.
  void unlink() const noexcept { path_.unlink(); }

  Ends<typename Kind::Sender, typename Kind::Receiver> attach(Side side) const {
    const Fd socket =
        side == Side::consumer ? accept_same_user(path_.str()) : connect_to_same_user(path_.str());
    const auto worker =
        std::make_shared<UcxWorker>("posix,cma", directory_.str(), Kind::kFeature, socket, spec_);
    return {typename Kind::Sender(worker, spec_), typename Kind::Receiver(worker, spec_)};
  }

 private:
  // UCX asserts that it gets threads, epoll and eventfd, and ends a process that does not.
  static Unavailable why_it_does_not_start() {
    return why_not_started("UCX", &UcxWorker::try_out,
                           "allow threads, epoll and eventfd in the seccomp filter of the container");
  }
  // The ends would find out too, and their launch would fail.
  static void require_room() {
    constexpr std::uint64_t kWorkerBytes = 4'400'000;  // at first: 512 buffers of 8 KiB
    struct statvfs place {};
    checked(statvfs("/dev/shm", &place), "statvfs(/dev/shm)");
    if (place.f_bavail * place.f_frsize < 2 * kWorkerBytes)
      throw_error(ENOSPC, "no room for UCX's buffers in /dev/shm", {{ENOSPC, PosixShm::kMakeRoom}});
  }

  LinkSpec spec_;
  OwnedPath path_;
  OwnedName directory_;
};

}  // namespace ipcbench
