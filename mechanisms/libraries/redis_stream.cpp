// Redis, streams: a server that the link has for itself stores messages in order until the consumer trims
// them.
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/redis_link.hpp"

namespace ipcbench {
namespace {

// The keys under which one side finds what the other sends: a stream of messages, and a list of credit.
struct Keys {
  const char* messages;
  const char* credit;
};
constexpr Keys keys_of(Side side) {
  if (side == Side::producer) return {"to_producer", "credit_of_producer"};
  return {"to_consumer", "credit_of_consumer"};
}

struct Stream {
  // The credit is asked for in advance, so that a sender that comes to need it finds it here.
  class Credit {
   public:
    Credit(std::shared_ptr<RedisConnection> connection, const char* key)
        : connection_(std::move(connection)), key_(key) {
      ask();
    }
    std::size_t take() {
      const std::size_t credit = credit_in(connection_->take());
      if (credit > 0) ask();
      return credit;
    }

   private:
    void ask() {
      connection_->append("BLPOP %s 0", key_);
      connection_->flush();
    }

    std::shared_ptr<RedisConnection> connection_;
    const char* key_;
  };

  // Takes all messages that wait with one command, and one of them at a time.
  class Inbox {
   public:
    // to: the key under which the sender waits for credit.
    Inbox(std::shared_ptr<RedisConnection> connection, const char* key, const char* to)
        : connection_(std::move(connection)), key_(key), to_(to) {}

    // Null: none yet.
    const redisReply* next() {
      if (!reply_ && !read()) return nullptr;
      return &last_of(
          last_of(*entries().element[at_]));  // an entry: its ID, and a list of a name and the message
    }
    void done() {
      if (++at_ < entries().elements) return;
      reply_.reset();
      at_ = 0;
    }
    void give_credit(RedisConnection& commands, std::size_t credit) const {
      commands.append("XTRIM %s MINID %s", key_, seen_.c_str());
      commands.append("RPUSH %s %llu", to_, static_cast<unsigned long long>(credit));
    }

   private:
    bool read() {
      if (!is_asked_) connection_->append("XREAD BLOCK 0 STREAMS %s %s", key_, seen_.c_str());
      is_asked_ = true;
      reply_ = connection_->take();
      if (!reply_) return false;
      is_asked_ = false;
      seen_ = text_of(*entries().element[entries().elements - 1]->element[0]);
      return true;
    }
    // Of the one stream in the reply: a name and a list of entries.
    [[nodiscard]] const redisReply& entries() const { return last_of(last_of(*reply_)); }

    std::shared_ptr<RedisConnection> connection_;
    const char* key_;
    const char* to_;
    std::string seen_ = "0";  // the last ID
    bool is_asked_ = false;
    RedisReply reply_;
    std::size_t at_ = 0;
  };
};

class RedisStream : public RedisLink<RedisStream> {
  using Sender = WithServer<RedisSender<Stream>>;
  using Receiver = RedisReceiver<Stream>;

 public:
  using RedisLink::RedisLink;

  static constexpr Traits kTraits{
      .name = "redis_stream",
      .summary = "Redis, XADD and XREAD BLOCK over a UNIX socket (hiredis)",
      .kind = MechanismKind::library,
      .made_of = "Redis, UNIX socket, epoll",
      .in_between =
          "RESP2; a redis-server of the link's own stores each message, on any CPU of the launcher's; no "
          "replies to XADD; XREAD takes all that waits; ours: at most 1 MiB under way, trimmed and "
          "credited half by half",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin},
      .lifetime = Lifetime::file_system,
      .max_message_bytes = kLongestThroughServer};

  Ends<Sender, Receiver> attach(Side side) const {
    const Keys own = keys_of(side);
    const Keys others = keys_of(side == Side::producer ? Side::consumer : Side::producer);
    const auto commands = std::make_shared<RedisConnection>(path());
    const auto messages = std::make_shared<RedisConnection>(path());
    const auto credit = std::make_shared<RedisConnection>(path());
    commands->ask("XTRIM %s MINID 0",
                  own.messages);  // fails before Redis 6.2, where nobody would see it later
    want_no_replies(*commands);
    if (spins()) {
      for (const auto& each : {commands, messages, credit}) each->stop_waiting();
    }
    return {Sender({commands, Stream::Credit(credit, own.credit),
                    fmt::format("*5\r\n$4\r\nXADD\r\n{}$1\r\n*\r\n$1\r\nm\r\n", redis_word(others.messages)),
                    message_bytes()},
                   Sender::clock_of_server(commands->fd(), side)),
            Receiver(commands, Stream::Inbox(messages, own.messages, others.credit), message_bytes())};
  }
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(RedisStream);
}  // namespace ipcbench
