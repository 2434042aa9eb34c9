// Mechanisms that work until a message of one's choice, and then go wrong, each in one way: what the harness
// has to catch and to call by its name.
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/datagram_ends.hpp"
#include "mechanisms/parts/unix_connection.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kAtMessage{
    .name = "at_message", .default_text = "0", .what = "the message, counted from 0, that the fault strikes"};
constexpr Parameter kAtConsumer{
    .name = "at_consumer", .default_text = "0", .what = "1: what the consumer sends", .min = 0, .max = 1};

struct Plan {
  bool active = false;
  std::uint64_t at_message = 0;
};

// `Fault::commit(inner, message, number, at_message)` hands over message `number`, or does not.
template <class Fault>
class FaultySender {
 public:
  FaultySender(Fd fd, std::size_t message_bytes, Wait wait, Plan plan)
      : inner_(std::move(fd), message_bytes, wait), plan_(plan) {}

  std::span<std::byte> loan(std::size_t n) { return message_ = inner_.loan(n); }
  bool commit(std::size_t n) {
    const bool taken =
        plan_.active ? fault_.commit(inner_, message_, number_, plan_.at_message) : inner_.commit(n);
    if (taken) ++number_;
    return taken;
  }
  void park() { inner_.park(); }

 private:
  DatagramSender inner_;
  Plan plan_;
  Fault fault_;
  std::span<std::byte> message_;
  std::uint64_t number_ = 0;
};

// A pair of connected sockets that keep messages apart, sabotaged on one side.
template <class Fault>
class Faulty {
 public:
  static constexpr Traits kTraits{.name = Fault::kName,
                                  .summary = "planted fault, for tests",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::message,
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block}};
  static constexpr std::array kParameters{kAtMessage, kAtConsumer};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<Faulty> create(const LinkSpec& spec) { return std::make_unique<Faulty>(spec); }

  explicit Faulty(LinkSpec spec) : spec_(std::move(spec)) {
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    sockets_ = {Fd(fds[0]), Fd(fds[1])};
  }

  Ends<FaultySender<Fault>, DatagramReceiver> attach(Side side) {
    const auto mine = static_cast<std::size_t>(side);
    if (!spec_.one_process) sockets_[1 - mine].reset();
    const bool struck_side = spec_.parameter(kAtConsumer.name).value_or(0) == mine;
    const Plan plan{struck_side, spec_.parameter(kAtMessage.name).value_or(0)};
    Fd copy = duplicate(sockets_[mine]);
    return {
        FaultySender<Fault>(std::move(copy), spec_.message_bytes, spec_.wait, plan),
        DatagramReceiver(take_or_share(sockets_[mine], spec_.one_process), spec_.message_bytes, spec_.wait)};
  }

 private:
  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
};

// Does something to its own process instead of sending.
template <class What>
struct Instead {
  static constexpr std::string_view kName = What::kName;
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number, std::uint64_t at) {
    if (number == at) What::happen();
    return inner.commit(message.size());
  }
};

struct KillSelf {
  static constexpr std::string_view kName = "planted_killed";
  static constexpr std::string_view kNameOfNamed = "planted_killed_named";
  static void happen() { std::raise(SIGKILL); }
};
struct StopSelf {
  static constexpr std::string_view kName = "planted_stopped";
  static void happen() { std::raise(SIGSTOP); }
};
struct HangSelf {
  static constexpr std::string_view kName = "planted_hung";
  static void happen() {
    while (true) pause();
  }
};
struct ExitWithSuccess {
  static constexpr std::string_view kName = "planted_exited_0";
  static void happen() { _exit(0); }
};
struct ExitWithFailure {
  static constexpr std::string_view kName = "planted_exited_3";
  static constexpr std::string_view kNameOfNamed = "planted_exited_named";
  static void happen() { _exit(3); }
};
struct Throw {
  static constexpr std::string_view kName = "planted_throws";
  static void happen() { throw std::runtime_error("a planted error"); }
};

