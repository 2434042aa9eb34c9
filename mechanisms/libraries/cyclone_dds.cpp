// Cyclone DDS: a topic each way, reliable, between two participants that are alone on the loopback network.
#include <dds/ddsrt/log.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <ctime>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/cyclone_message.hpp"
#include "mechanisms/libraries/parts/dds_meeting.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/libraries/parts/no_memory.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/parts/loopback.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {
namespace {

// What the library logged last, because its return codes do not say why. It would print that otherwise.
class CycloneLog {
 public:
  // In this process from now on.
  static void keep() {
    dds_set_log_sink([](void*, const dds_log_data_t* said) { here().note(*said); }, nullptr);
  }
  static std::string last_line() {
    const std::scoped_lock lock(here().mutex_);
    return here().last_;
  }

 private:
  static CycloneLog& here() {
    static CycloneLog log;
    return log;
  }
  void note(const dds_log_data_t& said) {
    const std::scoped_lock lock(mutex_);
    last_.assign(said.message, said.size);
    while (last_.ends_with('\n')) last_.pop_back();
  }

  std::mutex mutex_;
  std::string last_;
};

// Passes on what is not an error; throws Error.
dds_return_t checked_dds(dds_return_t code, const char* call) {
  if (code >= 0) return code;
  if (code == DDS_RETCODE_OUT_OF_RESOURCES) throw_no_memory(call);
  const std::string why = CycloneLog::last_line();
  throw Error(fmt::format("{}: {}{}{}", call, dds_strretcode(code), why.empty() ? "" : ": ", why));
}

constexpr std::size_t kReaderBytes = std::size_t{16} << 20;
constexpr std::uint64_t kReaderMostSamples = 10'000;
constexpr Parameter kReaderSamples{
    .name = "reader_samples",
    .default_text = "10000; of longer messages what 16 MiB hold, at least 1",
    .what = "messages that wait in the reader (max_samples of RESOURCE_LIMITS); DDS has no limit by default",
    .min = 1,
    .max = INT32_MAX};
constexpr Parameter kWriterBytes{.name = "writer_bytes",
                                 .default_text = "512000, Cyclone DDS's",
                                 .what =
                                     "bytes that the reader has not acknowledged when a write begins to wait "
                                     "(Internal/Watermarks/WhcHigh)",
                                 .min = 2048,
                                 .max = INT32_MAX,
                                 .tuned = std::uint64_t{8} << 20};

// A longer message overflows the receiving socket, and the library asks for what was dropped 100 ms later:
// with its buffer of 1 MiB, 16 MiB took 1.6 s there and back; with Debian's of 208 KiB, 1 MiB took 0.3 s
// instead of 2 ms.
MessageLimit receive_buffer() {
  constexpr int kAskedFor = 1 << 20;
  MessageLimit limit{.bytes = kAskedFor, .remedy = "raise net.core.rmem_max (sysctl)"};
  const Fd fd(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  int granted = 0;
  socklen_t bytes = sizeof granted;
  if (setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kAskedFor, sizeof kAskedFor) == 0 &&
      getsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &granted, &bytes) == 0)
    limit.bytes = static_cast<std::size_t>(granted / 2);  // the kernel doubles it
  if (limit.bytes == kAskedFor) limit.remedy = "Cyclone DDS asks for no larger buffer";
  return limit;
}

// The sockets of a participant: one that receives, and one that sends.
struct CycloneSockets {
  int receiving = -1;
  std::uint16_t receiving_port = 0;
  std::uint16_t sending_port = 0;

