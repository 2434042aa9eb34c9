// The verified pass of several ends on one side, over a queue in this process that can be made to go wrong.
#include "harness/loops/fan_pass.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "harness/loops/verified_pass.hpp"

namespace ipcbench {
namespace {

using ::testing::HasSubstr;
using Message = std::vector<std::byte>;

struct Queue {
  std::mutex mutex;
  std::condition_variable arrived;
  std::deque<Message> messages;
  std::uint64_t pushed = 0;
  // Decides about the n-th message: it is queued, dropped or replaced.
  std::function<void(std::deque<Message>&, const Message&, std::uint64_t)> put =
      [](std::deque<Message>& queue, const Message& message, std::uint64_t) { queue.push_back(message); };
};

class QueueMessenger final : public Messenger {
 public:
  QueueMessenger(Queue& queue, std::size_t bytes) : Messenger(bytes), queue_(queue) {}

  void send_copied() override {
    const std::lock_guard lock(queue_.mutex);
    queue_.put(queue_.messages, Message(buffers().source().begin(), buffers().source().end()),
               queue_.pushed++);
    queue_.arrived.notify_all();
  }
  void receive_copied() override {
    std::unique_lock lock(queue_.mutex);
    queue_.arrived.wait(lock, [&] { return !queue_.messages.empty(); });
    std::copy(queue_.messages.front().begin(), queue_.messages.front().end(), buffers().sink().begin());
    queue_.messages.pop_front();
  }
  [[nodiscard]] std::optional<std::size_t> link_of_last() const override { return link; }

  std::optional<std::size_t> link;  // over which all messages come

 private:
  Queue& queue_;
};

// Runs all ends of the pass as threads. Returns the fault that a consumer or check_fanout() found, or "".
std::string found_wrong(Queue& queue, Pattern pattern, std::uint32_t several, std::size_t bytes = 16) {
  const auto control = std::make_unique<ControlBlock>();
  Job& job = control->job;
  job.pattern = pattern;
  job.message_bytes = bytes;
  (pattern == Pattern::fanin ? job.producers : job.consumers) = several;
  control->report_settings({{"queue_bytes", 1}});
  std::mutex mutex;
  std::string wrong;
  std::uint64_t verified = 0;
  std::vector<std::thread> threads;
  for (const EndId end : ends_of(job)) {
    threads.emplace_back([&, end] {
      QueueMessenger messenger(queue, bytes);
      std::uint64_t right = 0;
      try {
        right = verify_fan(*control, end, messenger);
      } catch (const CheckFailed& error) {
        const std::lock_guard lock(mutex);
        wrong = error.what();
        control->end(end).received = 1 << 20;  // or the producer would wait for it
      }
      const std::lock_guard lock(mutex);
      verified += right;
    });
  }
  for (std::thread& thread : threads) thread.join();
  if (!wrong.empty()) return wrong;
  EXPECT_EQ(verified, 64U * several);  // 64 of each producer; fanout: 64 for each consumer
  try {
    if (pattern == Pattern::fanout) check_fanout(*control);
  } catch (const CheckFailed& error) {
    return error.what();
  }
  return "";
}

TEST(FanPass, PassesWhatIsWholeAndInOrder) {
  for (const Pattern pattern : {Pattern::fanin, Pattern::fanout}) {
    for (const std::size_t bytes : {0U, 8U, 4096U}) {
      Queue queue;
      EXPECT_EQ(found_wrong(queue, pattern, 3, bytes), "");
    }
  }
}

// Catches two producers' messages that are mixed: the head of one, the tail of another.
TEST(FanPass, FindsMixedMessages) {
  Queue queue;
  queue.put = [before = Message()](auto& messages, const Message& message, std::uint64_t number) mutable {
    messages.push_back(message);
    if (number == 20) std::copy(before.begin() + 8, before.end(), messages.back().begin() + 8);
    before = message;
  };
  EXPECT_THAT(found_wrong(queue, Pattern::fanin, 1), HasSubstr("of producer 1: message 20 is corrupted"));
}

// Catches a message that overtakes an earlier one of the same producer.
TEST(FanPass, FindsAMessageOvertaken) {
  Queue queue;
  queue.put = [](auto& messages, const Message& message, std::uint64_t number) {
    if (number == 9 && !messages.empty()) {
      messages.insert(messages.end() - 1, message);
    } else {
      messages.push_back(message);
    }
  };
  // Fills the queue first: nothing can overtake a message that the consumer has already received.
  const auto control = std::make_unique<ControlBlock>();
  control->job.pattern = Pattern::fanin;
  control->job.message_bytes = 16;
  QueueMessenger messenger(queue, 16);
  verify_fan(*control, {Side::producer, 0}, messenger);
  EXPECT_THROW(verify_fan(*control, {Side::consumer, 0}, messenger), CheckFailed);
}

// Catches one message that goes to two consumers while another goes to none: the counts are right.
TEST(FanPass, FindsAMessageReceivedTwice) {
  Queue queue;
  queue.put = [before = Message()](auto& messages, const Message& message, std::uint64_t number) mutable {
    messages.push_back(number == 30 ? before : message);
    before = message;
  };
  // One consumer sees it as out of order; with two, only the sum shows it.
  EXPECT_THAT(found_wrong(queue, Pattern::fanout, 1), HasSubstr("overtaken"));
}

// Catches a fault that only the sum over all consumers shows.
TEST(FanPass, ComparesWhatAllConsumersReceived) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.pattern = Pattern::fanout;
  control->job.message_bytes = 16;
  EXPECT_THROW(check_fanout(*control), CheckFailed);  // nobody has received anything
}

// Catches producers that take each other's links, over which nothing is lost, and none arrives twice.
TEST(FanPass, FindsAMessageOverAnothersLink) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.pattern = Pattern::fanin;
  control->job.producers = 2;
  control->job.message_bytes = 16;
  Queue queue;
  QueueMessenger messenger(queue, 16);
  verify_fan(*control, {Side::producer, 1}, messenger);
  messenger.link = 0;
  try {
    verify_fan(*control, {Side::consumer, 0}, messenger);
    FAIL() << "crossed links passed";
  } catch (const CheckFailed& error) {
    EXPECT_THAT(error.what(), HasSubstr("a message of producer 2 came over the link of producer 1"));
  }
}

// Catches a token that nobody sent: it has no content to check.
TEST(FanPass, FindsATokenThatNobodySent) {
  const auto control = std::make_unique<ControlBlock>();
  control->job.pattern = Pattern::fanin;
  Queue queue;
  queue.messages.emplace_back();
  QueueMessenger messenger(queue, 0);
  try {
    verify_fan(*control, {Side::consumer, 0}, messenger);
    FAIL() << "a made-up token passed";
  } catch (const CheckFailed& error) {
    EXPECT_THAT(error.what(), HasSubstr("before it was sent"));
  }
}

}  // namespace
}  // namespace ipcbench
