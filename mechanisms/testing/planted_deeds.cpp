#include "mechanisms/testing/planted_deeds.hpp"

#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "harness/registry/registry.hpp"
#include "mechanisms/parts/datagram_ends.hpp"

namespace ipcbench {
namespace {

constexpr std::array kPlanParameters{
    Parameter{.name = "deed", .default_text = "0", .what = "what is done, as numbered by Deed"},
    Parameter{.name = "moment", .default_text = "0", .what = "when, as numbered by Moment"},
    Parameter{.name = "at_message", .default_text = "0", .what = "at which message"},
    Parameter{.name = "by_receiver", .default_text = "0", .what = "1: by the receiver of the way there"}};

void die_of(int signal) {
  std::signal(signal, SIG_DFL);  // a sanitizer may have taken it
  std::raise(signal);
}

void hang() {
  while (true) pause();
}

void stop_and_be_continued() {
  const pid_t stopped = getpid();
  const pid_t helper = fork();
  if (helper == 0) {
    usleep(20'000);
    kill(stopped, SIGCONT);
    _exit(0);
  }
  std::raise(SIGSTOP);
  waitpid(helper, nullptr, 0);
}

void widen_affinity() {
  cpu_set_t all;
  std::memset(&all, 0xff, sizeof all);
  checked(sched_setaffinity(0, sizeof all, &all), "sched_setaffinity");
}

// False: it is nothing that is done to a process.
bool done_to_process(Deed deed) {
  switch (deed) {
    case Deed::segfault:
      return die_of(SIGSEGV), true;
    case Deed::abort:
      return die_of(SIGABRT), true;
    case Deed::kill:
      return std::raise(SIGKILL), true;
    case Deed::exit_0:
      _exit(0);
    case Deed::exit_1:
      _exit(1);
    case Deed::throws:
      throw std::runtime_error("a planted error");
    case Deed::ignore_sigterm:
      std::signal(SIGTERM, SIG_IGN);
      [[fallthrough]];
    case Deed::hang:
      return hang(), true;
    case Deed::spin:
      for (volatile bool for_ever = true; for_ever;) {
      }
      return true;
    case Deed::stop:
      return std::raise(SIGSTOP), true;
    case Deed::stop_and_go:
      return stop_and_be_continued(), true;
    case Deed::widen_affinity:
      return widen_affinity(), true;
    default:
      return false;
  }
}

// The plan as one end sees it. Whoever reads the one byte of `claim` carries it out: nobody else does.
class Plan {
 public:
  Plan(const LinkSpec& spec, bool receives, Fd claim)
      : deed_(static_cast<Deed>(spec.parameter("deed").value_or(0))),
        moment_(static_cast<Moment>(spec.parameter("moment").value_or(0))),
        at_message_(spec.parameter("at_message").value_or(0)),
        concerned_(spec.name.ends_with("-0") && (spec.parameter("by_receiver").value_or(0) == 1) == receives),
        claim_(std::move(claim)) {}

  // What is to be done now.
  Deed now(Moment moment, std::uint64_t number = 0) {
    if (!concerned_ || moment != moment_ || (moment == Moment::message && number != at_message_)) {
      return Deed::none;
    }
    char byte = 0;
    return read(claim_.get(), &byte, 1) == 1 ? deed_ : Deed::none;
  }

 private:
  Deed deed_;
  Moment moment_;
  std::uint64_t at_message_;
  bool concerned_;
  Fd claim_;
};

class DeedSender : public DatagramSender {
 public:
  DeedSender(Fd fd, const LinkSpec& spec, Fd claim)
      : DatagramSender(std::move(fd), spec.message_bytes + 1, Wait::block),
        plan_(spec, false, std::move(claim)),
        unsent_(spec.message_bytes) {
    done_to_process(plan_.now(Moment::attaching));
  }
  ~DeedSender() { done_to_process(plan_.now(Moment::leaving)); }
  DeedSender(const DeedSender&) = delete;
  DeedSender& operator=(const DeedSender&) = delete;

  std::span<std::byte> loan(std::size_t n) {
    message_ = DatagramSender::loan(n);
    return sends_old_ ? std::span(unsent_).first(n) : message_;
  }
  bool commit(std::size_t n) {
    const Deed deed = plan_.now(Moment::message, number_++);
    if (deed == Deed::none || done_to_process(deed)) return send_and_make_up(n);
    return send_wrongly(deed, n);
  }

 private:
  bool send_and_make_up(std::size_t n) {
    DatagramSender::commit(n);
    if (held_.empty()) return true;
    std::ranges::copy(held_, message_.begin());
    held_.clear();
    return DatagramSender::commit(n);
  }

  bool send_wrongly(Deed deed, std::size_t n) {
    switch (deed) {
      case Deed::lose:
        return true;
      case Deed::swap:
        held_.assign(message_.begin(), message_.end());
        return true;
      case Deed::repeat:
        DatagramSender::commit(n);
        break;
      case Deed::alter:
        message_[n / 2] ^= std::byte{1};
        break;
      case Deed::garble:
        std::ranges::fill(message_, std::byte{0xa5});
        break;
      case Deed::send_old:
        sends_old_ = true;
        break;
      case Deed::hang_up:
        shutdown(fd(), SHUT_RDWR);
        break;
      default:
        break;
    }
    const std::size_t length = deed == Deed::shorten ? n - 1 : deed == Deed::lengthen ? n + 1 : n;
    return DatagramSender::commit(length);
  }

  Plan plan_;
  std::span<std::byte> message_;
  std::vector<std::byte> unsent_;  // what it is given while it sends what is old
  std::vector<std::byte> held_;
  std::uint64_t number_ = 0;
  bool sends_old_ = false;
};

class DeedReceiver {
 public:
  DeedReceiver(Fd fd, const LinkSpec& spec, Fd claim)
      : fd_(std::move(fd)), plan_(spec, true, std::move(claim)), buffer_(spec.message_bytes) {
    done_to_process(plan_.now(Moment::attaching));
  }
  ~DeedReceiver() { done_to_process(plan_.now(Moment::leaving)); }
  DeedReceiver(const DeedReceiver&) = delete;
  DeedReceiver& operator=(const DeedReceiver&) = delete;

  std::span<const std::byte> peek(std::size_t n) {
    const Deed deed = plan_.now(Moment::message, number_++);
    if (deed == Deed::not_read) reads_ = false;
    if (deed == Deed::hang_up) shutdown(fd_.get(), SHUT_RDWR);
    done_to_process(deed);
    const auto got = static_cast<std::size_t>(receive_datagram(fd_.get(), buffer_.data(), reads_ ? n : 0));
    if (got == 0) throw std::runtime_error("end of file: the other end is gone");
    if (got != n) throw_wrong_length(got, n);
    return {buffer_.data(), n};
  }
  void release() {}

 private:
  Fd fd_;
  Plan plan_;
  MessageBuffer buffer_;
  std::uint64_t number_ = 0;
  bool reads_ = true;
};

// A pair of connected sockets that keep messages apart; any number of ends can hold either.
class PlantedDeeds {
 public:
  static constexpr Traits kTraits{.name = "planted_deeds",
                                  .summary = "planted fault, for tests",
                                  .kind = MechanismKind::socket,
                                  .made_of = "UNIX socket",
                                  .kinship = Kinship::kin,
                                  .framing = Framing::message,
                                  .flow = Flow::one_way,
                                  .waits = {Wait::block},
                                  .sharing = {.senders = true, .receivers = true}};
  static constexpr std::array kParameters = kPlanParameters;

  static Unavailable available() { return std::nullopt; }
  static MessageLimit message_limit(const Settings&) { return {}; }
  static std::unique_ptr<PlantedDeeds> create(const LinkSpec& spec) {
    auto planted = std::make_unique<PlantedDeeds>(spec);
    std::array<int, 2> fds{};
    checked(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds.data()), "socketpair");
    planted->sockets_ = {Fd(fds[0]), Fd(fds[1])};
    checked(pipe2(fds.data(), O_CLOEXEC | O_NONBLOCK), "pipe2");
    planted->claim_ = Fd(fds[0]);
    checked(write(Fd(fds[1]).get(), "!", 1), "write");
    return planted;
  }
  static std::unique_ptr<PlantedDeeds> inherit(const LinkSpec& spec, Side side,
                                               std::span<const int> numbers) {
    auto planted = std::make_unique<PlantedDeeds>(spec);
    planted->sockets_[static_cast<std::size_t>(side)] = Fd(numbers[0]);
    planted->claim_ = Fd(numbers[1]);
    return planted;
  }

  explicit PlantedDeeds(LinkSpec spec) : spec_(std::move(spec)) {}

  DeedSender sender() { return {socket_of(Side::producer), spec_, duplicate(claim_)}; }
  DeedReceiver receiver() { return {socket_of(Side::consumer), spec_, duplicate(claim_)}; }

  [[nodiscard]] std::vector<InheritedFd> descriptors(Side side) const {
    return {{.fd = sockets_[static_cast<std::size_t>(side)].get()}, {.fd = claim_.get()}};
  }

 private:
  // In a process of its own, an end lets go of the other's: that one shall see when this one is gone.
  Fd socket_of(Side side) {
    const auto mine = static_cast<std::size_t>(side);
    if (!spec_.one_process) sockets_[1 - mine].reset();
    return take_or_share(sockets_[mine], spec_.one_process);
  }

  LinkSpec spec_;
  std::array<Fd, 2> sockets_;  // by Side
  Fd claim_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(PlantedDeeds);

Cell planted_cell(const PlannedDeed& plan, Pattern pattern, Peers peers) {
  Cell cell{.mechanism = "planted_deeds",
            .pattern = pattern,
            .size_bytes = 64,
            .peers = peers,
            .load = {.per_second = pattern == Pattern::paced ? 5000U : 0U},
            .fan = is_fan(pattern) ? 2U : 1U,
            .parameters = {}};
  cell.parameters = {{"deed", static_cast<std::uint64_t>(plan.deed)},
                     {"moment", static_cast<std::uint64_t>(plan.moment)},
                     {"at_message", plan.at_message},
                     {"by_receiver", plan.by_receiver ? 1 : 0}};
  return cell;
}

}  // namespace ipcbench