  // Those UDP sockets of this process that are not in `before`. The library gives the receiving one no
  // address.
  static CycloneSockets besides(const std::set<int>& before) {
    CycloneSockets found;
    for (const int fd : all()) {
      if (before.contains(fd)) continue;
      sockaddr_in own{};
      socklen_t bytes = sizeof own;
      checked(getsockname(fd, reinterpret_cast<sockaddr*>(&own), &bytes), "getsockname");
      if (own.sin_addr.s_addr == htonl(INADDR_ANY)) {
        found.receiving = fd;
        found.receiving_port = ntohs(own.sin_port);
      } else {
        found.sending_port = ntohs(own.sin_port);
      }
    }
    if (found.receiving_port == 0 || found.sending_port == 0)
      throw Error("Cyclone DDS opened no sockets where they were expected");
    return found;
  }
  static std::set<int> all() {
    std::set<int> found;
    const std::unique_ptr<DIR, decltype([](DIR* open) { closedir(open); })> fds(opendir("/proc/self/fd"));
    while (const dirent* const entry = fds ? readdir(fds.get()) : nullptr) {
      const std::string_view number(entry->d_name);
      int fd = -1;
      std::from_chars(number.data(), number.data() + number.size(), fd);
      int protocol = 0;
      socklen_t bytes = sizeof protocol;
      if (getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &bytes) == 0 && protocol == IPPROTO_UDP)
        found.insert(fd);
    }
    return found;
  }
};

// A domain of the library in this process, for one participant that talks to one other.
class CycloneDomain {
 public:
  // tag: that participants of other tags are unknown to. peers: an element of the configuration, or nothing.
  CycloneDomain(const std::string& tag, const std::string& peers, std::uint64_t writer_bytes) {
    constexpr std::uint64_t kHighAtFirst = 30 << 10;  // the library's, which raises it in time
    const std::string configuration = fmt::format(
        "<CycloneDDS><Domain Id='any'>"
        "<General><Interfaces><NetworkInterface address='127.0.0.1' multicast='false'/></Interfaces>"
        "<AllowMulticast>false</AllowMulticast></General>"
        "<Discovery><ExternalDomainId>0</ExternalDomainId><Tag>{}</Tag>"
        "<ParticipantIndex>none</ParticipantIndex>{}</Discovery>"
        "<Internal><Watermarks><WhcHigh>{}B</WhcHigh><WhcHighInit>{}B</WhcHighInit></Watermarks>"
        "<WriterLingerDuration>0s</WriterLingerDuration></Internal></Domain></CycloneDDS>",
        tag, peers, writer_bytes, std::min(writer_bytes, kHighAtFirst));
    CycloneLog::keep();
    threads_.started_by([&] {
      const std::set<int> before = CycloneSockets::all();
      domain_ = checked_dds(dds_create_domain(number_, configuration.c_str()), "dds_create_domain");
      sockets_ = CycloneSockets::besides(before);
    });
  }
  // To end the thread that receives, the library sends it a datagram.
  ~CycloneDomain() {
    static_cast<void>(connect_to(sockets_.sending_port));
    dds_delete(domain_);
  }
  CycloneDomain(const CycloneDomain&) = delete;
  CycloneDomain& operator=(const CycloneDomain&) = delete;

  // Cyclone DDS receives from everywhere. A connected socket has an address of the loopback network, and
  // takes datagrams of its peer only.
  void receive_from(std::uint16_t sending_port) const { checked(connect_to(sending_port), "connect"); }

  [[nodiscard]] dds_domainid_t number() const { return number_; }
  [[nodiscard]] const CycloneSockets& sockets() const { return sockets_; }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

 private:
  // The library takes two participants of one domain in a process for neighbours, and sends nothing between
  // them. So each has a number of its own here, and all have the same outside.
  static dds_domainid_t next_number() {
    static std::atomic<dds_domainid_t> next{0};
    return next++;
  }

  [[nodiscard]] int connect_to(std::uint16_t port) const {
    const sockaddr_in address = loopback_address(port);
    return connect(sockets_.receiving, generic(address), sizeof address);
  }

  LibraryThreads threads_;
  dds_domainid_t number_ = next_number();
  dds_entity_t domain_ = 0;
  CycloneSockets sockets_;
};

// Makes the domain of a side. The consumer's comes first, and the producer's sends to it. A stranger who
// sends before the sockets are connected does not know the tag.
std::unique_ptr<CycloneDomain> domain_met_at(const DdsMeeting& meeting, Side side,
                                             std::uint64_t writer_bytes) {
  std::unique_ptr<CycloneDomain> domain;
  if (side == Side::consumer) {
    const std::string tag = unpredictable_name();
    domain = std::make_unique<CycloneDomain>(tag, "", writer_bytes);
    meeting.tell(tag);
    meeting.tell(domain->sockets().receiving_port);
  } else {
    const std::string tag = meeting.hear();
    const auto peers = fmt::format("<Peers><Peer Address='127.0.0.1:{}'/></Peers>", meeting.hear_port());
    domain = std::make_unique<CycloneDomain>(tag, peers, writer_bytes);
  }
  meeting.tell(domain->sockets().sending_port);
  domain->receive_from(meeting.hear_port());
  meeting.agree();
  return domain;
}

