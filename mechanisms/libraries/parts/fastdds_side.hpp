// One side of a Fast DDS link: a participant with a writer on one topic and a reader on the other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <fastdds/dds/publisher/DataWriter.hpp>
#include <fastdds/dds/publisher/Publisher.hpp>
#include <fastdds/dds/subscriber/DataReader.hpp>
#include <fastdds/dds/subscriber/SampleInfo.hpp>
#include <fastdds/dds/subscriber/Subscriber.hpp>
#include <fastdds/dds/topic/TypeSupport.hpp>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "mechanisms/libraries/parts/dds_meeting.hpp"
#include "mechanisms/libraries/parts/fastdds_participant.hpp"
#include "mechanisms/libraries/parts/library_threads.hpp"
#include "mechanisms/parts/message_buffer.hpp"

namespace ipcbench {

// A message as the library keeps it: octets up to a bound, in a type that has one form in memory and on the
// wire, so that the payload is written and read where the library has it.
struct FastddsMessage {
  std::uint32_t octets = 0;

  // Of the first `n`.
  [[nodiscard]] std::span<std::byte> payload(std::size_t n) {
    return {reinterpret_cast<std::byte*>(this + 1), n};
  }
};

class FastddsType : public fastdds::TopicDataType {
 public:
  explicit FastddsType(std::size_t longest) {
    constexpr std::size_t kHead = 4;  // SerializedPayload_t::representation_header_size
    m_typeSize = static_cast<std::uint32_t>((sizeof(FastddsMessage) + longest + kHead + 3) / 4 * 4);
    setName("ipcbench::Octets");
    auto_fill_type_object(false);
    auto_fill_type_information(false);
  }

  [[nodiscard]] bool is_bounded() const override { return true; }
  [[nodiscard]] bool is_plain() const override { return true; }
  bool construct_sample(void* memory) const override {
    new (memory) FastddsMessage;
    return true;
  }
  std::function<std::uint32_t()> getSerializedSizeProvider(void*) override {
    return [size = m_typeSize] { return size; };
  }
  bool getKey(void*, fastrtps::rtps::InstanceHandle_t*, bool) override { return false; }
  // Nobody has a sample of another form: all are on loan.
  bool serialize(void*, fastrtps::rtps::SerializedPayload_t*) override { return false; }
  bool deserialize(fastrtps::rtps::SerializedPayload_t*, void*) override { return false; }
  void* createData() override { return nullptr; }
  void deleteData(void*) override {}
};

class FastddsSide {
 public:
  FastddsSide(const std::string& meeting_place, const std::string& directory, Side side,
              const FastddsSettings& settings)
      : process_(directory), type_(new FastddsType(settings.message_bytes)) {
    const DdsMeeting meeting(meeting_place, side);
    threads_.started_by([&] { make_ends(side, settings); });
    await_match();
    meeting.agree();
  }
  // While the library destroys a writer, a heartbeat may come across what is left in its history, and then
  // never ends (2.9.1: StatefulWriter::add_gaps_for_holes_in_history_).
  ~FastddsSide() {
    if (writer_ == nullptr) return;
    std::size_t cleared = 0;
    writer_->clear_history(&cleared);
  }
  FastddsSide(const FastddsSide&) = delete;
  FastddsSide& operator=(const FastddsSide&) = delete;

  [[nodiscard]] fastdds::DataWriter& writer() const { return *writer_; }
  [[nodiscard]] fastdds::DataReader& reader() const { return *reader_; }
  [[nodiscard]] std::uint64_t threads_cpu_ns() const { return threads_.cpu_ns(); }

 private:
  void make_ends(Side side, const FastddsSettings& settings) {
    participant_.emplace(settings);
    auto& participant = *participant_;
    check_fastdds(type_.register_type(participant.get()), "register_type");
    std::array<fastdds::Topic*, 2> topics{};
    for (const Side from : {Side::producer, Side::consumer}) {
      topics[static_cast<std::size_t>(from)] =
          made_by_fastdds(participant->create_topic(from == Side::producer ? "there" : "back",
                                                    type_.get_type_name(), fastdds::TOPIC_QOS_DEFAULT),
                          "create_topic");
    }
    const auto own = static_cast<std::size_t>(side);
    auto* const publisher =
        made_by_fastdds(participant->create_publisher(fastdds::PUBLISHER_QOS_DEFAULT), "create_publisher");
    auto* const subscriber =
        made_by_fastdds(participant->create_subscriber(fastdds::SUBSCRIBER_QOS_DEFAULT), "create_subscriber");
    writer_ =
        made_by_fastdds(publisher->create_datawriter(topics[own], writer_qos(settings)), "create_datawriter");
    reader_ = made_by_fastdds(subscriber->create_datareader(topics[1 - own], reader_qos(settings)),
                              "create_datareader");
  }

