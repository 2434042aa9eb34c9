// Redis, publish and subscribe: a server that the link has for itself passes messages on and keeps none.
#include <chrono>
#include <thread>

#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/redis_link.hpp"

namespace ipcbench {
namespace {

// The channels that one side listens to.
struct Channels {
  const char* messages;
  const char* credit;
};
constexpr Channels channels_of(Side side) {
  if (side == Side::producer) return {"to_producer", "credit_of_producer"};
  return {"to_consumer", "credit_of_consumer"};
}

std::shared_ptr<RedisConnection> subscribed(const std::string& path, const char* channel) {
  auto connection = std::make_shared<RedisConnection>(path);
  connection->ask("SUBSCRIBE %s", channel);
  return connection;
}

// What is published before somebody has subscribed is lost.
void wait_for_subscribers(RedisConnection& commands, const Channels& channels) {
  while (true) {
    const RedisReply counts = commands.ask("PUBSUB NUMSUB %s %s", channels.messages, channels.credit);
    constexpr std::size_t kReplies = 4;  // name, number, name, number
    if (counts->elements == kReplies && counts->element[1]->integer > 0 && counts->element[3]->integer > 0)
      return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

struct Pubsub {
  class Credit {
   public:
    explicit Credit(std::shared_ptr<RedisConnection> channel) : channel_(std::move(channel)) {}
    std::size_t take() { return credit_in(channel_->take()); }

   private:
    std::shared_ptr<RedisConnection> channel_;
  };

  class Inbox {
   public:
    // to: the channel on which the sender waits for credit.
    Inbox(std::shared_ptr<RedisConnection> channel, const char* to) : channel_(std::move(channel)), to_(to) {}

    // Null: none yet.
    const redisReply* next() {
      message_ = channel_->take();
      return message_ ? &last_of(*message_) : nullptr;
    }
    void done() { message_.reset(); }
    void give_credit(RedisConnection& commands, std::size_t credit) const {
      commands.append("PUBLISH %s %llu", to_, static_cast<unsigned long long>(credit));
    }

   private:
    std::shared_ptr<RedisConnection> channel_;
    const char* to_;
    RedisReply message_;
  };
};

class RedisPubsub : public RedisLink<RedisPubsub> {
  using Sender = WithServer<RedisSender<Pubsub>>;
  using Receiver = RedisReceiver<Pubsub>;

 public:
  using RedisLink::RedisLink;

  static constexpr Traits kTraits{
      .name = "redis_pubsub",
      .summary = "Redis, PUBLISH and SUBSCRIBE over a UNIX socket (hiredis)",
      .kind = MechanismKind::library,
      .made_of = "Redis, UNIX socket, epoll",
      .in_between =
          "RESP2; a redis-server of the link's own copies each message, on any CPU of the launcher's; no "
          "replies to PUBLISH; ours: at most 1 MiB under way, by a credit message for each half",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin},
      .lifetime = Lifetime::file_system,
      .max_message_bytes = kLongestThroughServer};

  Ends<Sender, Receiver> attach(Side side) const {
    const Channels own = channels_of(side);
    const Channels others = channels_of(side == Side::producer ? Side::consumer : Side::producer);
    const auto commands = std::make_shared<RedisConnection>(path());
    const auto messages = subscribed(path(), own.messages);
    const auto credit = subscribed(path(), own.credit);
    wait_for_subscribers(*commands, others);
    want_no_replies(*commands);
    if (spins()) {
      for (const auto& each : {commands, messages, credit}) each->stop_waiting();
    }
    return {Sender({commands, Pubsub::Credit(credit),
                    fmt::format("*3\r\n$7\r\nPUBLISH\r\n{}", redis_word(others.messages)), message_bytes()},
                   Sender::clock_of_server(commands->fd(), side)),
            Receiver(commands, Pubsub::Inbox(messages, others.credit), message_bytes())};
  }
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RedisPubsub);
}  // namespace ipcbench
