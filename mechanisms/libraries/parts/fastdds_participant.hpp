// A participant of Fast DDS that has the library's transport through shared memory and no other, and what the
// library says when it fails.
#pragma once

#include <fastdds/rtps/transport/shared_mem/SharedMemTransportDescriptor.h>
#include <fastrtps/xmlparser/XMLProfileManager.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <fastdds/dds/domain/DomainParticipant.hpp>
#include <fastdds/dds/domain/DomainParticipantFactory.hpp>
#include <fastdds/dds/log/Log.hpp>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "harness/base/error.hpp"
#include "harness/contract/abilities.hpp"
#include "mechanisms/libraries/parts/fastdds_place.hpp"
#include "mechanisms/libraries/parts/no_memory.hpp"
#include "mechanisms/parts/named_file_memory.hpp"

namespace ipcbench {

namespace fastdds = eprosima::fastdds::dds;
namespace fastrtps = eprosima::fastrtps;

// What the library logged last, because its return codes do not say why. It would print that otherwise.
class FastddsLog : public fastdds::LogConsumer {
 public:
  // In this process from now on.
  static void keep() {
    fastdds::Log::ClearConsumers();
    fastdds::Log::RegisterConsumer(std::make_unique<FastddsLog>());
    fastdds::Log::SetVerbosity(fastdds::Log::Kind::Error);
  }
  static std::string last_line() {
    fastdds::Log::Flush();
    const std::scoped_lock lock(mutex_);
    return last_;
  }
  void Consume(const fastdds::Log::Entry& said) override {
    const std::scoped_lock lock(mutex_);
    last_ = said.message;
  }

 private:
  static inline std::mutex mutex_;
  static inline std::string last_;
};

// Throws Error: why the library did not do what `call` asks, as far as it says so.
[[noreturn]] inline void throw_fastdds(std::string_view call, std::string_view code = {}) {
  const std::string why = FastddsLog::last_line();
  throw Error(fmt::format("Fast DDS fails in {}{}{}{}{}", call, code.empty() ? "" : ": ", code,
                          why.empty() ? "" : ": ", why));
}
template <class Made>
Made* made_by_fastdds(Made* made, const char* call) {
  if (made != nullptr) return made;
  if (const int refused = FastddsPlace::refusal())
    throw_error(refused, call, {{ENOSPC, PosixShm::kMakeRoom}});
  throw_fastdds(call);
}
inline void check_fastdds(const fastrtps::types::ReturnCode_t& code, const char* call) {
  constexpr std::array<std::string_view, 14> kNames{"RETCODE_OK",
                                                    "RETCODE_ERROR",
                                                    "RETCODE_UNSUPPORTED",
                                                    "RETCODE_BAD_PARAMETER",
                                                    "RETCODE_PRECONDITION_NOT_MET",
                                                    "RETCODE_OUT_OF_RESOURCES",
                                                    "RETCODE_NOT_ENABLED",
                                                    "RETCODE_IMMUTABLE_POLICY",
                                                    "RETCODE_INCONSISTENT_POLICY",
                                                    "RETCODE_ALREADY_DELETED",
                                                    "RETCODE_TIMEOUT",
                                                    "RETCODE_NO_DATA",
                                                    "RETCODE_ILLEGAL_OPERATION",
                                                    "RETCODE_NOT_ALLOWED_BY_SECURITY"};
  if (code == fastrtps::types::ReturnCode_t::RETCODE_OK) return;
  if (code == fastrtps::types::ReturnCode_t::RETCODE_OUT_OF_RESOURCES) throw_no_memory(call);
  const std::uint32_t number = code();
  throw_fastdds(call, number < kNames.size() ? kNames[number] : std::to_string(number));
}

inline fastrtps::Duration_t fastdds_duration(std::uint32_t us) {
  constexpr std::uint32_t kSecondUs = 1'000'000;
  constexpr std::uint32_t kMicrosecondNs = 1000;
  return {static_cast<std::int32_t>(us / kSecondUs), us % kSecondUs * kMicrosecondNs};
}

struct FastddsSettings {
  std::size_t message_bytes;  // the longest
  std::uint32_t samples;  // that a writer keeps until they are acknowledged, and a reader until they are read
  std::uint32_t heartbeat_us;  // how often a writer asks what has arrived, besides when its history is full
  std::uint32_t response_us;   // how long after it the reader answers, and the writer sends again
  Wait wait;