// The peer has 20 ms to report the end of file before this end gets to report its error.
struct ThrowAndLinger {
  static constexpr std::string_view kNameOfNamed = "planted_lingers_named";
  static void happen() { throw std::runtime_error("a planted error"); }
  ThrowAndLinger() = default;
  ThrowAndLinger(const ThrowAndLinger&) = default;
  ThrowAndLinger& operator=(const ThrowAndLinger&) = default;
  ~ThrowAndLinger() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
};

struct CorruptedByte {
  static constexpr std::string_view kName = "planted_corrupted";
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number, std::uint64_t at) {
    if (number >= at) message[40] ^= std::byte{1};
    return inner.commit(message.size());
  }
};
struct LostMessage {
  static constexpr std::string_view kName = "planted_lost";
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number, std::uint64_t at) {
    return number == at || inner.commit(message.size());
  }
};
struct ShortMessage {
  static constexpr std::string_view kName = "planted_short";
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number, std::uint64_t at) {
    return inner.commit(message.size() - (number == at ? 1 : 0));
  }
};
// Sends a message after the one that follows it. For Wait::block, where each commit succeeds.
struct Reordered {
  static constexpr std::string_view kName = "planted_reordered";
  bool commit(DatagramSender& inner, std::span<std::byte> message, std::uint64_t number, std::uint64_t at) {
    if (number == at) {
      held.assign(message.begin(), message.end());
      return true;
    }
    inner.commit(message.size());
    if (number == at + 1) {
      std::copy(held.begin(), held.end(), message.begin());
      inner.commit(message.size());
    }
    return true;
  }
  std::vector<std::byte> held;
};

// A queue of tokens that reports one at message `at_message` whether there is one or not.
class ExtraToken {
 public:
  static constexpr Traits kTraits{.name = "planted_extra_token",
                                  .summary = "planted fault, for tests",
                                  .kind = MechanismKind::synchronisation,
                                  .made_of = "pipe",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::message,
                                  .flow = Flow::one_way,
                                  .waits = {Wait::block},
                                  .min_message_bytes = 0,
                                  .max_message_bytes = 0};
  static constexpr std::array kParameters{kAtMessage, kAtConsumer};

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {0, "it carries nothing"}; }
  static std::unique_ptr<ExtraToken> create(const LinkSpec& spec) {
    return std::make_unique<ExtraToken>(spec);
  }

  explicit ExtraToken(const LinkSpec& spec) : at_(spec.parameter(kAtMessage.name).value_or(0)) {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    ends_ = {Fd(fds[0]), Fd(fds[1])};
  }

  struct Sender {
    Fd fd;
    std::byte room{};
    std::span<std::byte> loan(std::size_t) { return {&room, 0}; }
    bool commit(std::size_t) { return checked(write(fd.get(), &room, 1), "write") == 1; }
  };
  struct Receiver {
    Fd fd;
    std::uint64_t at;
    std::uint64_t number = 0;
    std::byte token{};
    std::span<const std::byte> peek(std::size_t) {
      if (number++ != at && checked(read(fd.get(), &token, 1), "read") == 0)
        throw std::runtime_error("end of file");
      return {&token, 0};
    }
    void release() {}
  };
  Sender sender() { return {.fd = duplicate(ends_[1])}; }
  Receiver receiver() { return {.fd = duplicate(ends_[0]), .at = at_}; }

 private:
  std::uint64_t at_;
  std::array<Fd, 2> ends_;
};

using Killed = Faulty<Instead<KillSelf>>;
using Stopped = Faulty<Instead<StopSelf>>;
using Hung = Faulty<Instead<HangSelf>>;
using ExitedWithSuccess = Faulty<Instead<ExitWithSuccess>>;
using ExitedWithFailure = Faulty<Instead<ExitWithFailure>>;
using Throws = Faulty<Instead<Throw>>;
using Corrupts = Faulty<CorruptedByte>;
using Loses = Faulty<LostMessage>;
using Shortens = Faulty<ShortMessage>;
using Reorders = Faulty<Reordered>;

