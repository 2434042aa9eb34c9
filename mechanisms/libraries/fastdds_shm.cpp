// Fast DDS: a topic each way, reliable, between two participants that have the library's transport through
// shared memory and nothing else.
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "harness/base/unpredictable.hpp"
#include "harness/contract/owned_name.hpp"
#include "harness/contract/owned_path.hpp"
#include "harness/registry/registry.hpp"
#include "mechanisms/libraries/parts/fastdds_side.hpp"
#include "mechanisms/libraries/parts/one_link.hpp"
#include "mechanisms/libraries/parts/starts_here.hpp"
#include "mechanisms/libraries/parts/unix_peer.hpp"
#include "mechanisms/parts/named_file_memory.hpp"

namespace ipcbench {
namespace {

constexpr Parameter kFastddsSamples{
    .name = "samples",
    .default_text = "the library's, 5000, but no more than make 16 MiB, and at least 2",
    .what =
        "messages that a writer keeps until they are acknowledged, and a reader until they are read "
        "(max_samples of RESOURCE_LIMITS); no more than make 64 MiB, and at least 2",
    .min = 2,
    .max = 5000};
constexpr Parameter kHeartbeat{
    .name = "heartbeat_us",
    .default_text = "the library's, 3000000",
    .what =
        "how often a writer asks what has arrived (heartbeatPeriod), besides when it has no room for more",
    .min = 100,
    .max = 60'000'000,
    .tuned = 1000};
constexpr Parameter kResponse{
    .name = "response_us",
    .default_text = "the library's, 5000",
    .what =
        "how long a reader waits before it acknowledges what a heartbeat asks for, and a writer before it "
        "sends again (heartbeatResponseDelay, nackResponseDelay)",
    .max = 1'000'000};

constexpr std::size_t kLongest = std::size_t{16} << 20;

std::uint32_t samples_for(const LinkSpec& spec) {
  constexpr std::size_t kUsualBytes = std::size_t{16} << 20;
  constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  const auto asked = spec.parameter(kFastddsSamples.name);
  const std::size_t fitting =
      (asked ? kMostBytes : kUsualBytes) / std::max<std::size_t>(spec.message_bytes, 1);
  return static_cast<std::uint32_t>(
      std::clamp<std::size_t>(fitting, kFastddsSamples.min, asked.value_or(kFastddsSamples.max)));
}

class FastddsShm {
 public:
  static constexpr Traits kTraits{
      .name = "fastdds_shm",
      .summary = "Fast DDS, reliable topics over its shared-memory transport (loan_sample, write, take)",
      .kind = MechanismKind::library,
      .made_of = "Fast DDS, POSIX shared memory, pthread mutex, pthread condition, POSIX semaphore",
      .in_between =
          "RTPS; the caller copies the message into a datagram, and that into its segment; a thread of the "
          "other side copies it into the reader's history and wakes the reader; a timer of the writer's "
          "wakes a thread for each message; heartbeats when the history is full or every 3 s, acknowledged "
          "5 ms later",
      .locks = "pthread mutex",
      .kinship = Kinship::named,
      .flow = Flow::duplex,
      .waits =
          {Wait::block},  // looking for a message sleeps, too, on a mutex that the library's threads hold
      .lifetime = Lifetime::kernel,
      .max_message_bytes = kLongest};
  static constexpr std::array kParameters{kFastddsSamples, kHeartbeat, kResponse};

  static Unavailable refuses(const Cell& cell) {
    return why_not_in_two_links(cell, "the library's objects are in one place in a process");
  }

  static Unavailable available() {
    if (auto reason = PosixShm::available()) return reason;
    static const Unavailable why_not_started = why_it_does_not_start();
    return why_not_started;
  }
  static MessageLimit message_limit(const Settings&) {
    return {kLongest, "the memory of each side is made for several of this length"};
  }

  static std::unique_ptr<FastddsShm> create(const LinkSpec& spec) {
    return std::make_unique<FastddsShm>(spec, socket_path(spec), true);
  }
  static std::unique_ptr<FastddsShm> join(const LinkSpec& spec, const std::string& address) {
    return std::make_unique<FastddsShm>(spec, address, false);
  }

  FastddsShm(const LinkSpec& spec, const std::string& path, bool owner)
      : settings_(settings_for(spec)),
        meeting_place_(path, owner),
        directory_(ObjectKind::directory, "/dev/shm" + spec.slash_name(), owner) {
    if (!owner) return;
    require_room();
    make_directory(directory_);
  }

  [[nodiscard]] std::string address() const { return meeting_place_.str(); }
  // Not the directory, where the library may make more objects at any time.
  void unlink() const noexcept { meeting_place_.unlink(); }
  [[nodiscard]] Settings settings() const {
    return {{std::string(kFastddsSamples.name), settings_.samples},
            {std::string(kHeartbeat.name), settings_.heartbeat_us},
            {std::string(kResponse.name), settings_.response_us}};
  }

  Ends<FastddsSender, FastddsReceiver> attach(Side side) const {
    const auto made = std::make_shared<FastddsSide>(meeting_place_.str(), directory_.str(), side, settings_);
    return {FastddsSender(made), FastddsReceiver(made, settings_.wait)};
  }

 private:
  static FastddsSettings settings_for(const LinkSpec& spec) {
    constexpr std::uint64_t kLibrarysHeartbeatUs = 3'000'000;
    constexpr std::uint64_t kLibrarysResponseUs = 5000;
    const auto microseconds = [&](const Parameter& parameter, std::uint64_t librarys) {
      return static_cast<std::uint32_t>(spec.parameter(parameter.name).value_or(librarys));
    };
    return {.message_bytes = spec.message_bytes,
            .samples = samples_for(spec),
            .heartbeat_us = microseconds(kHeartbeat, kLibrarysHeartbeatUs),
            .response_us = microseconds(kResponse, kLibrarysResponseUs),
            .wait = spec.wait};
  }

  static void make_directory(const OwnedName& directory) {
    if (mkdir(directory.c_str(), S_IRWXU) != 0)
      throw_errno("cannot make a directory in /dev/shm", {{ENOSPC, PosixShm::kMakeRoom}});
  }
  // Threads may be forbidden, and then the library ends its process.
  static Unavailable why_it_does_not_start() {
    try {
      const OwnedName directory(ObjectKind::directory, "/dev/shm/" + unpredictable_name(), true);
      make_directory(directory);
      return why_not_started(
          "Fast DDS", [&] { FastddsParticipant::try_out(directory.str()); },
          "allow threads, and make room in /dev/shm");
    } catch (const KernelError& error) {
      return error.what();
    }
  }
  // The ends would find out too, and the library would not say what they lack.
  void require_room() const {
    constexpr std::size_t kPorts = std::size_t{2} << 20;
    struct statvfs place {};
    checked(statvfs("/dev/shm", &place), "statvfs(/dev/shm)");
    if (place.f_bavail * place.f_frsize < 2 * (settings_.segment_bytes() + kPorts))
      throw_error(ENOSPC, "no room for Fast DDS's memory in /dev/shm", {{ENOSPC, PosixShm::kMakeRoom}});
  }

  FastddsSettings settings_;
  OwnedPath meeting_place_;
  OwnedName directory_;
};

}  // namespace

IPCBENCH_REGISTER_MECHANISM(FastddsShm);
}  // namespace ipcbench