  // A message as it lies in the segment, with what goes before it.
  [[nodiscard]] std::size_t datagram_bytes() const { return message_bytes + 512; }
  // Of the memory that a side fills.
  [[nodiscard]] std::size_t segment_bytes() const {
    constexpr std::size_t kLibrarys = std::size_t{512} << 10;
    return kLibrarys + (std::size_t{samples} + 4) * datagram_bytes();
  }
  // The library drops what its queue has no room for, and sends it again when it is missed, 5 ms later or
  // more. So there is room for all that a writer keeps, and for what the sides acknowledge.
  [[nodiscard]] std::uint32_t queue_entries() const { return 512 + 2 * samples; }
};

// The library in this process, with its objects in one directory.
class FastddsProcess {
 public:
  explicit FastddsProcess(const std::string& directory) {
    const std::scoped_lock lock(mutex());
    static const bool is_moved = move_fastdds();
    if (!is_moved) throw Error("this libfastrtps does not import what Debian's does");
    if (users_ != 0 && FastddsPlace::directory() != directory)
      throw Error("Fast DDS's objects are in one place in a process");
    FastddsPlace::directory() = directory;
    ++users_;
  }
  ~FastddsProcess() {
    const std::scoped_lock lock(mutex());
    if (--users_ == 0) FastddsPlace::directory().clear();
  }
  FastddsProcess(const FastddsProcess&) = delete;
  FastddsProcess& operator=(const FastddsProcess&) = delete;

 private:
  static std::mutex& mutex() {
    static std::mutex one;
    return one;
  }
  static inline int users_ = 0;
};

class FastddsParticipant {
 public:
  explicit FastddsParticipant(const FastddsSettings& settings) {
    FastddsLog::keep();
    factory()->load_profiles();
    // Threads of one process shall take the way that processes take.
    fastrtps::LibrarySettingsAttributes library;
    library.intraprocess_delivery = fastrtps::INTRAPROCESS_OFF;
    fastrtps::xmlparser::XMLProfileManager::library_settings(library);

    const auto memory = std::make_shared<eprosima::fastdds::rtps::SharedMemTransportDescriptor>();
    // In one piece, and with room for as many as the history has.
    memory->max_message_size(
        std::max(static_cast<std::uint32_t>(settings.datagram_bytes()), memory->max_message_size()));
    memory->segment_size(static_cast<std::uint32_t>(settings.segment_bytes()));
    memory->port_queue_capacity(settings.queue_entries());
    fastdds::DomainParticipantQos qos;
    qos.transport().use_builtin_transports = false;
    qos.transport().user_transports.push_back(memory);
    // An end that is stopped for long is no dead one.
    qos.wire_protocol().builtin.discovery_config.leaseDuration = fastrtps::c_TimeInfinite;
    participant_ = made_by_fastdds(factory()->create_participant(0, qos), "create_participant");
  }
  ~FastddsParticipant() {
    participant_->delete_contained_entities();
    factory()->delete_participant(participant_);
  }
  FastddsParticipant(const FastddsParticipant&) = delete;
  FastddsParticipant& operator=(const FastddsParticipant&) = delete;

  fastdds::DomainParticipant* operator->() const { return participant_; }
  [[nodiscard]] fastdds::DomainParticipant* get() const { return participant_; }

  // Throws an exception if none can be had here.
  static void try_out(const std::string& directory) {
    const FastddsProcess process(directory);
    const FastddsParticipant participant(
        {.message_bytes = 1, .samples = 1, .heartbeat_us = 1000, .response_us = 0, .wait = Wait::block});
  }

 private:
  static fastdds::DomainParticipantFactory* factory() {
    return fastdds::DomainParticipantFactory::get_instance();
  }

  fastdds::DomainParticipant* participant_;
};

}  // namespace ipcbench
