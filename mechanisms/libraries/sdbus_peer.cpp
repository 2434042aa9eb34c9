// sd-bus of libsystemd without a bus: D-Bus's protocol over a UNIX stream socket between the two ends.
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/sdbus_ends.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {
namespace {

class SdbusPeer {
 public:
  static constexpr Traits kTraits{
      .name = "sdbus_peer",
      .summary = "sd-bus, D-Bus signals from peer to peer without a bus (sd_bus_send, sd_bus_process)",
      .kind = MechanismKind::library,
      .made_of = "sd-bus, UNIX socket",
      .in_between =
          "D-Bus protocol; no threads; a message takes one sendmsg and two recvmsg; socket buffers "
          "of 8 MiB, or net.core.wmem_max without privilege",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin},
      .lifetime = Lifetime::file_system,
      .max_message_bytes = kLongestDbusArray};

  static MessageLimit message_limit(const Settings&) { return dbus_limit(); }

  static std::unique_ptr<SdbusPeer> create(const LinkSpec& spec) {
    return std::make_unique<SdbusPeer>(spec, socket_path(spec), true);
  }
  static std::unique_ptr<SdbusPeer> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<SdbusPeer>(spec, address, false);
  }

  SdbusPeer(const LinkSpec& spec, const std::string& path, bool owner)
      : wait_(spec.wait), path_(path, owner) {}

  [[nodiscard]] std::string address() const { return path_.str(); }
  void unlink() const noexcept { path_.unlink(); }

  Ends<SdbusSender, SdbusReceiver> attach(Side side) const {
    const bool listens = side == Side::consumer;
    Fd socket = listens ? accept_same_user(path_.str()) : connect_to_same_user(path_.str());
    const auto connection = std::make_shared<SdbusConnection>(
        std::move(socket), listens ? SdbusRole::server : SdbusRole::client, wait_);
    return {SdbusSender(connection, ""), SdbusReceiver(connection)};
  }

 private:
  Wait wait_;
  OwnedPath path_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SdbusPeer);
}  // namespace ipcbench