// One side of the link: a participant that writes one topic and reads the other.
class CycloneSide {
 public:
  CycloneSide(const std::string& path, Side side, Wait wait, const Settings& settings) {
    const DdsMeeting meeting(path, side);
    domain_ = domain_met_at(meeting, side, settings.find(kWriterBytes.name)->second);
    make_ends(side, wait, settings);
    await_match();
    meeting.agree();
  }

  [[nodiscard]] const ddsi_sertype* type() const { return type_; }
  // False: the reader is too far behind. Takes a reference from the caller in any case.
  bool write(CycloneMessage* message) const {
    const dds_return_t code = dds_writecdr(writer_, message);
    if (code == DDS_RETCODE_TIMEOUT) return false;
    checked_dds(code, "dds_writecdr");
    return true;
  }
  // Null: none yet.
  [[nodiscard]] CycloneMessageRef take() const {
    ddsi_serdata* data = nullptr;
    dds_sample_info_t info{};
    if (checked_dds(dds_takecdr(reader_, &data, 1, &info, DDS_ANY_STATE), "dds_takecdr") == 0) return nullptr;
    CycloneMessageRef message(static_cast<CycloneMessage*>(data));
    if (!info.valid_data) throw Error("the other end of Cyclone DDS's topic is gone");
    return message;
  }
  void wait() const { checked_dds(dds_waitset_wait(waitset_, nullptr, 0, DDS_INFINITY), "dds_waitset_wait"); }

  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return domain_->threads_cpu_ns(); }

 private:
  void make_ends(Side side, Wait wait, const Settings& settings) {
    const dds_entity_t participant =
        checked_dds(dds_create_participant(domain_->number(), nullptr, nullptr), "dds_create_participant");
    const std::unique_ptr<dds_qos_t, decltype([](dds_qos_t* qos) { dds_delete_qos(qos); })> qos(
        dds_create_qos());
    dds_qset_reliability(qos.get(), DDS_RELIABILITY_RELIABLE, wait == Wait::block ? DDS_INFINITY : 0);
    dds_qset_history(qos.get(), DDS_HISTORY_KEEP_ALL, 0);
    std::array<dds_entity_t, 2> topics{};
    for (const Side from : {Side::producer, Side::consumer}) {
      type_ = cyclone_type::make();
      topics[static_cast<std::size_t>(from)] =
          checked_dds(dds_create_topic_sertype(participant, from == Side::producer ? "there" : "back", &type_,
                                               nullptr, nullptr, nullptr),
                      "dds_create_topic_sertype");
    }
    const auto own = static_cast<std::size_t>(side);
    writer_ =
        checked_dds(dds_create_writer(participant, topics[own], qos.get(), nullptr), "dds_create_writer");
    dds_qset_resource_limits(qos.get(), static_cast<std::int32_t>(settings.find(kReaderSamples.name)->second),
                             DDS_LENGTH_UNLIMITED, DDS_LENGTH_UNLIMITED);
    reader_ =
        checked_dds(dds_create_reader(participant, topics[1 - own], qos.get(), nullptr), "dds_create_reader");
    waitset_ = checked_dds(dds_create_waitset(participant), "dds_create_waitset");
    const dds_entity_t any =
        checked_dds(dds_create_readcondition(reader_, DDS_ANY_STATE), "dds_create_readcondition");
    checked_dds(dds_waitset_attach(waitset_, any, 0), "dds_waitset_attach");
  }

  // The launch's time limit deals with a peer that is never found.
  void await_match() const {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 100'000};
    dds_publication_matched_status_t written{};
    dds_subscription_matched_status_t read{};
    while (written.current_count == 0 || read.current_count == 0) {
      nanosleep(&kNap, nullptr);
      checked_dds(dds_get_publication_matched_status(writer_, &written),
                  "dds_get_publication_matched_status");
      checked_dds(dds_get_subscription_matched_status(reader_, &read), "dds_get_subscription_matched_status");
    }
  }

  std::unique_ptr<CycloneDomain> domain_;
  ddsi_sertype* type_ = nullptr;
  dds_entity_t writer_ = 0;
  dds_entity_t reader_ = 0;
  dds_entity_t waitset_ = 0;
};

