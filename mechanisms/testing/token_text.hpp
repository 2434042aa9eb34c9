// Sends and receives short messages as text.
#pragma once

#include <cstddef>
#include <cstring>
#include <span>
#include <string>

namespace ipcbench {

template <class Sender>
bool send_text(Sender& sender, const std::string& text) {
  const std::span<std::byte> room = sender.loan(text.size());
  std::memcpy(room.data(), text.data(), text.size());
  return sender.commit(text.size());
}

// The message, or "none".
template <class Receiver>
std::string receive_text(Receiver& receiver, std::size_t n) {
  const std::span<const std::byte> shown = receiver.peek(n);
  if (shown.data() == nullptr) return "none";
  std::string text(reinterpret_cast<const char*>(shown.data()), shown.size());
  receiver.release();
  return text;
}

template <class Receiver>
bool receive_token(Receiver& receiver) {
  return receive_text(receiver, 0).empty();
}

}  // namespace ipcbench