// The object itself cannot be made.
struct RefuseCreation {
  static constexpr std::string_view kName = "planted_not_created";
  static void happen() { throw std::runtime_error("no object can be made; remedy: do not plant faults"); }
};
struct WaitForCreation {
  static constexpr std::string_view kName = "planted_waits_in_create";
  static void happen() {
    std::array<int, 2> fds{};
    checked(pipe2(fds.data(), O_CLOEXEC), "pipe2");
    const std::array<Fd, 2> ends{Fd(fds[0]), Fd(fds[1])};
    char nothing = 0;
    checked(read(ends[0].get(), &nothing, 1), "read");
  }
};
struct HangInCreation {
  static constexpr std::string_view kName = "planted_hangs_in_create";
  static void happen() { HangSelf::happen(); }
};
template <class What>
class NeverCreated {
 public:
  static constexpr Traits kTraits{.name = What::kName,
                                  .summary = "planted fault, for tests",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block}};
  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<NeverCreated> create(const LinkSpec&) {
    What::happen();
    throw std::logic_error("nothing happened");
  }
  Ends<DatagramSender, DatagramReceiver> attach(Side) { throw std::logic_error("never created"); }
};
using NotCreated = NeverCreated<RefuseCreation>;
using WaitsInCreate = NeverCreated<WaitForCreation>;
using HangsInCreate = NeverCreated<HangInCreation>;

// The same among unrelated processes, connected by name: every end that sends is struck at its eleventh
// message. Here the peer sees an end of file, since the launcher holds no end of its own. (What is a base,
// and the first, so that it is destroyed when the socket is closed already.)
template <class What>
class StruckAtTen : private What, public DatagramSender {
 public:
  using DatagramSender::DatagramSender;
  bool commit(std::size_t n) {
    if (number_++ == 10) What::happen();
    return DatagramSender::commit(n);
  }

 private:
  int number_ = 0;
};
template <class What>
struct FaultyByName {
  static constexpr Traits kTraits{.name = What::kNameOfNamed,
                                  .summary = "planted fault, for tests",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::named,
                                  .framing = Framing::message,
                                  .flow = Flow::duplex,
                                  .waits = {Wait::block}};
  static constexpr int kSocketType = SOCK_SEQPACKET;
  using Sender = StruckAtTen<What>;
  using Receiver = DatagramReceiver;
  static MessageLimit message_limit(const Settings&) { return {}; }
};
using KilledByName = UnixConnection<FaultyByName<KillSelf>>;
using ExitedByName = UnixConnection<FaultyByName<ExitWithFailure>>;
using LingersByName = UnixConnection<FaultyByName<ThrowAndLinger>>;

}  // namespace

IPCBENCH_REGISTER_MECHANISM(Killed);
IPCBENCH_REGISTER_MECHANISM(Stopped);
IPCBENCH_REGISTER_MECHANISM(Hung);
IPCBENCH_REGISTER_MECHANISM(ExitedWithSuccess);
IPCBENCH_REGISTER_MECHANISM(ExitedWithFailure);
IPCBENCH_REGISTER_MECHANISM(Throws);
IPCBENCH_REGISTER_MECHANISM(Corrupts);
IPCBENCH_REGISTER_MECHANISM(Loses);
IPCBENCH_REGISTER_MECHANISM(Shortens);
IPCBENCH_REGISTER_MECHANISM(Reorders);
IPCBENCH_REGISTER_MECHANISM(ExtraToken);
IPCBENCH_REGISTER_MECHANISM(NotCreated);
IPCBENCH_REGISTER_MECHANISM(WaitsInCreate);
IPCBENCH_REGISTER_MECHANISM(HangsInCreate);
IPCBENCH_REGISTER_MECHANISM(KilledByName);
IPCBENCH_REGISTER_MECHANISM(ExitedByName);
IPCBENCH_REGISTER_MECHANISM(LingersByName);
}  // namespace ipcbench
