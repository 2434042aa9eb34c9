// iceoryx: a publisher and a subscriber that pass chunks of shared memory, through the untyped API. RouDi, a
// daemon that the link has for itself, makes the memory and brings the ends together.
#include <dlfcn.h>
#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <iceoryx_posh/popo/untyped_publisher.hpp>
#include <iceoryx_posh/popo/untyped_subscriber.hpp>
#include <iceoryx_posh/popo/wait_set.hpp>
#include <thread>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/iceoryx_client.hpp"
#include "mechanisms/libraries/parts/one_link.hpp"
#include "mechanisms/libraries/parts/private_daemon.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kChunksQueued{
    .name = "queue_depth",
    .default_text = "the library's, 256, but no more than make 4 MiB, and at least 1",
    .what = "messages that the subscriber's queue holds; no more than make 64 MiB, and at least 1",
    .min = 1,
    .max = iox::MAX_SUBSCRIBER_QUEUE_CAPACITY};

std::size_t depth_of(const LinkSpec& spec) {
  constexpr std::size_t kUsualBytes = std::size_t{4} << 20;
  constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  const auto asked = spec.parameter(kChunksQueued.name);
  const std::size_t bytes = asked ? kMostBytes : kUsualBytes;
  return std::clamp<std::size_t>(bytes / std::max<std::size_t>(spec.message_bytes, 1), 1,
                                 asked.value_or(kChunksQueued.max));
}

class IceoryxSender {
 public:
  IceoryxSender(std::shared_ptr<IceoryxClient> client, const iox::capro::ServiceDescription& service,
                Side side, Wait wait)
      : client_(std::move(client)), blocks_(wait == Wait::block) {
    iox::popo::PublisherOptions options;
    options.subscriberTooSlowPolicy = iox::popo::ConsumerTooSlowPolicy::WAIT_FOR_CONSUMER;
    client_->with_runtime([&](const IceoryxRuntime& runtime) {
      publisher_ = std::make_unique<iox::popo::UntypedPublisher>(service, options);
      port_ = runtime.newest_publisher();
    });
    if (side == Side::producer) daemon_ = client_->daemon_clock();
  }

  // False: the receiver is not there yet. Its queue stays in the memory that RouDi has made.
  bool connect() {
    if (publisher_->hasSubscribers()) queue_ = &port_->m_chunkSenderData.m_queues[0]->m_queue;
    return queue_ != nullptr;
  }

  std::span<std::byte> loan(std::size_t n) {
    if (chunk_ != nullptr && lent_ != n) publisher_->release(std::exchange(chunk_, nullptr));
    if (chunk_ == nullptr) {
      auto lent = publisher_->loan(static_cast<std::uint32_t>(n));
      if (lent.has_error()) throw Error("iceoryx lends no chunk");
      chunk_ = lent.value();
      lent_ = n;
    }
    return {static_cast<std::byte*>(chunk_), n};
  }
  bool commit(std::size_t) {
    if (!blocks_ && is_full()) return false;  // where publish() would yield until there is room
    publisher_->publish(std::exchange(chunk_, nullptr));
    return true;
  }

  [[nodiscard]] std::uint64_t helper_cpu_ns() const {
    return threads_->cpu_ns() + (daemon_ ? cpu_ns_of(*daemon_) : 0);
  }

 private:
  // Nobody but this publisher adds to the queue.
  [[nodiscard]] bool is_full() const { return queue_->size() >= queue_->capacity(); }

  std::shared_ptr<IceoryxClient> client_;
  std::unique_ptr<iox::popo::UntypedPublisher> publisher_;
  const iox::popo::PublisherPortData* port_ = nullptr;
  decltype(iox::popo::SubscriberChunkQueueData_t::m_queue)* queue_ = nullptr;
  std::unique_ptr<NamedThreads> threads_ = std::make_unique<NamedThreads>();
  std::optional<clockid_t> daemon_;
  bool blocks_;
  void* chunk_ = nullptr;
  std::size_t lent_ = 0;
};

class IceoryxReceiver {
 public:
  IceoryxReceiver(std::shared_ptr<IceoryxClient> client, const iox::capro::ServiceDescription& service,
                  std::size_t depth, Wait wait)
      : client_(std::move(client)) {
    iox::popo::SubscriberOptions options;
    options.queueCapacity = depth;
    options.queueFullPolicy = iox::popo::QueueFullPolicy::BLOCK_PRODUCER;
    client_->with_runtime([&](const IceoryxRuntime&) {
      subscriber_ = std::make_unique<iox::popo::UntypedSubscriber>(service, options);
      if (wait != Wait::block) return;
      waiting_ = std::make_unique<iox::popo::WaitSet<1>>();
      waiting_->attachEvent(*subscriber_, iox::popo::SubscriberEvent::DATA_RECEIVED).or_else([](auto) {
        throw Error("iceoryx cannot wait for messages");
      });
    });
  }