  template <class Qos>
  static Qos with(Qos qos, const FastddsSettings& settings) {
    qos.reliability().kind = fastdds::RELIABLE_RELIABILITY_QOS;
    qos.durability().kind = fastdds::VOLATILE_DURABILITY_QOS;
    qos.history().kind = fastdds::KEEP_ALL_HISTORY_QOS;
    const auto samples = static_cast<std::int32_t>(settings.samples);
    qos.resource_limits().max_samples = samples;
    qos.resource_limits().allocated_samples = samples;
    qos.resource_limits().max_instances = 1;
    qos.resource_limits().max_samples_per_instance = samples;
    qos.endpoint().history_memory_policy = fastrtps::rtps::PREALLOCATED_MEMORY_MODE;
    qos.data_sharing().off();
    return qos;
  }
  static fastdds::DataWriterQos writer_qos(const FastddsSettings& settings) {
    fastdds::DataWriterQos qos = with(fastdds::DATAWRITER_QOS_DEFAULT, settings);
    qos.reliability().max_blocking_time =
        settings.wait == Wait::block ? fastrtps::c_TimeInfinite : fastrtps::c_TimeZero;
    qos.reliable_writer_qos().times.heartbeatPeriod = fastdds_duration(settings.heartbeat_us);
    qos.reliable_writer_qos().times.nackResponseDelay = fastdds_duration(settings.response_us);
    return qos;
  }
  static fastdds::DataReaderQos reader_qos(const FastddsSettings& settings) {
    fastdds::DataReaderQos qos = with(fastdds::DATAREADER_QOS_DEFAULT, settings);
    qos.reliable_reader_qos().times.heartbeatResponseDelay = fastdds_duration(settings.response_us);
    return qos;
  }

  // The launch's time limit deals with a peer that is never found.
  void await_match() const {
    constexpr timespec kNap{.tv_sec = 0, .tv_nsec = 100'000};
    fastdds::PublicationMatchedStatus written;
    fastdds::SubscriptionMatchedStatus read;
    while (written.current_count == 0 || read.current_count == 0) {
      nanosleep(&kNap, nullptr);
      writer_->get_publication_matched_status(written);
      reader_->get_subscription_matched_status(read);
    }
  }

  FastddsProcess process_;
  LibraryThreads threads_;
  fastdds::TypeSupport type_;
  std::optional<FastddsParticipant> participant_;
  fastdds::DataWriter* writer_ = nullptr;
  fastdds::DataReader* reader_ = nullptr;
};

class FastddsSender {
 public:
  explicit FastddsSender(std::shared_ptr<FastddsSide> side) : side_(std::move(side)) {}

  std::span<std::byte> loan(std::size_t n) {
    if (!has_message()) return {};
    return message_->payload(n);
  }
  bool commit(std::size_t n) {
    message_->octets = static_cast<std::uint32_t>(n);
    const auto code = side_->writer().write(message_, fastdds::HANDLE_NIL);
    // The history is full of what has not been acknowledged, and the message still on loan.
    if (code == fastrtps::types::ReturnCode_t::RETCODE_TIMEOUT) return false;
    check_fastdds(code, "write");
    message_ = nullptr;
    return true;
  }
  [[nodiscard]] std::uint64_t helper_cpu_ns() const { return side_->threads_cpu_ns(); }

 private:
  // On loan from the library, or it lends one now. False: all are in use.
  bool has_message() {
    if (message_ != nullptr) return true;
    void* lent = nullptr;
    const auto code = side_->writer().loan_sample(lent);
    if (code == fastrtps::types::ReturnCode_t::RETCODE_OUT_OF_RESOURCES) return false;
    check_fastdds(code, "loan_sample");
    message_ = static_cast<FastddsMessage*>(lent);
    return true;
  }

  std::shared_ptr<FastddsSide> side_;
  FastddsMessage* message_ = nullptr;
};

class FastddsReceiver {
 public:
  FastddsReceiver(std::shared_ptr<FastddsSide> side, Wait wait)
      : side_(std::move(side)), blocks_(wait == Wait::block) {}

  std::span<const std::byte> peek(std::size_t n) {
    while (messages_->length() == 0) {
      const auto code = side_->reader().take(*messages_, *infos_, 1);
      if (code == fastrtps::types::ReturnCode_t::RETCODE_NO_DATA) {
        if (!blocks_) return {};
        side_->reader().wait_for_unread_message(fastrtps::c_TimeInfinite);
        continue;
      }
      check_fastdds(code, "take");
      if (!(*infos_)[0].valid_data) throw Error("the other end of Fast DDS's topic is gone");
    }
    FastddsMessage& message = (*messages_)[0];
    if (message.octets != n) throw_wrong_length(message.octets, n);
    return message.payload(n);
  }
  void release() { check_fastdds(side_->reader().return_loan(*messages_, *infos_), "return_loan"); }

 private:
  std::shared_ptr<FastddsSide> side_;
  bool blocks_;
  std::unique_ptr<fastdds::LoanableSequence<FastddsMessage>> messages_ =
      std::make_unique<fastdds::LoanableSequence<FastddsMessage>>();
  std::unique_ptr<fastdds::SampleInfoSeq> infos_ = std::make_unique<fastdds::SampleInfoSeq>();
};

}  // namespace ipcbench
