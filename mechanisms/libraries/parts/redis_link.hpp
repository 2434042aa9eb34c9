// What the ways through a Redis server have in common but the ends.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "harness/contract/abilities.hpp"
#include "mechanisms/libraries/parts/redis_ends.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {

// M: the mechanism, which derives from this and attaches its ends.
template <class M>
class RedisLink {
 public:
  static Unavailable available() { return needs_program(kRedisServer, "redis-server"); }
  static MessageLimit message_limit(const Settings&) { return redis_limit(); }

  static std::unique_ptr<M> create(const LinkSpec& spec) {
    auto made = join(spec, socket_path(spec));
    made->server_.emplace(made->path_, spec.directory);
    return made;
  }
  static std::unique_ptr<M> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<M>(spec, address);
  }

  // NOLINTNEXTLINE(bugprone-crtp-constructor-accessibility): std::make_unique calls it in the derived class
  RedisLink(const LinkSpec& spec, std::string path)
      : path_(std::move(path)), message_bytes_(spec.message_bytes), spins_(spec.wait != Wait::block) {}

  [[nodiscard]] std::string address() const { return path_; }

 protected:
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::size_t message_bytes() const { return message_bytes_; }
  [[nodiscard]] bool spins() const { return spins_; }

 private:
  std::string path_;
  std::size_t message_bytes_;
  bool spins_;
  std::optional<RedisServer> server_;  // of the creator
};

// An argument of a command in Redis's protocol.
inline std::string redis_word(std::string_view word) {
  return fmt::format("${}\r\n{}\r\n", word.size(), word);
}

// From now on the server answers none of the commands, so that nobody has to read the answers.
inline void want_no_replies(RedisConnection& commands) {
  commands.append("CLIENT REPLY OFF");
  commands.flush();
}

}  // namespace ipcbench
