// The connection of this process to the RouDi of a link.
#pragma once

#include <fmt/format.h>
#include <sys/stat.h>

#include <array>
#include <iceoryx_hoofs/log/logmanager.hpp>
#include <iceoryx_posh/internal/runtime/posh_runtime_impl.hpp>
#include <iostream>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "harness/base/mapping.hpp"
#include "mechanisms/libraries/parts/iceoryx_place.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/parts/descriptor_envelope.hpp"

namespace ipcbench {

// The library keeps one runtime for the whole life of a process. This one goes with the last end that needs
// it, so that the next link of the process can have another.
class IceoryxRuntime : public iox::runtime::PoshRuntimeImpl {
 public:
  explicit IceoryxRuntime(const iox::RuntimeName_t& name) : PoshRuntimeImpl(&name) {
    current_ = this;
    setRuntimeFactory(
        [](iox::cxx::optional<const iox::RuntimeName_t*>) -> PoshRuntime& { return *current_; });
  }
  ~IceoryxRuntime() override { setRuntimeFactory(defaultRuntimeFactory); }

  // What the publisher that was made last has in the shared memory.
  [[nodiscard]] const iox::popo::PublisherPortData* newest_publisher() const { return newest_publisher_; }

  iox::popo::PublisherPortData* getMiddlewarePublisher(
      const iox::capro::ServiceDescription& service, const iox::popo::PublisherOptions& options,
      const iox::runtime::PortConfigInfo& configuration) noexcept override {
    return newest_publisher_ = PoshRuntimeImpl::getMiddlewarePublisher(service, options, configuration);
  }

 private:
  static inline IceoryxRuntime* current_ = nullptr;
  iox::popo::PublisherPortData* newest_publisher_ = nullptr;
};

class IceoryxClient {
 public:
  // The one that is there, if another end of this process has it. Throws Error.
  static std::shared_ptr<IceoryxClient> of(const std::string& path) {
    static std::weak_ptr<IceoryxClient> known;
    const std::scoped_lock lock(one_at_a_time());
    auto client = known.lock();
    if (client && client->process_ != getpid()) {
      // A fork's copy, without its thread. The parent ends it.
      new std::shared_ptr(std::exchange(client, nullptr));
      iox::rp::BaseRelativePointer::unregisterAll();
    }
    if (!client) known = client = std::make_shared<IceoryxClient>(path);
    if (client->path_ != path) throw Error("iceoryx connects a process to one RouDi at a time");
    return client;
  }

  explicit IceoryxClient(std::string path)
      : path_(std::move(path)),
        daemon_(connect_to_same_user(path_)),
        management_(next_memory()),
        chunks_(next_memory()) {
    require_room();
    static const bool is_moved = move_iceoryx();
    if (!is_moved) throw Error("this libiceoryx_hoofs does not import what Debian's does");
    iox::log::LogManager::GetLogManager().SetDefaultLogLevel(iox::log::LogLevel::kOff,
                                                             iox::log::LogLevelOutput::kHideLogLevel);
    IceoryxPlace::current() = {.prefix = path_, .memory = [this](std::string_view name) {
                                 const bool is_management = name.ends_with(iox::roudi::SHM_NAME);
                                 return fcntl((is_management ? management_ : chunks_).get(), F_DUPFD_CLOEXEC,
                                              0);
                               }};
    // Without RouDi the ends go on, but the library complains of that several times a second.
    std::cerr.setstate(std::ios_base::failbit);
    runtime_ = std::make_unique<IceoryxRuntime>(
        iox::RuntimeName_t(iox::cxx::TruncateToCapacity, fmt::format("end{}", process_)));
  }
  ~IceoryxClient() {
    runtime_.reset();
    std::cerr.clear();
    iox::rp::BaseRelativePointer::unregisterAll();
    IceoryxPlace::current() = {};
  }
  IceoryxClient(const IceoryxClient&) = delete;
  IceoryxClient& operator=(const IceoryxClient&) = delete;

  // Calls make(runtime) while nobody else asks the daemon for anything.
  template <class Make>
  auto with_runtime(Make make) {
    const std::scoped_lock lock(one_at_a_time());
    return make(*runtime_);
  }

  [[nodiscard]] clockid_t daemon_clock() const { return cpu_clock_of_process(peer_of(daemon_.get()).pid); }

  // As this process sees them.
  [[nodiscard]] std::span<const std::byte> chunks() const {
    constexpr std::uint64_t kSegment = 2;  // the library counts from 1, which is the management's
    return {static_cast<const std::byte*>(iox::rp::BaseRelativePointer::getBasePtr(kSegment)),
            size_of(chunks_)};
  }

 private:
  static std::mutex& one_at_a_time() {
    static std::mutex mutex;
    return mutex;
  }

  static std::size_t size_of(const Fd& memory) {
    struct stat found {};
    checked(fstat(memory.get(), &found), "fstat");
    return static_cast<std::size_t>(found.st_size);
  }

  // The library ends the process where it gets no descriptor or no address space. So they are taken here
  // before, and given back. Throws KernelError.
  void require_room() const {
    std::array<Fd, 8> descriptors;
    for (Fd& each : descriptors) each = duplicate(daemon_);
    const Mapping management(size_of(management_), PROT_READ | PROT_WRITE, MAP_SHARED, management_.get());
    const Mapping chunks(size_of(chunks_), PROT_READ | PROT_WRITE, MAP_SHARED, chunks_.get());
  }

  [[nodiscard]] Fd next_memory() const {
    DescriptorEnvelope envelope;
    if (checked(recvmsg(daemon_.get(), envelope.header(), MSG_CMSG_CLOEXEC), "recvmsg") == 0)
      throw Error("RouDi hung up");
    return envelope.open();
  }

  pid_t process_ = getpid();
  std::string path_;
  Fd daemon_;
  Fd management_;
  Fd chunks_;
  std::unique_ptr<IceoryxRuntime> runtime_;
};

}  // namespace ipcbench
