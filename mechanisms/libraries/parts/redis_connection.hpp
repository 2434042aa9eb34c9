// A connection to a Redis server by hiredis, and the server that a link has for itself.
#pragma once

#include <fmt/format.h>
#include <hiredis/hiredis.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/error.hpp"
#include "harness/base/fd.hpp"
#include "mechanisms/libraries/parts/private_daemon.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {

inline constexpr const char* kRedisServer = "redis-server";

// Redis's own limit for a value is 512 MiB.
inline MessageLimit redis_limit() {
  return {kLongestThroughServer,
          "the server is started with this limit (proto-max-bulk-len) to bound its memory"};
}

// A server in memory only, without a port. It closes a subscriber for which more than 32 MiB wait, or more
// than 8 MiB for a minute; credit bounds that here (redis_ends.hpp), so the limit is off.
class RedisServer {
 public:
  // Listens at `path`. Throws Error.
  RedisServer(const std::string& path, const std::string& directory)
      : daemon_(kRedisServer,
                {"--port",
                 "0",
                 "--unixsocket",
                 path,
                 "--unixsocketperm",
                 "700",
                 "--daemonize",
                 "no",
                 "--dir",
                 directory,
                 "--save",
                 "",
                 "--appendonly",
                 "no",
                 "--databases",
                 "1",
                 "--maxmemory",
                 "1gb",
                 "--maxmemory-policy",
                 "noeviction",
                 "--client-output-buffer-limit",
                 "pubsub 0 0 0",
                 "--proto-max-bulk-len",
                 std::to_string(kLongestThroughServer),
                 "--loglevel",
                 "warning",
                 "--logfile",
                 ""},
                path) {}

 private:
  PrivateDaemon daemon_;
};

struct FreeRedisReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using RedisReply = std::unique_ptr<redisReply, FreeRedisReply>;

inline std::string_view text_of(const redisReply& reply) {
  return {reply.str, static_cast<std::size_t>(reply.len)};
}

class RedisConnection {
 public:
  // Throws Error.
  explicit RedisConnection(const std::string& path)
      : context_(redisConnectFd(connect_to_same_user(path).release())) {
    if (!context_ || context_->err != 0) fail("cannot connect to the Redis server");
  }

  [[nodiscard]] int fd() const { return context_->fd; }

  // From now on flush() and take() return at once.
  void stop_waiting() {
    context_->flags &= ~REDIS_BLOCK;
    set_blocking_for(context_->fd, Wait::spin);
  }

  // A command and its reply, in printf's way. For a connection that waits.
  template <class... Arguments>
  RedisReply ask(const char* format, Arguments... arguments) {
    append(format, arguments...);
    return take();
  }

  // Puts a command behind those that are not flushed yet.
  template <class... Arguments>
  void append(const char* format, Arguments... arguments) {
    if (redisAppendCommand(context_.get(), format, arguments...) != REDIS_OK) fail("redisAppendCommand");
    is_flushed_ = false;
  }
  // The same in Redis's protocol already, or a part of one.
  void append_formatted(std::string_view command) {
    if (redisAppendFormattedCommand(context_.get(), command.data(), command.size()) != REDIS_OK)
      fail("redisAppendFormattedCommand");
    is_flushed_ = false;
  }
  // False: not all of it could be written now.
  bool flush() {
    while (!is_flushed_) {
      int done = 0;
      if (redisBufferWrite(context_.get(), &done) != REDIS_OK) fail("redisBufferWrite");
      is_flushed_ = done != 0;
      if (!is_flushed_ && !waits()) return false;
    }
    return true;
  }

  // Flushes and takes the next reply. Null: none yet.
  RedisReply take() {
    if (!flush()) return nullptr;
    RedisReply reply = next_reply();
    if (!reply && !waits()) {
      if (redisBufferRead(context_.get()) != REDIS_OK) fail("redisBufferRead");
      reply = next_reply();
    }
    if (reply && reply->type == REDIS_REPLY_ERROR) throw Error(fmt::format("Redis: {}", text_of(*reply)));
    return reply;
  }

 private:
  struct Free {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  [[nodiscard]] bool waits() const { return (context_->flags & REDIS_BLOCK) != 0; }

  RedisReply next_reply() {
    void* reply = nullptr;
    if (redisGetReply(context_.get(), &reply) != REDIS_OK) fail("redisGetReply");
    return RedisReply(static_cast<redisReply*>(reply));
  }

  [[noreturn]] void fail(const char* call) const {
    throw Error(fmt::format("{}: {}", call, context_ ? context_->errstr : "out of memory"));
  }

  std::unique_ptr<redisContext, Free> context_;
  bool is_flushed_ = true;
};

}  // namespace ipcbench
