// sd-bus of libsystemd through a bus: a dbus-daemon that the link has for itself.
#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <cctype>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/private_daemon.hpp"
#include "mechanisms/libraries/parts/sdbus_ends.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"

namespace ipcbench {
namespace {

constexpr const char* kDaemon = "dbus-daemon";

// The daemon stops reading from an end that has this much in the daemon, until the other end has taken some.
// The session bus of Debian allows 1 GB.
constexpr std::size_t kMostUnderWay = std::size_t{16} << 20;

constexpr std::size_t kRoomForHeader = 4096;

// D-Bus Specification, "Server Addresses": other characters are escaped. What is left means nothing in XML.
std::string escaped(const std::string& path) {
  std::string text;
  for (const char each : path) {
    const auto byte = static_cast<unsigned char>(each);
    if (std::isalnum(byte) != 0 || std::string_view("-_/.").find(each) != std::string_view::npos) {
      text += each;
    } else {
      text += fmt::format("%{:02x}", byte);
    }
  }
  return text;
}

// max_outgoing_bytes, beyond which the daemon drops messages, is never reached: all that waits for an end
// comes from the other one.
std::string configuration(const std::string& socket) {
  return fmt::format(
      "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
      " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
      "<busconfig><keep_umask/><listen>unix:path={}</listen><auth>EXTERNAL</auth>\n"
      "<policy context=\"default\"><allow send_destination=\"*\"/><allow receive_sender=\"*\"/><allow "
      "own=\"*\"/></policy>\n"
      "<limit name=\"max_incoming_bytes\">{}</limit>\n"
      "<limit name=\"max_outgoing_bytes\">1000000000</limit>\n"
      "<limit name=\"max_message_size\">{}</limit></busconfig>\n",
      escaped(socket), kMostUnderWay, kLongestThroughServer + kRoomForHeader);
}

class Bus {
 public:
  explicit Bus(const std::string& path)
      : configuration_(path + ".conf", true),
        daemon_(kDaemon,
                {"--config-file=" + written(configuration_.str(), configuration(path)), "--nofork",
                 "--nopidfile", "--nosyslog"},
                path) {}

 private:
  static std::string written(const std::string& file, const std::string& text) {
    const Fd fd(checked(open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600),
                        "cannot create the daemon's configuration"));
    if (const int error = write_all(fd.get(), text); error != 0)
      throw_error(error, "cannot write the daemon's configuration",
                  {{ENOSPC, "set TMPDIR to a larger file system"}});
    return file;
  }

  OwnedPath configuration_;
  PrivateDaemon daemon_;
};

constexpr const char* name_on_bus(Side side) {
  return side == Side::producer ? "ipcbench.Producer" : "ipcbench.Consumer";
}

void wait_for_owner(sd_bus* bus, const char* name) {
  int has_owner = 0;
  while (true) {
    sd_bus_message* reply = nullptr;
    uninterrupted("NameHasOwner", [&] {
      return sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                "NameHasOwner", nullptr, &reply, "s", name);
    });
    const SdbusMessage owned(reply);
    checked_sdbus(sd_bus_message_read(reply, "b", &has_owner), "sd_bus_message_read");
    if (has_owner != 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

class SdbusBroker {
  using Sender = WithServer<SdbusSender>;

 public:
  static constexpr Traits kTraits{
      .name = "sdbus_broker",
      .summary = "sd-bus, D-Bus signals through a dbus-daemon (sd_bus_send, sd_bus_process)",
      .kind = MechanismKind::library,
      .made_of = "sd-bus, dbus-daemon, UNIX socket, epoll",
      .in_between =
          "D-Bus protocol; a dbus-daemon of the link's own reads, checks and writes each message, on "
          "any CPU of the launcher's; holds up an end with 16 MiB under way (max_incoming_bytes)",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin},
      .lifetime = Lifetime::file_system,
      .max_message_bytes = kLongestThroughServer};

  static Unavailable available() {
    if (getpwuid(geteuid()) == nullptr)
      return "dbus-daemon hangs up on a user that has no name; give this one a line in /etc/passwd";
    return needs_program(kDaemon, "dbus-daemon");
  }
  static MessageLimit message_limit(const Settings&) {
    return {kLongestThroughServer,
            "the daemon is started with this limit (max_message_size) to bound its memory"};
  }

  static std::unique_ptr<SdbusBroker> create(const LinkSpec& spec) {
    auto made = join(spec, socket_path(spec));
    made->bus_.emplace(made->path_);
    return made;
  }
  static std::unique_ptr<SdbusBroker> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<SdbusBroker>(spec, address);
  }

  SdbusBroker(const LinkSpec& spec, std::string path) : wait_(spec.wait), path_(std::move(path)) {}

  [[nodiscard]] std::string address() const { return path_; }

  Ends<Sender, SdbusReceiver> attach(Side side) const {
    Fd socket = connect_to_same_user(path_);
    const auto server = Sender::clock_of_server(socket.get(), side);
    const auto connection = std::make_shared<SdbusConnection>(std::move(socket), SdbusRole::on_bus, wait_);
    uninterrupted("sd_bus_request_name", [&] {
      const int got = sd_bus_request_name(connection->get(), name_on_bus(side), 0);
      return got == -EALREADY ? 0 : got;  // by the call that was interrupted
    });
    const char* const other = name_on_bus(side == Side::producer ? Side::consumer : Side::producer);
    wait_for_owner(connection->get(), other);
    return {Sender(SdbusSender(connection, other), server), SdbusReceiver(connection)};
  }

 private:
  Wait wait_;
  std::string path_;
  std::optional<Bus> bus_;  // of the creator
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(SdbusBroker);
}  // namespace ipcbench
