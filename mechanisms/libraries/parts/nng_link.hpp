// What the mechanisms over nng have in common: how much waits in an end's socket, and the settings in force.
#pragma once

#include <algorithm>
#include <array>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>

#include "mechanisms/libraries/parts/nng_ends.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {

// nng counts messages, not bytes, so that long ones could take all memory.
inline constexpr std::size_t kNngQueueBytes = std::size_t{16} << 20;
inline constexpr Parameter kNngBuffer{
    .name = "buffered_messages",
    .default_text = "0, nng's: each end has only the message that is under way",
    .what =
        "messages that wait in a socket (NNG_OPT_SENDBUF, and NNG_OPT_RECVBUF where it has one); of longer "
        "ones "
        "no more than 16 MiB hold",
    .min = 0,
    .max = 8192,  // nng's limit
    .tuned = 128};

class NngLink {
 public:
  static constexpr std::array kParameters{kNngBuffer};

  NngLink(LinkSpec spec, std::string address) : spec_(std::move(spec)), address_(std::move(address)) {}

  [[nodiscard]] std::string address() const { return address_; }
  [[nodiscard]] Settings settings() const { return settings_; }

 protected:
  static std::string ipc_address(const LinkSpec& spec) { return "ipc://" + socket_path(spec); }

  // Neither listening nor connected. buffers: the options of that kind of socket.
  std::shared_ptr<NngSocket> make_socket(int (*open)(nng_socket*),
                                         std::initializer_list<const char*> buffers) {
    auto socket = std::make_shared<NngSocket>(open);
    for (const char* const buffer : buffers) {
      socket->set(buffer, messages());
      settings_[std::string(kNngBuffer.name)] = static_cast<std::uint64_t>(socket->option(buffer));
    }
    return socket;
  }
  [[nodiscard]] Wait wait() const { return spec_.wait; }

 private:
  [[nodiscard]] int messages() const {
    const std::size_t fitting = kNngQueueBytes / std::max<std::size_t>(spec_.message_bytes, 1);
    return static_cast<int>(std::min<std::size_t>(spec_.parameter(kNngBuffer.name).value_or(0), fitting));
  }

  LinkSpec spec_;
  std::string address_;
  Settings settings_;
};

}  // namespace ipcbench
