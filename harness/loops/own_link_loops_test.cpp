// Whole launches of several producers, each with a mailbox of its own, in threads. They yield between looks,
// so that one CPU is enough.
#include "harness/loops/own_link_loops.hpp"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <thread>
#include <vector>

namespace ipcbench {
namespace {

constexpr std::size_t kBoxBytes = 32;
constexpr std::uint32_t kProducers = 3;

struct Mailbox {
  std::atomic<bool> full{false};
  std::array<std::byte, kBoxBytes> bytes{};
};

struct Sends {
  Mailbox& mail;
  std::span<std::byte> loan(std::size_t n) {
    return mail.full.load(std::memory_order_acquire) ? std::span<std::byte>()
                                                     : std::span(mail.bytes.data(), n);
  }
  bool commit(std::size_t) {
    mail.full.store(true, std::memory_order_release);
    return true;
  }
};

struct Receives {
  Mailbox& mail;
  std::span<const std::byte> peek(std::size_t n) {
    if (!mail.full.load(std::memory_order_acquire)) return {};
    return {mail.bytes.data(), n};
  }
  void release() { mail.full.store(false, std::memory_order_release); }
};

class OwnLinks : public ::testing::Test {
 protected:
  OwnLinks() {
    Job& job = control_->job;
    job.pattern = Pattern::fanin;
    job.own_links = true;
    job.producers = kProducers;
    job.message_bytes = kBoxBytes;
    job.warm_up_ns = 1'000'000;
    job.timed_ns = 4'000'000;
    job.shares_cpu = true;
    for (Barrier* barrier : {&control_->barrier, &control_->together}) barrier->set_parties(kProducers + 1);
  }

  ControlBlock& control() { return *control_; }

  void consume() {
    std::vector<Receives> receivers;
    for (Mailbox& mail : mail_) receivers.push_back({mail});
    std::array<Receives*, kProducers> all{&receivers[0], &receivers[1], &receivers[2]};
    InTurn<Receives> in_turn(all);
    run_end({Side::consumer, 0}, nullptr, &in_turn);
  }
  void produce(std::uint32_t index) {
    Sends sender{mail_[index]};
    run_end({Side::producer, index}, &sender, nullptr);
  }

 private:
  void run_end(EndId end, Sends* sender, InTurn<Receives>* receiver) {
    using T = Transfer<Wait::spin, Sends, InTurn<Receives>>;
    T transfer(sender, receiver, kBoxBytes, Waiter<Wait::spin>(true));
    OwnLinkLoops<Payload::checked, T>(*control_, end, transfer).run();
  }

  SharedControl control_;
  std::array<Mailbox, kProducers> mail_;
};

// Catches a consumer that stops at the first producer's last message, one that counts some producers only,
// one that leaves messages of the warm-up behind, and a link that is not verified in full (128 KiB).
TEST_F(OwnLinks, EveryMessageOfEachProducerCountsOnce) {
  std::vector<std::thread> producers;
  for (std::uint32_t i = 0; i < kProducers; ++i) producers.emplace_back([this, i] { produce(i); });
  consume();
  for (std::thread& producer : producers) producer.join();
  std::uint64_t sent = 0;
  for (std::uint32_t i = 0; i < kProducers; ++i) {
    const std::uint64_t own = control().end({Side::producer, i}).messages;
    EXPECT_GT(own, 0U);
    sent += own;
  }
  EXPECT_EQ(control().side(Side::consumer).messages, sent);
  EXPECT_EQ(control().side(Side::consumer).verified_messages, kProducers * ((128U << 10) / kBoxBytes + 1));
}

}  // namespace
}  // namespace ipcbench
