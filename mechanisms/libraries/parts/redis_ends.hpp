// The ends of a link through a Redis server. A server takes whatever its clients send, and neither a
// publisher nor a writer to a stream is held up, so the receiver gives its sender credit.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/contract/mechanism.hpp"
#include "mechanisms/libraries/parts/redis_connection.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// What a message counts beside its payload: about what Redis needs for a short one.
constexpr std::size_t redis_cost(std::size_t message_bytes) { return message_bytes + 128; }

// The most that may be under way. The receiver gives credit for each half of it, which holds one message.
constexpr std::size_t redis_window(std::size_t longest_bytes) {
  constexpr std::size_t kUsual = std::size_t{1} << 20;
  return std::max(kUsual, 2 * redis_cost(longest_bytes));
}

// A command whose last argument is the message, in Redis's protocol, so that the payload is written where the
// library takes it from.
class RedisCommand {
 public:
  // head: the protocol of everything before that argument.
  RedisCommand(std::string head, std::size_t longest_bytes)
      : head_(std::move(head)),
        room_before_(head_.size() + kLengthBytes),
        memory_(room_before_ + longest_bytes + kEnd.size()) {}

  [[nodiscard]] std::byte* payload() { return memory_.data() + room_before_; }

  // Valid until the next call.
  std::string_view with_payload_of(std::size_t n) {
    std::array<char, kLengthBytes> length{};
    const auto* const end = fmt::format_to(length.data(), "${}\r\n", n);
    const auto length_bytes = static_cast<std::size_t>(end - length.data());
    std::byte* const start = payload() - length_bytes - head_.size();
    std::memcpy(start, head_.data(), head_.size());
    std::memcpy(payload() - length_bytes, length.data(), length_bytes);
    std::memcpy(payload() + n, kEnd.data(), kEnd.size());
    return {reinterpret_cast<const char*>(start), head_.size() + length_bytes + n + kEnd.size()};
  }

 private:
  static constexpr std::size_t kLengthBytes = 24;  // "$18446744073709551615\r\n"
  static constexpr std::string_view kEnd = "\r\n";

  std::string head_;
  std::size_t room_before_;
  MessageBuffer memory_;
};

// `Kind` is one of the ways below. The library copies a command, so a long one is handed over in pieces.
template <class Kind>
class RedisSender {
 public:
  RedisSender(std::shared_ptr<RedisConnection> commands, typename Kind::Credit credit, std::string head,
              std::size_t longest_bytes)
      : commands_(std::move(commands)),
        credit_(std::move(credit)),
        command_(std::move(head), longest_bytes),
        window_(redis_window(longest_bytes)) {}

  std::span<std::byte> loan(std::size_t n) { return {command_.payload(), n}; }

  bool commit(std::size_t n) {
    constexpr std::size_t kPieceBytes = std::size_t{1} << 20;
    if (!is_begun_) {
      if (!has_credit_for(n)) return false;
      unsent_ = command_.with_payload_of(n);
      is_begun_ = true;
    }
    while (commands_->flush()) {
      if (unsent_.empty()) {
        is_begun_ = false;
        return true;
      }
      const std::size_t piece = std::min(unsent_.size(), kPieceBytes);
      commands_->append_formatted(unsent_.substr(0, piece));
      unsent_.remove_prefix(piece);
    }
    return false;
  }

 private:
  bool has_credit_for(std::size_t n) {
    while (under_way_ + redis_cost(n) > window_) {
      const std::size_t credit = credit_.take();
      if (credit == 0) return false;
      under_way_ -= credit;
    }
    under_way_ += redis_cost(n);
    return true;
  }

  std::shared_ptr<RedisConnection> commands_;
  typename Kind::Credit credit_;
  RedisCommand command_;
  std::size_t window_;
  std::size_t under_way_ = 0;
  bool is_begun_ = false;
  std::string_view unsent_;
};

template <class Kind>
class RedisReceiver {
 public:
  RedisReceiver(std::shared_ptr<RedisConnection> commands, typename Kind::Inbox inbox,
                std::size_t longest_bytes)
      : commands_(std::move(commands)),
        inbox_(std::move(inbox)),
        half_window_(redis_window(longest_bytes) / 2) {}

  std::span<const std::byte> peek(std::size_t n) {
    commands_->flush();  // credit that did not fit into the socket
    const redisReply* const payload = inbox_.next();
    if (payload == nullptr) return {};
    if (payload->len != static_cast<decltype(payload->len)>(n))
      throw_wrong_length(text_of(*payload).size(), n);
    taken_ += redis_cost(n);
    return {reinterpret_cast<const std::byte*>(payload->str), n};
  }
  void release() {
    inbox_.done();
    if (taken_ < half_window_) return;
    inbox_.give_credit(*commands_, taken_);
    commands_->flush();
    taken_ = 0;
  }

 private:
  std::shared_ptr<RedisConnection> commands_;
  typename Kind::Inbox inbox_;
  std::size_t half_window_;
  std::size_t taken_ = 0;  // since the last credit
};

// The last element of a reply that is a list: the message that was published, or the value that was popped.
inline const redisReply& last_of(const redisReply& list) {
  if (list.type != REDIS_REPLY_ARRAY || list.elements == 0) throw Error("Redis: a list was expected");
  return *list.element[list.elements - 1];
}

// The credit in a reply; 0 if there is none yet.
inline std::size_t credit_in(const RedisReply& reply) {
  std::size_t credit = 0;
  if (!reply) return credit;
  const std::string_view text = text_of(last_of(*reply));
  std::from_chars(text.data(), text.data() + text.size(), credit);
  if (credit == 0) throw Error("Redis: a number was expected");
  return credit;
}

}  // namespace ipcbench