// The message is built where the library keeps it until it has been acknowledged.
class CycloneSender {
 public:
  explicit CycloneSender(std::shared_ptr<CycloneSide> side) : side_(std::move(side)) {}

  std::span<std::byte> loan(std::size_t n) {
    message_.reset(CycloneMessage::with_octets(side_->type(), n));
    return message_->octets();
  }
  bool commit(std::size_t) {
    ddsi_serdata_ref(message_.get());
    return side_->write(message_.get());
  }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return side_->threads_cpu_ns(); }

 private:
  std::shared_ptr<CycloneSide> side_;
  CycloneMessageRef message_;
};

class CycloneReceiver {
 public:
  CycloneReceiver(std::shared_ptr<CycloneSide> side, Wait wait)
      : side_(std::move(side)), blocks_(wait == Wait::block) {}

  std::span<const std::byte> peek(std::size_t n) {
    if (!message_) message_ = side_->take();
    while (!message_) {
      if (!blocks_) return {};
      side_->wait();
      message_ = side_->take();
    }
    const std::span<const std::byte> got = message_->octets();
    if (got.size() != n) throw_wrong_length(got.size(), n);
    return got;
  }
  void release() { message_.reset(); }

 private:
  std::shared_ptr<CycloneSide> side_;
  bool blocks_;
  CycloneMessageRef message_;
};

class CycloneDds {
 public:
  static constexpr Traits kTraits{
      .name = "cyclone_dds",
      .summary = "Cyclone DDS, reliable topics over 127.0.0.1 (dds_writecdr, dds_takecdr)",
      .kind = MechanismKind::library,
      .made_of = "Cyclone DDS, UDP socket, pthread condition",
      .in_between =
          "RTPS, in fragments of 1344 B; the caller sends, a thread receives, assembles with a copy and "
          "wakes the "
          "reader; acknowledgements and heartbeats by a third",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits = {Wait::block, Wait::spin}};
  static constexpr std::array kParameters{kWriterBytes, kReaderSamples};

  static Unavailable available() { return loopback_available(); }
  static MessageLimit message_limit(const Settings&) { return receive_buffer(); }

  static std::unique_ptr<CycloneDds> create(const LinkSpec& spec) {
    return std::make_unique<CycloneDds>(spec, socket_path(spec), true);
  }
  static std::unique_ptr<CycloneDds> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<CycloneDds>(spec, address, false);
  }

  CycloneDds(const LinkSpec& spec, const std::string& path, bool owner)
      : wait_(spec.wait), meeting_place_(path, owner), settings_(settings_for(spec)) {}

  [[nodiscard]] std::string address() const { return meeting_place_.str(); }
  void unlink() const noexcept { meeting_place_.unlink(); }
  [[nodiscard]] Settings settings() const { return settings_; }

  Ends<CycloneSender, CycloneReceiver> attach(Side side) {
    const auto made = std::make_shared<CycloneSide>(meeting_place_.str(), side, wait_, settings_);
    return {CycloneSender(made), CycloneReceiver(made, wait_)};
  }

 private:
  static Settings settings_for(const LinkSpec& spec) {
    constexpr std::uint64_t kCyclonesOwn = 512'000;
    const std::uint64_t fitting = kReaderBytes / std::max<std::size_t>(spec.message_bytes, 1);
    return {{std::string(kWriterBytes.name), spec.parameter(kWriterBytes.name).value_or(kCyclonesOwn)},
            {std::string(kReaderSamples.name),
             spec.parameter(kReaderSamples.name)
                 .value_or(std::clamp<std::uint64_t>(fitting, 1, kReaderMostSamples))}};
  }

  Wait wait_;
  OwnedPath meeting_place_;
  Settings settings_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(CycloneDds);
}  // namespace ipcbench