  [[nodiscard]] bool is_connected() const {
    return subscriber_->getSubscriptionState() == iox::SubscribeState::SUBSCRIBED;
  }

  std::span<const std::byte> peek(std::size_t n) {
    while (chunk_ == nullptr) {
      const auto taken = subscriber_->take();
      if (!taken.has_error()) {
        chunk_ = taken.value();
      } else if (waiting_) {
        waiting_->wait();
      } else {
        return {};
      }
    }
    const std::size_t found = iox::mepoo::ChunkHeader::fromUserPayload(chunk_)->userPayloadSize();
    if (found != n) throw_wrong_length(found, n);
    return {static_cast<const std::byte*>(chunk_), n};
  }
  void release() { subscriber_->release(std::exchange(chunk_, nullptr)); }

 private:
  std::shared_ptr<IceoryxClient> client_;
  std::unique_ptr<iox::popo::UntypedSubscriber> subscriber_;
  std::unique_ptr<iox::popo::WaitSet<1>> waiting_;
  const void* chunk_ = nullptr;
};

// Beside the shared object that this is in.
std::string path_of_daemon() {
  Dl_info found{};
  dladdr(&kChunksQueued, &found);
  return std::filesystem::path(found.dli_fname).parent_path() / "ipcbench-roudi";
}

// For both ways: what waits, and for either end one that it works on and one that the publisher keeps.
std::size_t chunks_for(std::size_t depth) { return 2 * (depth + 3); }

iox::capro::ServiceDescription service_to(Side side) {
  return {"ipcbench", "link", side == Side::producer ? "to producer" : "to consumer"};
}

class IceoryxPubsub {
 public:
  static constexpr Traits kTraits{
      .name = "iceoryx_pubsub",
      .summary =
          "iceoryx, chunks of shared memory (UntypedPublisher::loan, publish; UntypedSubscriber::take)",
      .kind = MechanismKind::library,
      .made_of = "iceoryx, memfd, pthread mutex, POSIX semaphore",
      .in_between =
          "no copy: a queue passes chunks on, under a lock of the sender's that nobody else takes; publish() "
          "yields until a full queue has room; a RouDi of the link's own connects the ends, and hears from a "
          "thread of each every 300 ms",
      .locks = "pthread mutex",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin},
      .in_place = true,
      .in_memory = true,
      .lifetime = Lifetime::file_system,
      .max_message_bytes = kLongestThroughServer};
  static constexpr std::array kParameters{kChunksQueued};

  static Unavailable refuses(const Cell& cell) {
    return why_not_in_two_links(cell, "the library connects a process to one RouDi");
  }

  static Unavailable available() {
    if (getpwuid(geteuid()) == nullptr || getgrgid(getegid()) == nullptr) {
      return "iceoryx asks for the names of the user and of the group; give them lines in /etc/passwd and "
             "/etc/group";
    }
    if (access(path_of_daemon().c_str(), X_OK) != 0)
      return fmt::format("there is no {}; build or install the transports of libraries again",
                         path_of_daemon());
    return std::nullopt;
  }
  static MessageLimit message_limit(const Settings&) {
    return {kLongestThroughServer, "the pool of chunks is made for this length to bound its memory"};
  }

  static std::unique_ptr<IceoryxPubsub> create(const LinkSpec& spec) {
    auto made = join(spec, socket_path(spec));
    made->daemon_.emplace(path_of_daemon(),
                          std::vector{made->path_, std::to_string((spec.message_bytes + 31) / 32 * 32),
                                      std::to_string(chunks_for(made->depth_))},
                          made->path_);
    return made;
  }
  static std::unique_ptr<IceoryxPubsub> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<IceoryxPubsub>(spec, address);
  }

  IceoryxPubsub(const LinkSpec& spec, std::string path)
      : wait_(spec.wait), depth_(depth_of(spec)), path_(std::move(path)) {}

  [[nodiscard]] std::string address() const { return path_; }

  Ends<IceoryxSender, IceoryxReceiver> attach(Side side) {
    const auto client = IceoryxClient::of(path_);
    client_ = client;
    const Side other = side == Side::producer ? Side::consumer : Side::producer;
    Ends<IceoryxSender, IceoryxReceiver> ends{{client, service_to(other), side, wait_},
                                              {client, service_to(side), depth_, wait_}};
    while (!ends.sender.connect() || !ends.receiver.is_connected())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return ends;
  }

  [[nodiscard]] std::span<const std::byte> memory() const {
    const auto client = client_.lock();
    return client ? client->chunks() : std::span<const std::byte>();
  }
  [[nodiscard]] Settings settings() const { return {{std::string(kChunksQueued.name), depth_}}; }

 private:
  Wait wait_;
  std::size_t depth_;
  std::string path_;
  std::optional<PrivateDaemon> daemon_;  // of the creator
  std::weak_ptr<IceoryxClient> client_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(IceoryxPubsub);
}  // namespace ipcbench
